/** Seeding the demo accounts and policies, on stores in memory: what there is, and that a second start changes nothing. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { demoAccounts } from '../../demo/accounts.ts';
import { showCode } from '../../demo/mailbox/authenticator.ts';
import { seedDemoPolicies } from '../../demo/policies.ts';
import { demoProofs } from '../../demo/proofs.ts';
import { seedDemoAccounts } from '../../demo/seed.ts';
import { createAnswerHasher } from '../../models/answer-hash.ts';
import { createDataKeys } from '../../models/field-encryption.ts';
import type { NewAccount } from '../../provider/account-directory.ts';
import { answerDigest } from '../../security-info/answer-proof.ts';
import { effectivePolicy } from '../../security-info/effective-policy.ts';
import { PolicyChangedMeanwhile } from '../../security-info/errors.ts';
import type { DomainEvent } from '../../security-info/events.ts';
import { normaliseAnswer } from '../../security-info/methods/answers.ts';
import { subjectOf } from '../../security-info/operations/situation.ts';
import { defaultPolicy, type Policy } from '../../security-info/policy.ts';
import type { Account, Ports } from '../../security-info/ports.ts';
import type { SecurityInfoRecord } from '../../security-info/record.ts';
import { emptyRecord } from '../../security-info/record.ts';
import { snoozeOffer } from '../../security-info/snooze.ts';
import { needOf, signInStatus } from '../../security-info/status.ts';

const now = new Date('2027-03-01T12:00:00Z');
const answerHasher = createAnswerHasher({ memoryKib: 7168, passes: 5 });
const sender = { isAvailable: true, send: async () => undefined };

function createPolicies() {
  const saved = new Map<string, Policy>();
  const events: DomainEvent[] = [];
  const latest: Ports['policies']['latest'] = async () => ({
    defaultPolicy: saved.get('default') ?? defaultPolicy(),
    groupPolicies: [...saved.values()].filter(({ id }) => id !== 'default'),
  });
  const save: Ports['policies']['save'] = async (policy, expectedVersion, told) => {
    if ((saved.get(policy.id)?.version ?? 0) !== expectedVersion) throw new PolicyChangedMeanwhile();
    saved.set(policy.id, { ...policy, version: expectedVersion + 1 });
    events.push(...told);
  };
  const remove = async (id: string): Promise<void> => void saved.delete(id);
  return { saved, events, policies: { latest, current: latest, save, remove } };
}

function createTarget() {
  const accounts = new Map<string, Account>();
  const records = new Map<string, SecurityInfoRecord>();
  const created: NewAccount[] = [];
  const kept = createPolicies();
  const read = (id: string): SecurityInfoRecord => records.get(id) ?? emptyRecord(id);
  const recordStore: Pick<Ports['records'], 'read' | 'change' | 'drainEvents'> = {
    drainEvents: async () => 0,
    read: async (id) => read(id),
    change: async (id, transition) => {
      const changed = transition(read(id));
      if ('refusal' in changed) throw changed.refusal;
      if ('next' in changed) records.set(id, { ...changed.next, version: read(id).version + 1 });
      return changed.result;
    },
  };
  const target = {
    directory: {
      findByLoginName: async (loginName: string) => accounts.get(loginName),
      create: async (fresh: NewAccount) => {
        created.push(fresh);
        const account: Account = {
          id: `id-of-${fresh.loginName}`,
          loginName: fresh.loginName,
          displayName: fresh.displayName,
          givenName: fresh.givenName ?? null,
          familyName: fresh.familyName ?? null,
          locale: null,
          mailbox: fresh.mailbox,
          groups: fresh.groups ?? [],
          isAdmin: fresh.isAdmin,
          isDisabled: false,
          mustChangePassword: false,
          passwordChangedAt: now,
        };
        accounts.set(fresh.loginName, account);
        return account;
      },
    },
    ports: {
      policies: kept.policies,
      records: recordStore,
      keys: createDataKeys({ keys: [{ id: 'k1', key: randomBytes(32) }], hashKey: randomBytes(32) }),
      clock: { now: () => now },
      answerHasher,
      mail: sender,
      sms: sender,
      voice: sender,
    },
  };
  const seed = async (): Promise<void> => {
    await seedDemoPolicies(target.ports);
    await seedDemoAccounts(target);
  };
  const policyOf = async (loginName: string) => {
    const account = accounts.get(loginName);
    if (account === undefined) throw new Error(`${loginName} has no account`);
    return {
      subject: subjectOf(account),
      policy: effectivePolicy(await kept.policies.latest(), subjectOf(account)),
    };
  };
  const statusOf = async (loginName: string) => {
    const { policy, subject } = await policyOf(loginName);
    return signInStatus(policy, read(`id-of-${loginName}`), subject, null, now);
  };
  return {
    target,
    seed,
    kept,
    records,
    created,
    read: (name: string) => read(`id-of-${name}`),
    policyOf,
    statusOf,
  };
}

const typesOf = ({ methods }: SecurityInfoRecord): string[] => methods.map(({ type }) => type);

test('makes every account, each with its methods and its group', async () => {
  const { seed, read, created } = createTarget();
  await seed();
  expect(created.map(({ loginName }) => loginName)).toEqual(demoAccounts.map(({ loginName }) => loginName));
  expect(read('new').methods).toEqual([]);
  expect(typesOf(read('short'))).toEqual(['email']);
  expect(typesOf(read('current'))).toEqual(['authenticator_app', 'email']);
  expect(created.filter(({ isAdmin }) => isAdmin).map(({ loginName }) => loginName)).toEqual(['admin']);
  const daysSince = (date: Date | null): number => (now.getTime() - (date?.getTime() ?? 0)) / 86_400_000;
  expect(daysSince(read('expired').oldestConfirmedAt)).toBe(200);
  expect(daysSince(read('current').oldestConfirmedAt)).toBe(10);
  expect(created.flatMap(({ loginName, groups = [] }) => groups.map((group) => [loginName, group]))).toEqual([
    ['later', 'field-staff'],
    ['finance', 'finance'],
    ['payroll', 'payroll'],
  ]);
});

test.each([
  ['new', { kind: 'registration_required', missing: 2 }],
  ['expired', { kind: 'reconfirmation_due', reason: 'interval' }],
  ['current', { kind: 'satisfied' }],
  ['short', { kind: 'registration_required', missing: 1 }],
  ['prefilled', { kind: 'registration_required', missing: 2 }],
  ['later', { kind: 'registration_required', missing: 2 }],
  ['finance', { kind: 'registration_required', missing: 1, required: 3 }],
  ['payroll', { kind: 'satisfied' }],
  ['every', { kind: 'satisfied' }],
  ['admin', { kind: 'satisfied' }],
])('%s is asked for what its story says', async (loginName, expected) => {
  const { seed, statusOf } = createTarget();
  await seed();
  expect(await statusOf(loginName)).toMatchObject(expected);
});

test('knows the policy of each account before its first sign-in', async () => {
  const { seed, read } = createTarget();
  await seed();
  const ids = demoAccounts.map(({ loginName }) => [loginName, read(loginName).policyId]);
  expect(ids.filter(([, id]) => id !== 'default')).toEqual([
    ['later', 'field-staff'],
    ['finance', 'finance'],
    ['payroll', 'payroll'],
  ]);
});

test('prefilled has a mobile and an office phone that wait for their user', async () => {
  const { seed, read } = createTarget();
  await seed();
  const { methods, firstMethodAt } = read('prefilled');
  expect(methods.map(({ type, verifiedAt }) => [type, verifiedAt])).toEqual([
    ['mobile_phone', null],
    ['office_phone', null],
  ]);
  expect(methods.every(({ prefilledAt }) => prefilledAt !== null)).toBe(true);
  expect(firstMethodAt).toEqual(now);
});

test('later has taken one snooze, which is over, and has two left', async () => {
  const { seed, read, policyOf } = createTarget();
  await seed();
  const { policy } = await policyOf('later');
  const record = read('later');
  expect(record.snooze).toMatchObject({ used: 1, reason: 'registration_required' });
  const need = needOf(policy, record, now);
  if (need === null) throw new Error('nothing is asked of later');
  expect(snoozeOffer(record.snooze, need, policy, 'a new flow', now)).toMatchObject({
    left: 2,
    deadlineAt: new Date('2027-03-13T12:00:00Z'),
  });
});

test('seals what it registers, each to its account and method', async () => {
  const { target, seed, records, read } = createTarget();
  await seed();
  expect(JSON.stringify([...records])).not.toMatch(/@|\+\d{6}|demo /);
  const { keys } = target.ports;
  for (const { type, id, addressCiphertext, answers } of read('every').methods) {
    if (addressCiphertext !== null) {
      const demo = demoAccounts.find(({ loginName }) => loginName === 'every')?.methods;
      const address = demo?.flatMap((one) => (one.type === type && 'address' in one ? [one.address] : []));
      expect([keys.open(addressCiphertext, `id-of-every:${id}:address`)]).toEqual(address);
    }
    for (const { questionId, answerHash } of answers.filter(({ questionId: one }) => one === 'first_car')) {
      const digest = answerDigest(keys, 'id-of-every', questionId, normaliseAnswer('Demo CAR'));
      expect(await answerHasher.check(answerHash, digest)).toBe(true);
    }
  }
  const email = read('current').methods.find(({ type }) => type === 'email');
  expect(email?.addressHash).toBe(keys.hash('clara@home.example', 'mailbox'));
});

test('a second start leaves everything as it has become', async () => {
  const { seed, kept, records, created, read } = createTarget();
  await seed();
  records.set('id-of-short', { ...read('short'), methods: [] });
  kept.saved.delete('finance');
  const before = structuredClone([[...records], [...kept.saved], kept.events]);
  const count = created.length;
  await seed();
  expect([[...records], [...kept.saved], kept.events]).toEqual(before);
  expect(created.length).toBe(count);
});

test('the proofs that the mailbox shows: codes of apps, and answers until somebody has answered anew', async () => {
  const { target, seed, records, read } = createTarget();
  await seed();
  const { authenticators, questions } = await demoProofs(target);
  expect(authenticators.map(({ loginName }) => loginName)).toEqual([
    'expired',
    'current',
    'finance',
    'payroll',
    'every',
    'admin',
  ]);
  for (const { secret } of authenticators) expect(showCode(secret, now)?.code).toMatch(/^\d{6}$/);
  expect(new Set(authenticators.map(({ secret }) => secret)).size).toBe(6);
  expect(questions.map(({ loginName, answers }) => [loginName, answers.length])).toEqual([['every', 5]]);
  const every = read('every');
  const anew = every.methods.map((method) => ({ ...method, registeredBy: 'a draft' }));
  records.set('id-of-every', { ...every, methods: anew });
  expect((await demoProofs(target)).questions).toEqual([]);
});
