/** What a new password must be: long, and not made of what everybody knows. */
import { expect, test } from 'vitest';
import { passwordProblem } from '../../security-info/password-rules.ts';
import { ada } from './sample-record.ts';

const problemOf = (password: string): string | undefined =>
  passwordProblem(
    password,
    ada({ displayName: 'Ada Byron', mailbox: 'abyron@work.example' }),
    'Example Sign-in',
    'f',
  )?.code;

test.each([
  ['', 'required'],
  ['fourteen chars', 'password_too_short'],
  ['é'.normalize('NFD').repeat(8), 'password_too_short'],
  ['x'.repeat(1_001), 'too_long'],
  ['aaaaaaaaaaaaaaaaaaaa', 'password_too_simple'],
  ['abababababababababab', 'password_too_simple'],
  ['Ada Byron Ada Byron', 'password_is_name'],
  ['ADA BYRONADA BYRON1', 'password_is_name'],
  ['byronbyronbyron!', 'password_is_name'],
  ['example sign-in 1', 'password_is_name'],
  ['abyronabyronabyron', 'password_is_name'],
])('refuses %j: %s', (password, code) => {
  expect(problemOf(password)).toBe(code);
});

test.each([
  'fifteen letters',
  'correct horse battery staple',
  'ада любит длинные пароли',
  'Byron wrote of the sea and the night',
  `${'abcdefghij'.repeat(100)}`,
])('takes %j, whatever kinds of characters it has', (password) => {
  expect(problemOf(password)).toBeUndefined();
});

test('names the field of the form', () => {
  expect(passwordProblem('short', ada(), 'Example', 'newPassword')).toMatchObject({
    field: 'newPassword',
    values: { minimum: 15 },
  });
});
