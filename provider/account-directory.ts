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
  loginKeysWith,
  mailboxContext,
  readAccount,
  type StoredAccount,
} from '../models/account.ts';
import { isDuplicateKey } from '../models/duplicate-key.ts';
import type { Argon2Costs } from '../models/password-hash.ts';
import type { Account, AccountDirectory, Clock, DataKeys } from '../security-info/ports.ts';
import { AccountNotFound, LoginNameTaken } from './account-errors.ts';
import { createAccountPasswords, passwordProjection } from './account-passwords.ts';
import { createImportedPeople } from './imported-people.ts';

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

// With the key, by which a search goes on.
const projected = { projection: { ...accountProjection, loginKey: 1 as const } };

/** Makes the directory on a connection. */
export function createAccountDirectory(
  connection: Connection,
  { clock, keys, argon2, ownEmailDomains = [] }: AccountDirectoryOptions,
): AccountStore {
  const collection = connection.collection<StoredAccount>(accounts.name);
  const passwords = createAccountPasswords(collection, argon2);

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

  return {
    ...createImportedPeople(connection, { clock, keys }),

    findById: (accountId) => findOne({ _id: accountId }),

    async findByLoginName(loginName) {
      if (loginName.length > maximumNameLength) return undefined;
      const document = await collection.findOne(
        { loginKey: loginKeyOf(loginName) },
        { projection: { ...accountProjection, ...passwordProjection } },
      );
      if (document === null) return undefined;
      const account = readAccount(document, keys.open);
      passwords.remember(account, document);
      return account;
    },

    async list({ cursor, group, loginNamePrefix, limit }) {
      const ofGroup = group === undefined ? {} : { groups: group };
      const prefix = loginNamePrefix === undefined ? '' : loginKeyOf(loginNamePrefix);
      const found =
        prefix === ''
          ? collection
              .find({ ...(cursor === null ? {} : { _id: { $gt: cursor } }), ...ofGroup }, projected)
              .sort({ _id: 1 })
          : collection
              .find({ loginKey: loginKeysWith(prefix, cursor), ...ofGroup }, projected)
              .sort({ loginKey: 1 });
      const documents = await found.limit(limit + 1).toArray();
      const page = documents.slice(0, limit).map((document) => readAccount(document, keys.open));
      const last = documents[limit - 1];
      const nextCursor = prefix === '' ? last?._id : last?.loginKey;
      return { accounts: page, nextCursor: documents.length > limit ? (nextCursor ?? null) : null };
    },

    ownEmailDomains: async () => ownEmailDomains,

    checkPassword: passwords.check,

    async setPassword(accountId, password, { mustChange }) {
      await update(accountId, {
        passwordHash: await passwords.hash(password),
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
        passwordHash: password === null ? null : await passwords.hash(password),
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
