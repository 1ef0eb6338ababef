/**
 * The demo accounts: who they are, and seeding them once. They exist only with the embedded store and a loopback
 * issuer; whoever calls this has checked it. What has changed since is left as it is.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { defaultPolicy } from '../security-info/policy.ts';
import type { Account, Clock, DataKeys, RecordStore } from '../security-info/ports.ts';
import type { Method, SecurityInfoRecord } from '../security-info/record.ts';
import { emptyMethod, isVerified } from '../security-info/record.ts';
import { addressHash, openSecret, sealAddress, sealSecret } from '../security-info/sealing.ts';
import type { DemoAuthenticator } from './mailbox/app.ts';

/** The password of every demo account. */
export const demoPassword = 'try-it-out-now';

/** What a demo account has at the start. */
interface DemoAccount {
  readonly loginName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly isAdmin: boolean;
  /** Its methods, and how many days ago they were verified; null where it has none. */
  readonly methods: { readonly authenticator: boolean; readonly verifiedDaysAgo: number } | null;
  /** What to try, for the terminal. */
  readonly story: string;
}

/** Every demo account, in the order to try them. */
export const demoAccounts: readonly DemoAccount[] = [
  {
    loginName: 'new',
    givenName: 'Nora',
    familyName: 'New',
    isAdmin: false,
    methods: null,
    story: 'nothing registered: the sign-in is interrupted until two methods are set up',
  },
  {
    loginName: 'expired',
    givenName: 'Emil',
    familyName: 'Expired',
    isAdmin: false,
    methods: { authenticator: true, verifiedDaysAgo: 200 },
    story: 'last confirmed 200 days ago: asked whether it is all still right',
  },
  {
    loginName: 'current',
    givenName: 'Clara',
    familyName: 'Current',
    isAdmin: false,
    methods: { authenticator: true, verifiedDaysAgo: 10 },
    story: 'fully up to date: signed in without a word; try "Manage my security info"',
  },
  {
    loginName: 'short',
    givenName: 'Omar',
    familyName: 'Short',
    isAdmin: false,
    methods: { authenticator: false, verifiedDaysAgo: 10 },
    story: 'one method too few: only what is missing is asked for, after a proof of the one',
  },
  {
    loginName: 'admin',
    givenName: 'Ada',
    familyName: 'Admin',
    isAdmin: true,
    methods: { authenticator: true, verifiedDaysAgo: 10 },
    story: 'an administrator, up to date',
  },
];

/** What is needed to make an account. */
export interface NewDemoAccount {
  readonly loginName: string;
  readonly displayName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly mailbox: string;
  readonly isAdmin: boolean;
  readonly password: string;
}

/** Where the accounts go. */
export interface SeedTarget {
  readonly findByLoginName: (loginName: string) => Promise<Account | undefined>;
  readonly create: (account: NewDemoAccount) => Promise<Account>;
  readonly records: Pick<RecordStore, 'read' | 'change'>;
  readonly keys: DataKeys;
  readonly clock: Clock;
}

const millisecondsPerDay = 86_400_000;

/** The account's own mailbox; one at another domain is for proving who one is. */
function ownMailboxOf(account: DemoAccount): string {
  return `${account.givenName.toLowerCase()}@work.example`;
}

/** The mailbox that the account has registered. */
export function recoveryMailboxOf(account: Pick<DemoAccount, 'givenName'>): string {
  return `${account.givenName.toLowerCase()}@home.example`;
}

/** Makes what is not there yet; an account that is there keeps its password and its methods. */
export async function seedDemoAccounts(target: SeedTarget): Promise<void> {
  for (const account of demoAccounts) {
    const { loginName, givenName, familyName, isAdmin, methods } = account;
    const { id } =
      (await target.findByLoginName(loginName)) ??
      (await target.create({
        loginName,
        givenName,
        familyName,
        displayName: `${givenName} ${familyName}`,
        mailbox: ownMailboxOf(account),
        isAdmin,
        password: demoPassword,
      }));
    if (methods !== null) {
      await target.records.change(id, (record) =>
        record.firstMethodAt !== null
          ? { unchanged: true, result: undefined }
          : { next: withMethods(record, account, target), events: [], result: undefined },
      );
    }
  }
}

function withMethods(
  record: SecurityInfoRecord,
  account: DemoAccount,
  { keys, clock }: SeedTarget,
): SecurityInfoRecord {
  if (account.methods === null) return record;
  const at = new Date(clock.now().getTime() - account.methods.verifiedDaysAgo * millisecondsPerDay);
  const address = recoveryMailboxOf(account);
  const emailId = randomUUID();
  const appId = randomUUID();
  const { accountId } = record;
  const proved = { verifiedAt: at, confirmedAt: at };
  const email: Method = {
    ...emptyMethod(emailId, 'email'),
    ...proved,
    addressCiphertext: sealAddress(keys, accountId, emailId, address),
    addressHash: addressHash(keys, address),
  };
  const app: Method = {
    ...emptyMethod(appId, 'authenticator_app'),
    ...proved,
    secretCiphertext: sealSecret(keys, accountId, appId, randomSecret()),
  };
  return {
    ...record,
    // What the job looks for is known before the first sign-in.
    policyId: defaultPolicy().id,
    methods: account.methods.authenticator ? [app, email] : [email],
    firstMethodAt: at,
    oldestConfirmedAt: at,
  };
}

/** 20 random bytes in base32 (RFC 4226 §4 asks for at least 16). */
function randomSecret(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return [...randomBytes(32)].map((byte) => alphabet.charAt(byte % 32)).join('');
}

/** The authenticator apps of the demo accounts, opened so that the mailbox page can show their codes. */
export async function demoAuthenticators(target: SeedTarget): Promise<DemoAuthenticator[]> {
  const found: DemoAuthenticator[] = [];
  for (const { loginName } of demoAccounts) {
    const account = await target.findByLoginName(loginName);
    if (!account) continue;
    const { methods } = await target.records.read(account.id);
    for (const method of methods.filter(isVerified)) {
      const secret = openSecret(target.keys, account.id, method);
      if (secret === null) continue;
      found.push({ loginName: method.name === null ? loginName : `${loginName} · ${method.name}`, secret });
    }
  }
  return found;
}
