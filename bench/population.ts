/** Fills a store with as many accounts and records as are asked for, straight into the collections. */
import type { Connection } from 'mongoose';
import { accounts, loginKeyOf, mailboxContext, type StoredAccount } from '../models/account.ts';
import { recordFields, type StoredRecord, securityInfos } from '../models/security-info-record.ts';
import type { Clock, DataKeys } from '../security-info/ports.ts';
import { emptyMethod, emptyRecord, type Method } from '../security-info/record.ts';
import { addressHash, sealAddress, sealSecret } from '../security-info/sealing.ts';

const day = 86_400_000;
const batchSize = 2_000;
const batchesAtOnce = 4;

/** The id of the account of a number. */
export function accountIdOf(number: number): string {
  return `bench-${number.toString(36).padStart(8, '0')}`;
}

/** What is filled in. */
export interface Population {
  readonly size: number;
  /** When everybody's methods were confirmed. */
  readonly confirmedDaysAgo: number;
  readonly withAccounts: boolean;
}

/** The two methods that the default policy asks for. */
export function twoMethods(
  keys: DataKeys,
  accountId: string,
  at: Date,
  address = `${accountId}@home.example`,
): readonly Method[] {
  const proved = (type: 'email' | 'authenticator_app'): Method => ({
    ...emptyMethod(`${accountId}-${type}`, type),
    verifiedAt: at,
    confirmedAt: at,
  });
  const [email, app] = [proved('email'), proved('authenticator_app')];
  return [
    {
      ...email,
      addressCiphertext: sealAddress(keys, accountId, email.id, address),
      addressHash: addressHash(keys, 'email', address),
    },
    { ...app, secretCiphertext: sealSecret(keys, accountId, app.id, 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP') },
  ];
}

/** Fills the store, whose indexes are there. */
export async function populate(
  connection: Connection,
  { keys, clock }: { readonly keys: DataKeys; readonly clock: Clock },
  { size, confirmedDaysAgo, withAccounts }: Population,
): Promise<void> {
  const now = clock.now();
  const recordsOf = connection.collection<StoredRecord>(securityInfos.name);
  const accountsOf = connection.collection<StoredAccount>(accounts.name);
  // Nobody waits for one of these writes.
  const options = { ordered: false, writeConcern: { w: 1, journal: false } } as const;
  // Sealing for millions would be most of the time: all have the same addresses, which nothing here opens.
  const confirmedAt = (number: number): Date =>
    new Date(now.getTime() - confirmedDaysAgo * day - (number % 100_000) * 60_000);
  const methods = twoMethods(keys, accountIdOf(0), now);
  const mailboxCiphertext = keys.seal('bench@work.example', mailboxContext(accountIdOf(0)));

  const recordOf = (number: number): StoredRecord => {
    const at = confirmedAt(number);
    const next = {
      ...emptyRecord(accountIdOf(number)),
      policyId: 'default',
      methods: methods.map((method) => ({ ...method, verifiedAt: at, confirmedAt: at })),
      firstMethodAt: at,
      oldestConfirmedAt: at,
    };
    return { _id: next.accountId, version: 1, ...recordFields(next, [], now) };
  };
  const accountOf = (number: number): StoredAccount => {
    const loginName = accountIdOf(number);
    return {
      _id: loginName,
      loginName,
      loginKey: loginKeyOf(loginName),
      displayName: `Person ${number}`,
      givenName: 'Person',
      familyName: String(number),
      locale: 'en',
      mailboxCiphertext,
      groups: [],
      isAdmin: false,
      isDisabled: false,
      passwordHash: null,
      mustChangePassword: false,
      passwordChangedAt: null,
      createdAt: now,
    };
  };

  let next = 0;
  const fill = async (): Promise<void> => {
    for (;;) {
      const numbers = Array.from({ length: Math.min(batchSize, size - next) }, (_, index) => next + index);
      next += numbers.length;
      if (numbers.length === 0) return;
      await recordsOf.insertMany(numbers.map(recordOf), options);
      if (withAccounts) await accountsOf.insertMany(numbers.map(accountOf), options);
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, fill));
}
