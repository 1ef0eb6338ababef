/** What is told of where somebody was: an area, never a household; and that every event has words. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { languages, loadTranslators } from '../../locales/translator.ts';
import { coarseAddress } from '../../security-info/activity.ts';
import { eventTypes } from '../../security-info/events.ts';

test.each([
  ['192.0.2.77', '192.0.2.x'],
  ['::ffff:192.0.2.77', '192.0.2.x'],
  ['2001:db8:12:3456:789a::1', '2001:db8:12::x'],
  ['2001:0db8:0012:3456:789a:0:0:1', '2001:db8:12::x'],
  ['2001:db8::1', '2001:db8:0::x'],
  ['::1', '0:0:0::x'],
  ['fe80::1%eth0', 'fe80:0:0::x'],
  ['', null],
  ['localhost', null],
  ['1:2:3', null],
])('of the address %j it tells %j', (address, told) => {
  expect(coarseAddress(address)).toBe(told);
});

test.each(languages)('every event has words in %s', (language) => {
  const words = loadTranslators(fileURLToPath(new URL('../../locales', import.meta.url))).in(language);
  const said = eventTypes.map((type) => words.text(`activity.event.${type}`));
  expect(said.every((text) => text.length > 3)).toBe(true);
});
