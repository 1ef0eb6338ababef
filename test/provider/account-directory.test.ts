/** This deployment's accounts: the AccountDirectory port on the store. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPasswordHasher } from '../../models/password-hash.ts';
import {
  type AccountStore,
  createAccountDirectory,
  type NewAccount,
} from '../../provider/account-directory.ts';
import { AccountNotFound, LoginNameTaken } from '../../provider/account-errors.ts';
import { openModels, type TestModels } from '../models/open-models.ts';

let models: TestModels;
let directory: AccountStore;
const cheap = { memoryKib: 64, passes: 1 };
beforeEach(async () => {
  models = await openModels();
  directory = directoryWith(cheap);
});
afterEach(() => models.close());

function directoryWith(argon2: { readonly memoryKib: number; readonly passes: number }): AccountStore {
  const { connection, clock, keys } = models;
  return createAccountDirectory(connection, { clock, keys, argon2, ownEmailDomains: ['work.example'] });
}

const ada: NewAccount = {
  loginName: 'Ada.Straße',
  displayName: 'Ada S.',
  mailbox: 'ada@work.example',
  groups: ['staff'],
  isAdmin: false,
  password: 'correct horse',
};

const storedHash = async (): Promise<unknown> =>
  (await models.connection.collection('accounts').findOne({}))?.['passwordHash'];

test('an account is found by its id and by its name in any spelling', async () => {
  const account = await directory.create(ada);
  expect(account).toMatchObject({
    loginName: 'Ada.Straße',
    mailbox: 'ada@work.example',
    givenName: null,
    groups: ['staff'],
    isDisabled: false,
    mustChangePassword: false,
    passwordChangedAt: models.clock.now(),
  });
  expect(await directory.findById(account.id)).toEqual(account);
  for (const name of ['ada.straße', ' ADA.STRASSE ', 'ａｄａ.strasse']) {
    expect(await directory.findByLoginName(name), name).toEqual(account);
  }
  for (const name of ['ada', '', 'x'.repeat(100_000), 'ada.strasse\u0000']) {
    expect(await directory.findByLoginName(name)).toBeUndefined();
  }
  expect(await directory.findById('nobody')).toBeUndefined();
});

test('a name is given once, whoever asks at the same time', async () => {
  const names = ['Ada', 'ada', 'ADA', 'ａｄａ'];
  const outcomes = await Promise.allSettled(
    names.map((loginName) => directory.create({ ...ada, loginName })),
  );
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused).toHaveLength(3);
  for (const { reason } of refused) expect(reason).toBeInstanceOf(LoginNameTaken);
});

test('refuses a name that nobody could type or tell', async () => {
  for (const loginName of ['', '  ', 'a\u0000b', 'a\u200bb', 'x'.repeat(201)]) {
    await expect(directory.create({ ...ada, loginName })).rejects.toThrow(RangeError);
  }
});

test('only the right password of an enabled account is right', async () => {
  const account = await directory.create(ada);
  expect(await directory.checkPassword(account, 'correct horse')).toBe(true);
  for (const wrong of ['', 'correct horse ', 'Correct horse', 'correct horse\u0000', 'x'.repeat(100_000)]) {
    expect(await directory.checkPassword(account, wrong)).toBe(false);
  }
  expect(await directory.checkPassword(undefined, 'correct horse')).toBe(false);
  await directory.setDisabled(account.id, true);
  expect(await directory.checkPassword(account, 'correct horse')).toBe(false);
  expect((await directory.findById(account.id))?.isDisabled).toBe(true);
  await directory.setDisabled(account.id, false);
  expect(await directory.checkPassword(account, 'correct horse')).toBe(true);
});

test('an account without a password accepts none', async () => {
  const account = await directory.create({ ...ada, password: null });
  expect(account.passwordChangedAt).toBeNull();
  for (const guess of ['', 'null', 'undefined']) {
    expect(await directory.checkPassword(account, guess)).toBe(false);
  }
});

test('unknown, disabled and password-less accounts take as long as a wrong password', async () => {
  // Costs that make the hash outweigh everything else.
  directory = directoryWith({ memoryKib: 19_456, passes: 4 });
  const known = await directory.create(ada);
  const disabled = await directory.create({ ...ada, loginName: 'disabled' });
  await directory.setDisabled(disabled.id, true);
  const without = await directory.create({ ...ada, loginName: 'without', password: null });
  async function fastestOf(account: typeof known | undefined): Promise<number> {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const before = performance.now();
      await directory.checkPassword(account, 'wrong');
      times.push(performance.now() - before);
    }
    return Math.min(...times);
  }
  const usual = await fastestOf(known);
  for (const account of [undefined, disabled, without]) {
    // Without a hash it is hundreds of times faster; less than a quarter is no noise of a busy machine.
    expect(await fastestOf(account)).toBeGreaterThan(usual / 4);
  }
});

test('a new password replaces the old one and says when', async () => {
  const account = await directory.create(ada);
  models.clock.advance(60);
  await directory.setPassword(account.id, 'battery staple', { mustChange: true });
  expect(await directory.checkPassword(account, 'correct horse')).toBe(false);
  expect(await directory.checkPassword(account, 'battery staple')).toBe(true);
  expect(await directory.findById(account.id)).toMatchObject({
    mustChangePassword: true,
    passwordChangedAt: models.clock.now(),
  });
  await expect(directory.setPassword('nobody', 'x', { mustChange: false })).rejects.toThrow(AccountNotFound);
});

test('a password may have any characters, in any Unicode form, up to 1,024', async () => {
  const account = await directory.create({ ...ada, password: 'A\u030angstro\u0308m\u0000\u{1f511}' });
  expect(await directory.checkPassword(account, '\u00c5ngstr\u00f6m\u0000\u{1f511}')).toBe(true);
  expect(await directory.checkPassword(account, '\u00c5ngstr\u00f6m')).toBe(false);
  await directory.setPassword(account.id, 'x'.repeat(1024), { mustChange: false });
  expect(await directory.checkPassword(account, 'x'.repeat(1024))).toBe(true);
  expect(await directory.checkPassword(account, 'x'.repeat(1025))).toBe(false);
  await expect(directory.setPassword(account.id, 'x'.repeat(1025), { mustChange: false })).rejects.toThrow(
    RangeError,
  );
});

test('a right password is hashed anew once the costs have changed, a wrong one is not', async () => {
  const account = await directory.create(ada);
  const before = await storedHash();
  const dearer = directoryWith({ memoryKib: 128, passes: 2 });
  await dearer.checkPassword(account, 'wrong');
  expect(await storedHash()).toBe(before);
  expect(await dearer.checkPassword(account, 'correct horse')).toBe(true);
  const after = await storedHash();
  expect(after).toMatch(/^\$argon2id\$v=19\$m=128,t=2,p=1\$/);
  expect(await dearer.checkPassword(account, 'correct horse')).toBe(true);
  expect(await storedHash()).toBe(after);
  expect(createPasswordHasher(cheap).isOutdated(String(after))).toBe(true);
});

test('lists all accounts page by page, and those of a group', async () => {
  for (let index = 0; index < 5; index += 1) {
    const groups = index % 2 === 0 ? ['staff', 'even'] : ['staff'];
    await directory.create({ ...ada, loginName: `user-${index}`, groups });
  }
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await directory.list({ cursor, limit: 2 });
    names.push(...page.accounts.map(({ loginName }) => loginName));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(names.sort()).toEqual(['user-0', 'user-1', 'user-2', 'user-3', 'user-4']);
  const even = await directory.list({ cursor: null, group: 'even', limit: 3 });
  expect(even.accounts).toHaveLength(3);
  expect(even.nextCursor).toBeNull();
});

test('groups can be changed; who is not there cannot', async () => {
  const { id } = await directory.create(ada);
  await directory.setGroups(id, ['admins']);
  expect((await directory.findById(id))?.groups).toEqual(['admins']);
  await expect(directory.setGroups('nobody', [])).rejects.toThrow(AccountNotFound);
  await expect(directory.setDisabled('nobody', true)).rejects.toThrow(AccountNotFound);
});

test('neither the own mailbox nor a password lies in the store in clear', async () => {
  await directory.create(ada);
  const dump = await models.dump();
  expect(dump).toContain('Ada S.');
  expect(dump).not.toContain('ada@work.example');
  expect(dump).not.toContain('correct horse');
});

test('names the e-mail domains of the host', async () => {
  expect(await directory.ownEmailDomains()).toEqual(['work.example']);
});
