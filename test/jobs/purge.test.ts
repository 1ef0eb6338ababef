/** The purging job on the store: what goes and what stays, that twice is as good as once, and that a dry run only counts. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JobCounts } from '../../jobs/job.ts';
import { purge } from '../../jobs/purge.ts';
import { createRetained, keepRuns } from '../../models/retention.ts';
import type { Stores } from '../../models/stores.ts';
import type { Account } from '../../security-info/ports.ts';
import { emptyRecord, type SecurityInfoRecord, type Snooze } from '../../security-info/record.ts';
import { openModels, type TestModels, testEvent } from '../models/open-models.ts';
import { ada, appMethod, emailMethod } from '../security-info/sample-record.ts';

const day = 86_400;
let models: TestModels;
let people: Map<string, Account>;

beforeEach(async () => {
  models = await openModels();
  people = new Map();
});
afterEach(() => models.close());

const inSeconds = (seconds: number) => new Date(models.clock.now().getTime() + seconds * 1000);

async function run(
  options: { dryRun?: boolean; auditDays?: number; stores?: Stores; signal?: AbortSignal } = {},
): Promise<JobCounts> {
  const notUsed = (): never => {
    throw new Error('not used by the job');
  };
  const stores = options.stores ?? models;
  const job = purge({
    records: stores.records,
    policies: stores.policies,
    expiring: stores.expiring,
    clock: models.clock,
    retained: createRetained(models.connection, { auditDays: options.auditDays ?? 365 }),
    directory: {
      findById: async (id) => people.get(id),
      findByLoginName: notUsed,
      list: notUsed,
      ownEmailDomains: notUsed,
      checkPassword: notUsed,
      setPassword: notUsed,
      unlock: notUsed,
    },
  });
  return job.run({
    dryRun: options.dryRun ?? false,
    signal: options.signal ?? new AbortController().signal,
    onProgress: () => {},
  });
}

/** Runs it dry and for good: both count the same. */
async function runBoth(auditDays?: number): Promise<JobCounts> {
  const options = auditDays === undefined ? {} : { auditDays };
  const before = await models.dump();
  const counted = await run({ ...options, dryRun: true });
  expect(await models.dump()).toBe(before);
  const done = await run(options);
  expect(counted).toEqual(done);
  return Object.fromEntries(Object.entries(done).filter(([, count]) => count > 0));
}

async function record(id: string, fields: Partial<SecurityInfoRecord>): Promise<void> {
  people.set(id, ada({ id }));
  await models.records.change(id, () => ({
    next: { ...emptyRecord(id), ...fields },
    events: [],
    result: undefined,
  }));
}

function expiring(seconds: number): Partial<SecurityInfoRecord> {
  const times = { issuedAt: models.clock.now(), expiresAt: inSeconds(seconds) };
  const bound = { purpose: 'prove', methodType: 'email', destinationHash: 'h', channel: 'mail' } as const;
  return {
    challenges: [{ ...bound, ...times, id: 'c', tries: 0, sends: 1 }],
    accessPass: { ...times, passHash: 'p', usedByFlowId: null },
  };
}

const exhausted = (): Snooze => ({
  ...{ reason: 'registration_required', missing: 1, untilAt: inSeconds(60), used: 3, extra: 0 },
  ...{ deadlineAt: inSeconds(60), flowId: 'f' },
});

test('audit entries go at the end of their time, to the second; with 0 they stay for ever', async () => {
  const ages = [365 * day - 1, 365 * day, 400 * day];
  await models.eventLog.insert(ages.map((age) => testEvent({ at: inSeconds(-age) })));
  expect(await runBoth(0)).toEqual({});
  expect(await runBoth()).toEqual({ auditEvents: 2 });
  expect(await runBoth()).toEqual({});
  expect(await models.activity.recent('ada', 10)).toMatchObject([{ at: inSeconds(-365 * day + 1) }]);
});

test('more than a batch goes in one run', async () => {
  await models.eventLog.insert(Array.from({ length: 1100 }, () => testEvent({ at: inSeconds(-500 * day) })));
  expect(await runBoth()).toEqual({ auditEvents: 1100 });
});

