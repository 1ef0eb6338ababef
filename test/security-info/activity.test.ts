/** That every event has words. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { languages, loadTranslators } from '../../locales/translator.ts';
import { eventTypes } from '../../security-info/events.ts';

test.each(languages)('every event has words in %s', (language) => {
  const words = loadTranslators(fileURLToPath(new URL('../../locales', import.meta.url))).in(language);
  const said = eventTypes.map((type) => words.text(`activity.event.${type}`));
  expect(said.every((text) => text.length > 3)).toBe(true);
});
