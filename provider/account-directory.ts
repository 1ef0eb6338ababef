/**
 * This deployment's accounts behind the AccountDirectory port, with what its CLI and its demo need beside that.
 * Sessions and tokens from before a change are the callers' matter (`credentialsChangedAt`).
 */
import { randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import {
  accountProjection,
  accounts,
  loginKeyOf,
  mailboxContext,
  readAccount,
  type StoredAccount,
} from '../models/account.ts';
import { isDuplicateKey } from '../models/duplicate-key.ts';
import { type Argon2Costs, createPasswordHasher } from '../models/password-hash.ts';
import type { Account, AccountDirectory, Clock, DataKeys } from '../security-info/ports.ts';
import { AccountNotFound, LoginNameTaken } from './account-errors.ts';
import { createImportedPeople } from './imported-people.ts';

/** The longest password, in UTF-16 units. */
export const maximumPasswordLength = 1024;
const maximumNameLength = 200;

/** What is needed to make an account. */
export interface NewAccount {
  readonly loginName: string;
  readonly displayName: string;
  readonly givenName?: string | null;
  readonly familyName?: string | null;
  /** The account's own mailbox. */
  readonly mailbox: string | null;
  readonly locale?: string | null;
  readonly groups?: readonly string[];
  readonly isAdmin: boolean;
  /** Null: nobody can sign in before a password is set. */
  readonly password: string | null;
  readonly mustChangePassword?: boolean;
}

/** The accounts of this deployment. */
export interface AccountStore extends AccountDirectory {
  /**
   * Makes an account.
   * @throws {LoginNameTaken} `login_name_taken`
   * @throws {RangeError} when the name is empty, too long or has control characters, or the password is too long
   */
  create(account: NewAccount): Promise<Account>;
  /** @throws {AccountNotFound} `account_not_found` */
  setDisabled(accountId: string, isDisabled: boolean): Promise<void>;
  /** @throws {AccountNotFound} `account_not_found` */
  setGroups(accountId: string, groups: readonly string[]): Promise<void>;
  /** As the port says. @throws {AccountNotFound} `account_not_found` @throws {RangeError} when it is too long */
  setPassword(accountId: string, password: string, options: { readonly mustChange: boolean }): Promise<void>;
}

/** What the directory is given. */
export interface AccountDirectoryOptions {
  readonly clock: Clock;
  readonly keys: DataKeys;
  readonly argon2: Argon2Costs;
  /** E-mail domains of the host, where no recovery mailbox may be. Default none. */
  readonly ownEmailDomains?: readonly string[];
}

/** Makes the directory on a connection. */
export function createAccountDirectory(
  connection: Connection,
  { clock, keys, argon2, ownEmailDomains = [] }: AccountDirectoryOptions,
): AccountStore {
  const collection = connection.collection<StoredAccount>(accounts.name);
  const hasher = createPasswordHasher(argon2);

  async function findOne(
    filter: { readonly _id: string } | { readonly loginKey: string },
  ): Promise<Account | undefined> {
    const document = await collection.findOne(filter, { projection: accountProjection });
    return document === null ? undefined : readAccount(document, keys.open);
  }

  async function update(accountId: string, fields: Partial<StoredAccount>): Promise<void> {
    const { matchedCount } = await collection.updateOne({ _id: accountId }, { $set: fields });
    if (matchedCount === 0) throw new AccountNotFound();
  }

  async function hashNew(password: string): Promise<string> {
    if (password.length > maximumPasswordLength) {
      throw new RangeError(`a password has at most ${maximumPasswordLength} characters`);
    }
    return hasher.hash(password);
  }

  return {
    ...createImportedPeople(connection, { clock, keys }),

    findById: (accountId) => findOne({ _id: accountId }),

    async findByLoginName(loginName) {
      if (loginName.length > maximumNameLength) return undefined;
      return findOne({ loginKey: loginKeyOf(loginName) });
    },

    async list({ cursor, group, limit }) {
      const documents = await collection
        .find(
          {
            ...(cursor === null ? {} : { _id: { $gt: cursor } }),
            ...(group === undefined ? {} : { groups: group }),
          },
          { projection: accountProjection },
        )
        .sort({ _id: 1 })
        .limit(limit + 1)
        .toArray();
      const page = documents.slice(0, limit).map((document) => readAccount(document, keys.open));
      return { accounts: page, nextCursor: documents.length > limit ? (page.at(-1)?.id ?? null) : null };
    },

    ownEmailDomains: async () => ownEmailDomains,

    async checkPassword(account, password) {
      // One read and one hash in every case: the time tells nobody whether a name exists. No account has an empty id.
      const _id = account?.id ?? '';
      const document = await collection.findOne({ _id }, { projection: { passwordHash: 1, isDisabled: 1 } });
      const isShortEnough = password.length <= maximumPasswordLength;
      const mayMatch = document !== null && !document.isDisabled && isShortEnough;
      const stored = mayMatch ? document.passwordHash : null;
      const isRight = await hasher.check(stored, password.slice(0, maximumPasswordLength));
      if (!isRight || stored === null) return false;
      if (hasher.isOutdated(stored)) {
        // Only over the hash that was checked: a password set meanwhile stays.
        const passwordHash = await hasher.hash(password);
        await collection.updateOne({ _id, passwordHash: stored }, { $set: { passwordHash } });
      }
      return true;
    },

    async setPassword(accountId, password, { mustChange }) {
      await update(accountId, {
        passwordHash: await hashNew(password),
        mustChangePassword: mustChange,
        passwordChangedAt: clock.now(),
      });
    },

    /** Delays after wrong passwords are the domain's throttles; this directory keeps no lock of its own. */
    unlock: async () => undefined,

    async listAdmins(limit) {
      const documents = await collection
        .find({ isAdmin: true }, { projection: accountProjection })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
      return documents
        .map((document) => readAccount(document, keys.open))
        .filter(({ isDisabled }) => !isDisabled);
    },

    async create({ password, mailbox, ...input }) {
      const loginName = input.loginName.trim();
      if (loginName === '' || loginName.length > maximumNameLength || /\p{C}/u.test(loginName)) {
        throw new RangeError(`a login name has 1 to ${maximumNameLength} visible characters`);
      }
      const _id = randomUUID();
      const now = clock.now();
      const document: StoredAccount = {
        _id,
        loginName,
        loginKey: loginKeyOf(loginName),
        displayName: input.displayName,
        givenName: input.givenName ?? null,
        familyName: input.familyName ?? null,
        locale: input.locale ?? null,
        mailboxCiphertext: mailbox === null ? null : keys.seal(mailbox, mailboxContext(_id)),
        groups: [...(input.groups ?? [])],
        isAdmin: input.isAdmin,
        isDisabled: false,
        passwordHash: password === null ? null : await hashNew(password),
        mustChangePassword: input.mustChangePassword ?? false,
        passwordChangedAt: password === null ? null : now,
        createdAt: now,
      };
      try {
        await collection.insertOne(document);
      } catch (error) {
        if (isDuplicateKey(error)) throw new LoginNameTaken();
        throw error;
      }
      return readAccount(document, keys.open);
    },

    setDisabled: (accountId, isDisabled) => update(accountId, { isDisabled }),

    setGroups: (accountId, groups) => update(accountId, { groups: [...groups] }),
  };
}
