/** What anybody would guess first is refused, what only sounds like it is not. */
import { expect, test } from 'vitest';
import { isCommonPassword } from '../../security-info/common-passwords.ts';
import { newPasswordProblems } from '../../security-info/new-password.ts';
import { ada } from './sample-record.ts';

test.each([
  'passwordpassword',
  'PassWordPassWord',
  'qwerty123456789',
  'password2026!!!!',
  'ｐａｓｓｗｏｒｄpassword',
  'monkeymonkeymonkey',
  'sunshineprincess',
])('%s is common', async (password) => {
  expect(await isCommonPassword(password)).toBe(true);
});

test.each(['seven green bicycles', 'a quiet river at noon', 'correct horse battery', 'vqmzkxwpyrtnbhg'])(
  '%s is not',
  async (password) => {
    expect(await isCommonPassword(password)).toBe(false);
  },
);

test('a new password is judged by length, then by what is common, then against the old one', async () => {
  const context = {
    directory: { checkPassword: async (_: unknown, password: string) => password === 'seven green bicycles' },
    serviceName: 'Example',
    account: ada(),
  };
  const problem = async (newPassword: string, repeatPassword = newPassword) =>
    (await newPasswordProblems(context, { newPassword, repeatPassword })).map(
      ({ field, code }) => `${field} ${code}`,
    );
  expect(await problem('password')).toEqual(['newPassword password_too_short']);
  expect(await problem('passwordpassword')).toEqual(['newPassword password_too_simple']);
  expect(await problem('a quiet river at noon', 'other')).toEqual(['repeatPassword passwords_differ']);
  expect(await problem('seven green bicycles')).toEqual(['newPassword password_unchanged']);
  expect(await problem('a quiet river at noon')).toEqual([]);
});
