/**
 * `accounts`: the people of this deployment, as they are stored and read. What is done with them is
 * provider/account-directory.ts's; a plugin user has no such collection.
 */
import { Schema } from 'mongoose';
import { z } from 'zod';
import type { Account } from '../security-info/ports.ts';
import { foldLoginName } from '../security-info/throttles.ts';
import { type CollectionSchema, schemaOptions } from './schema-options.ts';

/** An account as it is stored. */
export interface StoredAccount extends Omit<Account, 'id' | 'mailbox'> {
  /** The account's id. */
  readonly _id: string;
  /** The login name as it is compared, see `loginKeyOf`. Unique. */
  readonly loginKey: string;
  /** The own mailbox, sealed with the context `mailboxContext`. */
  readonly mailboxCiphertext: string | null;
  /** argon2id in PHC format, or null where there is no password yet. */
  readonly passwordHash: string | null;
  readonly createdAt: Date;
}

const schema = new Schema<StoredAccount>(
  {
    _id: { type: String, required: true },
    loginName: { type: String, required: true },
    loginKey: { type: String, required: true },
    displayName: { type: String, required: true },
    givenName: String,
    familyName: String,
    locale: String,
    mailboxCiphertext: String,
    groups: [String],
    isAdmin: { type: Boolean, required: true },
    isDisabled: { type: Boolean, required: true },
    passwordHash: String,
    mustChangePassword: { type: Boolean, required: true },
    passwordChangedAt: Date,
    createdAt: { type: Date, required: true },
  },
  schemaOptions,
);
schema.index({ loginKey: 1 }, { unique: true });
schema.index({ groups: 1, _id: 1 });
schema.index({ isAdmin: 1, _id: 1 });

/** The collection of accounts. */
export const accounts: CollectionSchema<StoredAccount> = { name: 'accounts', schema };

const storedAccount = z.object({
  _id: z.string(),
  loginName: z.string(),
  displayName: z.string(),
  givenName: z.string().nullable().default(null),
  familyName: z.string().nullable().default(null),
  locale: z.string().nullable().default(null),
  mailboxCiphertext: z.string().nullable().default(null),
  groups: z.array(z.string()).default([]),
  isAdmin: z.boolean().default(false),
  isDisabled: z.boolean().default(false),
  mustChangePassword: z.boolean().default(false),
  passwordChangedAt: z.date().nullable().default(null),
});

/** The fields that `readAccount` needs: no password hash. */
export const accountProjection: Readonly<Record<string, 1>> = Object.fromEntries(
  Object.keys(storedAccount.shape).map((field) => [field, 1 as const]),
);

/** What an account's own mailbox is sealed with. */
export function mailboxContext(accountId: string): string {
  return `${accountId}:mailbox`;
}

/** Reads a stored account, opening its mailbox. */
export function readAccount(
  document: unknown,
  open: (ciphertext: string, context: string) => string,
): Account {
  const { _id: id, mailboxCiphertext, ...fields } = storedAccount.parse(document);
  const mailbox = mailboxCiphertext === null ? null : open(mailboxCiphertext, mailboxContext(id));
  return { ...fields, id, mailbox };
}

/**
 * A login name as it is compared: compatibility forms, case and outer spaces do not matter.
 * @see Unicode Standard Annex #15 (NFKC); upper and then lower case comes close to full case folding
 */
export function loginKeyOf(loginName: string): string {
  return foldLoginName(loginName);
}

/** Those from a prefix of `loginKeyOf` on, or behind a cursor among them, up to the last that begins with it. */
export function loginKeysWith(
  prefix: string,
  cursor: string | null,
): { readonly $gt?: string; readonly $gte?: string; readonly $lt: string } {
  // A cursor from elsewhere must not lead out of the prefix.
  const from = cursor?.startsWith(prefix) ? { $gt: cursor } : { $gte: prefix };
  return { ...from, $lt: `${prefix}\u{10ffff}` };
}
