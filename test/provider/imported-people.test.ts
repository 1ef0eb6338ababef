/** What an import does to the accounts of this deployment. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AccountStore, createAccountDirectory } from '../../provider/account-directory.ts';
import { AccountNotFound, LoginNameTaken } from '../../provider/account-errors.ts';
import { openModels, type TestModels } from '../models/open-models.ts';

let models: TestModels;
let directory: AccountStore;
beforeEach(async () => {
  models = await openModels();
  const { connection, clock, keys } = models;
  directory = createAccountDirectory(connection, { clock, keys, argon2: { memoryKib: 64, passes: 1 } });
});
afterEach(() => models.close());

test('somebody is made once for an import, whoever comes first, and then changed in what is named only', async () => {
  const person = {
    ...{ loginName: ' Ada ', displayName: 'Ada', givenName: null, familyName: null, locale: 'fr' },
    ...{ mailbox: 'ada@work.example', groups: ['staff'] },
  };
  const made = await Promise.all(
    ['one', 'one', 'two'].map((id) => directory.ensurePerson?.({ ...person, id })),
  );
  const [{ id } = { id: '' }] = made.filter((account) => account !== undefined);
  expect(made.map((account) => account?.id)).toEqual([id, id, id]);
  expect(made[0]).toMatchObject({ ...person, isAdmin: false, isDisabled: false, passwordChangedAt: null });
  expect(await directory.checkPassword(made[0], '')).toBe(false);
  await expect(
    directory.create({ ...person, loginName: 'ADA', isAdmin: false, password: null }),
  ).rejects.toThrow(LoginNameTaken);
  await directory.changeProfile?.(id, { mailbox: 'new@work.example', groups: [] });
  expect(await directory.findById(id)).toEqual({ ...made[0], mailbox: 'new@work.example', groups: [] });
  await directory.changeProfile?.(id, { mailbox: null, displayName: 'Countess' });
  expect(await directory.findById(id)).toMatchObject({
    mailbox: null,
    displayName: 'Countess',
    locale: 'fr',
  });
  expect(await models.dump()).not.toContain('@work.example');
  await expect(directory.changeProfile?.('nobody', { groups: [] })).rejects.toThrow(AccountNotFound);
});