test('messages go that were sent a month ago or given up a quarter ago; what waits stays, however old', async () => {
  const notify = [{ channel: 'mail', addressCiphertext: 'sealed', locale: 'fr' }] as const;
  for (const id of ['sent', 'dead', 'waiting']) await models.eventLog.insert([testEvent({ id, notify })]);
  const claim = async () => (await models.outbox.claim(60)) ?? { key: '', claimId: '' };
  await models.outbox.markSent(await claim());
  await models.deadLetters.bury(await claim(), 'no');
  models.clock.advance(30 * day - 1);
  expect(await runBoth()).toEqual({});
  models.clock.advance(1);
  expect(await runBoth()).toEqual({ sentMessages: 1 });
  models.clock.advance(60 * day);
  expect(await runBoth()).toEqual({ deadLetters: 1 });
  models.clock.advance(300 * day);
  expect(await runBoth(0)).toEqual({});
  expect(await models.outbox.list({ limit: 5 })).toHaveLength(1);
});

test('of each job the newest runs stay', async () => {
  for (let place = 0; place < keepRuns + 3; place += 1) {
    await models.jobRuns.begin({ id: `run${place}`, job: 'deliver', node: 'here/1', cause: 'schedule' });
    models.clock.advance(60);
  }
  await models.jobRuns.begin({ id: 'other', job: 'purge', node: 'here/1', cause: 'hand' });
  expect(await runBoth()).toEqual({ jobRuns: 3 });
  const left = await models.jobRuns.list('deliver', keepRuns + 9);
  expect([left.length, left.at(-1)?.id]).toEqual([keepRuns, 'run3']);
  expect(await models.jobRuns.list('purge', 9)).toHaveLength(1);
});

test('what has expired goes out of records, each written once; the others are not touched', async () => {
  await record('later', expiring(601));
  await record('now', expiring(600));
  await record('never', { methods: [emailMethod()] });
  models.clock.advance(600);
  expect(await runBoth()).toEqual({ records: 1, challenges: 1, accessPasses: 1 });
  expect(await models.records.read('now')).toMatchObject({ challenges: [], accessPass: null, version: 2 });
  for (const id of ['later', 'never']) expect((await models.records.read(id)).version).toBe(1);
  expect(await runBoth()).toEqual({});
});

test('a snooze that is used up stays while its account owes something, and is not looked at every night', async () => {
  await record('owing', { snooze: exhausted() });
  await record('done', { snooze: exhausted(), methods: [emailMethod(), appMethod()] });
  await record('gone', { snooze: exhausted() });
  people.delete('gone');
  models.clock.advance(60);
  expect(await runBoth()).toEqual({ records: 1, snoozes: 1 });
  expect((await models.records.read('done')).snooze).toBeNull();
  const { version, snooze } = await models.records.read('owing');
  expect([snooze?.used, version]).toEqual([3, 2]);
  await runBoth();
  expect((await models.records.read('owing')).version).toBe(2);
  models.clock.advance(30 * day);
  await runBoth();
  expect((await models.records.read('owing')).version).toBe(3);
});

test('two holders at once delete and write nothing twice', async () => {
  for (let place = 0; place < 40; place += 1) await record(`a${place}`, expiring(60));
  await record('owing', { snooze: exhausted() });
  await models.eventLog.insert(Array.from({ length: 700 }, () => testEvent({ at: inSeconds(-500 * day) })));
  models.clock.advance(60);
  const both = await Promise.all([run(), run({ stores: models.anotherNode() })]);
  const total = (name: string) => both.reduce((sum, counts) => sum + (counts[name] ?? 0), 0);
  expect(['auditEvents', 'records', 'challenges', 'accessPasses'].map(total)).toEqual([700, 40, 40, 40]);
  for (let place = 0; place < 40; place += 1) {
    expect((await models.records.read(`a${place}`)).version).toBe(2);
  }
  expect((await models.records.read('owing')).version).toBe(2);
});

test('ends after its step when it is told to, and a later run does the rest', async () => {
  await record('a', expiring(60));
  models.clock.advance(60);
  expect(await run({ signal: AbortSignal.abort() })).toMatchObject({ records: 0 });
  expect(await run()).toMatchObject({ records: 1 });
});
