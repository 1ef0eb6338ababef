/** What an import does to the accounts of this deployment: it makes people and changes them, both repeatable. */
import type { Connection } from 'mongoose';
import { accounts, loginKeyOf, mailboxContext, readAccount, type StoredAccount } from '../models/account.ts';
import { insertNew } from '../models/duplicate-key.ts';
import type { AccountDirectory, Clock, DataKeys } from '../security-info/ports.ts';
import { AccountNotFound } from './account-errors.ts';

/** That part of the directory. */
export function createImportedPeople(
  connection: Connection,
  { clock, keys }: { readonly clock: Clock; readonly keys: DataKeys },
): Required<Pick<AccountDirectory, 'ensurePerson' | 'changeProfile'>> {
  const collection = connection.collection<StoredAccount>(accounts.name);
  const sealed = (accountId: string, mailbox: string | null): string | null =>
    mailbox === null ? null : keys.seal(mailbox, mailboxContext(accountId));

  return {
    async ensurePerson({ id, mailbox, groups, ...person }) {
      const loginKey = loginKeyOf(person.loginName);
      const document: StoredAccount = {
        ...{ ...person, _id: id, loginKey, groups: [...groups] },
        mailboxCiphertext: sealed(id, mailbox),
        ...{ isAdmin: false, isDisabled: false, mustChangePassword: false },
        ...{ passwordHash: null, passwordChangedAt: null, createdAt: clock.now() },
      };
      await insertNew(connection, accounts, [document]);
      const stored = await collection.findOne({ loginKey });
      if (stored === null) throw new AccountNotFound();
      return readAccount(stored, keys.open);
    },

    async changeProfile(accountId, { mailbox, groups, ...fields }) {
      const change = {
        ...fields,
        ...(mailbox === undefined ? {} : { mailboxCiphertext: sealed(accountId, mailbox) }),
        ...(groups === undefined ? {} : { groups: [...groups] }),
      };
      const { matchedCount } = await collection.updateOne({ _id: accountId }, { $set: change });
      if (matchedCount === 0) throw new AccountNotFound();
    },
  };
}
