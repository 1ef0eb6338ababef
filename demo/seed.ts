/**
 * Making the demo accounts, once: each with its methods as if they had been proved some days ago. They exist only with
 * the embedded store and a loopback issuer; whoever calls this has checked it. What has changed since stays.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { AccountStore } from '../provider/account-directory.ts';
import { effectivePolicy } from '../security-info/effective-policy.ts';
import { normaliseAnswer } from '../security-info/methods/answers.ts';
import { hashAnswers } from '../security-info/operations/judge-answers.ts';
import { subjectOf } from '../security-info/operations/situation.ts';
import type { EffectivePolicy } from '../security-info/policy.ts';
import type { Account, Ports, Transition } from '../security-info/ports.ts';
import type { Method, SecurityInfoRecord } from '../security-info/record.ts';
import { emptyMethod } from '../security-info/record.ts';
import { addressHash, sealAddress, sealSecret } from '../security-info/sealing.ts';
import { settle } from '../security-info/settle.ts';
import { snooze } from '../security-info/transitions/snooze.ts';
import type { DemoAccount, DemoMethod } from './accounts.ts';
import { demoAccounts, demoPassword } from './accounts.ts';

/** Where the accounts go. */
export interface SeedTarget {
  readonly directory: Pick<AccountStore, 'findByLoginName' | 'create'>;
  readonly ports: Pick<Ports, 'policies' | 'answerHasher' | 'keys' | 'clock'> & {
    readonly records: Pick<Ports['records'], 'read' | 'change' | 'drainEvents'>;
  };
}

const millisecondsPerDay = 86_400_000;

/** Makes what is not there yet; an account that is there keeps its password and its methods. */
export async function seedDemoAccounts({ directory, ports }: SeedTarget): Promise<void> {
  const policies = await ports.policies.latest();
  for (const demo of demoAccounts) {
    const account =
      (await directory.findByLoginName(demo.loginName)) ?? (await directory.create(newAccount(demo)));
    if ((await ports.records.read(account.id)).version > 0) continue;
    const policy = effectivePolicy(policies, subjectOf(account));
    const methods = await Promise.all(demo.methods.map((method) => makeMethod(method, demo, account, ports)));
    await ports.records.change(account.id, seeded({ demo, account, policy, methods, ports }));
    await ports.records.drainEvents(account.id, 1);
  }
}

function newAccount({ loginName, givenName, familyName, isAdmin = false, groups = [] }: DemoAccount) {
  return {
    loginName,
    givenName,
    familyName,
    displayName: `${givenName} ${familyName}`,
    // One at another domain is for proving who one is.
    mailbox: `${givenName.toLowerCase()}@work.example`,
    isAdmin,
    groups,
    password: demoPassword,
  };
}

interface Seeding {
  readonly demo: DemoAccount;
  readonly account: Account;
  readonly policy: EffectivePolicy;
  readonly methods: readonly Method[];
  readonly ports: SeedTarget['ports'];
}

/** The record at its beginning; its policy is known before the first sign-in, for that is what the job looks for. */
function seeded({
  demo,
  account,
  policy,
  methods,
  ports,
}: Seeding): Transition<SecurityInfoRecord, undefined> {
  return (record) => {
    if (record.version > 0) return { unchanged: true, result: undefined };
    const { keys, clock } = ports;
    const firstMethodAt = methods.length === 0 ? null : daysAgo(demo.verifiedDaysAgo ?? 0, ports);
    const next = settle({ ...record, methods, firstMethodAt }, policy, clock.now());
    if (demo.snoozedDaysAgo !== undefined) {
      const asker = { caller: 'signed_in', callerAddress: null, clientId: null, locale: 'en' } as const;
      const flow = { id: randomUUID(), proofs: [] };
      const now = daysAgo(demo.snoozedDaysAgo, ports);
      const change = snooze({ account, asker, policy, flow, keys, now })(next);
      // Where somebody has set a policy without any, none was taken.
      if ('next' in change) return { ...change, result: undefined };
    }
    return { next, events: [], result: undefined };
  };
}

async function makeMethod(
  method: DemoMethod,
  { verifiedDaysAgo }: DemoAccount,
  account: Account,
  ports: SeedTarget['ports'],
): Promise<Method> {
  const { keys, answerHasher } = ports;
  const id = randomUUID();
  const verifiedAt = verifiedDaysAgo === null ? null : daysAgo(verifiedDaysAgo, ports);
  const isFilledIn = verifiedAt === null || method.type === 'office_phone';
  const base: Method = {
    ...emptyMethod(id, method.type),
    prefilledAt: isFilledIn ? (verifiedAt ?? ports.clock.now()) : null,
    verifiedAt,
    confirmedAt: verifiedAt,
  };
  switch (method.type) {
    case 'authenticator_app':
      return { ...base, secretCiphertext: sealSecret(keys, account.id, id, randomSecret()) };
    case 'security_questions': {
      const answers = method.answers.map(({ questionId, answer }) => ({
        questionId,
        customText: null,
        answer: normaliseAnswer(answer),
      }));
      return { ...base, answers: await hashAnswers(answerHasher, { account, keys }, answers) };
    }
    default:
      return {
        ...base,
        addressCiphertext: sealAddress(keys, account.id, id, method.address),
        addressHash: addressHash(keys, method.type, method.address),
      };
  }
}

function daysAgo(days: number, { clock }: Pick<Ports, 'clock'>): Date {
  return new Date(clock.now().getTime() - days * millisecondsPerDay);
}

/** 20 random bytes in base32 (RFC 4226 §4 asks for at least 16). */
function randomSecret(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return [...randomBytes(32)].map((byte) => alphabet.charAt(byte % 32)).join('');
}
