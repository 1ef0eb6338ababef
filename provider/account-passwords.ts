/** Judges and hashes the passwords of this deployment's accounts, for account-directory.ts. */
import type { Collection } from 'mongoose';
import type { StoredAccount } from '../models/account.ts';
import { type Argon2Costs, createPasswordHasher } from '../models/password-hash.ts';
import type { Account } from '../security-info/ports.ts';

/** The longest password, in UTF-16 units. */
export const maximumPasswordLength = 1024;

/** The fields that a check reads. */
export const passwordProjection = { passwordHash: 1, isDisabled: 1 } as const;
type PasswordFields = Pick<StoredAccount, keyof typeof passwordProjection>;

/** The passwords of the accounts in a collection. */
export interface AccountPasswords {
  /** Keeps what was read with an account for the one check that follows, which then reads nothing. */
  remember(account: Account, document: PasswordFields): void;
  /** As the AccountDirectory's `checkPassword`. */
  check(account: Account | undefined, password: string): Promise<boolean>;
  /** @throws {RangeError} when it is too long */
  hash(password: string): Promise<string>;
}

/** Makes the passwords. */
export function createAccountPasswords(
  collection: Collection<StoredAccount>,
  argon2: Argon2Costs,
): AccountPasswords {
  const hasher = createPasswordHasher(argon2);
  const known = new WeakMap<Account, PasswordFields>();

  async function read(account: Account): Promise<PasswordFields | null> {
    const remembered = known.get(account);
    known.delete(account);
    return remembered ?? collection.findOne({ _id: account.id }, { projection: passwordProjection });
  }

  return {
    remember: (account, { passwordHash, isDisabled }) => known.set(account, { passwordHash, isDisabled }),

    async check(account, password) {
      // One hash in every case, and no read after that of the name: the time tells nobody whether a name exists.
      const document = account === undefined ? null : await read(account);
      const isShortEnough = password.length <= maximumPasswordLength;
      const mayMatch = document !== null && !document.isDisabled && isShortEnough;
      const stored = mayMatch ? document.passwordHash : null;
      const isRight = await hasher.check(stored, password.slice(0, maximumPasswordLength));
      if (!isRight || stored === null || account === undefined) return false;
      if (hasher.isOutdated(stored)) {
        // Only over the hash that was checked: a password set meanwhile stays.
        const passwordHash = await hasher.hash(password);
        await collection.updateOne({ _id: account.id, passwordHash: stored }, { $set: { passwordHash } });
      }
      return true;
    },

    async hash(password) {
      if (password.length > maximumPasswordLength) {
        throw new RangeError(`a password has at most ${maximumPasswordLength} characters`);
      }
      return hasher.hash(password);
    },
  };
}
