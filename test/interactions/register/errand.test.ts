/** Errands: a closed grammar, so that no address leads elsewhere. */
import { expect, test } from 'vitest';
import type { Errand } from '../../../interactions/register/errand.ts';
import { errandPath, errandText, parseErrand } from '../../../interactions/register/errand.ts';

const errands: Errand[] = [
  { kind: 'overview' },
  { kind: 'add', type: 'email' },
  { kind: 'code', type: 'authenticator_app' },
  { kind: 'replace', methodId: 'a-B_1' },
  { kind: 'remove', methodId: 'a-B_1' },
];

test.each(errands)('reads what it has written: $kind', (errand) => {
  expect(parseErrand(errandText(errand))).toEqual(errand);
  expect(errandPath(errand)).toMatch(/^\/security-info(\/|$)/);
});

test.each([
  undefined,
  '',
  'https://evil.example',
  '//evil.example',
  'add.fax',
  'add.constructor',
  'remove.a/../../x',
  'remove.',
  'replace.%2F%2Fevil',
  `remove.${'a'.repeat(65)}`,
  'finish.email',
])('leads to the overview for anything else: %s', (text) => {
  expect(parseErrand(text)).toEqual({ kind: 'overview' });
});
