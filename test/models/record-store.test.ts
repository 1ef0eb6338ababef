/** The RecordStore port on the store: one write per change, no matter who else writes. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WrongCode } from '../../security-info/errors.ts';
import type { RecordStore } from '../../security-info/ports.ts';
import { emptyMethod, emptyRecord, type SecurityInfoRecord } from '../../security-info/record.ts';
import { openModels, type TestModels, testEvent } from './open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

const days = 86_400_000;

function put(records: RecordStore, accountId: string, fields: Partial<SecurityInfoRecord>): Promise<void> {
  return records.change(accountId, (record) => ({
    next: { ...record, ...fields },
    events: [],
    result: undefined,
  }));
}

function addOne(records: RecordStore, id: string): Promise<void> {
  return records.change('ada', (record) => ({
    next: { ...record, methods: [...record.methods, emptyMethod(id, 'email')] },
    events: [testEvent({ id })],
    result: undefined,
  }));
}

test('an account without a record has the empty one', async () => {
  expect(await models.records.read('nobody')).toEqual(emptyRecord('nobody'));
  expect((await models.records.readForSignIn('nobody')).methods).toEqual([]);
});

test('gives back what was written, field by field', async () => {
  const at = models.clock.now();
  const written: Partial<SecurityInfoRecord> = {
    policyId: 'default',
    methods: [
      { ...emptyMethod('m1', 'email'), addressCiphertext: 'sealed', addressHash: 'digest', confirmedAt: at },
      { ...emptyMethod('m2', 'authenticator_app'), secretCiphertext: 'sealed', lastStep: 12, verifiedAt: at },
      {
        ...emptyMethod('m3', 'security_questions'),
        answers: [{ questionId: 'q', customText: 'Why?', answerHash: 'digest' }],
      },
    ],
    challenges: [
      {
        id: 'c1',
        purpose: 'prove',
        methodType: 'email',
        destinationHash: 'digest',
        channel: 'sms',
        issuedAt: at,
        expiresAt: at,
        tries: 2,
        sends: 1,
      },
    ],
    wrongProofs: { stranger: [at], known_browser: [], signed_in: [at, at] },
    mark: { by: 'admin', at },
    snooze: {
      reason: 'registration_required',
      missing: 1,
      untilAt: at,
      used: 2,
      extra: 1,
      deadlineAt: at,
      flowId: 'flow',
    },
    accessPass: { passHash: 'digest', issuedAt: at, expiresAt: at, usedByFlowId: null },
    firstMethodAt: at,
    oldestConfirmedAt: at,
    credentialsChangedAt: at,
  };
  await put(models.records, 'ada', written);
  expect(await models.records.read('ada')).toEqual({ ...emptyRecord('ada'), ...written, version: 1 });
});

test('the sign-in check reads nothing sealed', async () => {
  await put(models.records, 'ada', {
    methods: [{ ...emptyMethod('m1', 'email'), addressCiphertext: 'sealed', secretCiphertext: 'sealed' }],
  });
  const read = await models.records.readForSignIn('ada');
  expect(read.methods).toHaveLength(1);
  expect(JSON.stringify(read)).not.toContain('sealed');
});

test('fifty changes at once by five nodes are fifty versions, and none is lost', async () => {
  const nodes = Array.from({ length: 5 }, () => models.anotherNode().records);
  await Promise.all(
    nodes.flatMap((records, node) =>
      Array.from({ length: 10 }, (_, index) => addOne(records, `${node}-${index}`)),
    ),
  );
  const record = await models.records.read('ada');
  expect(record.version).toBe(50);
  expect(new Set(record.methods.map(({ id }) => id)).size).toBe(50);
  expect(record.pendingEvents).toHaveLength(50);
});

test('two changes at once of different fields both stay', async () => {
  await addOne(models.records, 'first');
  const at = models.clock.now();
  await Promise.all([
    put(models.records, 'ada', { firstMethodAt: at }),
    models.anotherNode().records.setPolicyId('ada', 'default'),
  ]);
  const record = await models.records.read('ada');
  expect(record).toMatchObject({ version: 3, policyId: 'default', firstMethodAt: at });
});

test('a refusal is thrown and writes nothing', async () => {
  await addOne(models.records, 'first');
  const before = await models.records.read('ada');
  await expect(models.records.change('ada', () => ({ refusal: new WrongCode() }))).rejects.toThrow(WrongCode);
  await expect(models.records.change('new', () => ({ refusal: new WrongCode() }))).rejects.toThrow(WrongCode);
  expect(await models.records.read('ada')).toEqual(before);
  expect(await models.connection.collection('security_infos').countDocuments()).toBe(1);
});

test('setting the policy that is set already writes nothing', async () => {
  await models.records.setPolicyId('ada', 'default');
  await models.records.setPolicyId('ada', 'default');
  expect((await models.records.read('ada')).version).toBe(1);
});

test('draining twice, and by two nodes at once, copies each event and notice once', async () => {
  const notify = [{ channel: 'mail', addressCiphertext: 'sealed', locale: 'en' } as const];
  await models.records.change('ada', (record) => ({
    next: record,
    events: [testEvent({ id: 'e1', notify }), testEvent({ id: 'e2' })],
    result: undefined,
  }));
  const other = models.anotherNode().records;
  await Promise.all([models.records.drainEvents('ada', 10), other.drainEvents(null, 10)]);
  expect(await models.records.drainEvents(null, 10)).toBe(0);
  expect((await models.records.read('ada')).pendingEvents).toEqual([]);
  const { connection } = models;
  expect(await connection.collection('audit_events').distinct('_id')).toEqual(['e1', 'e2']);
  expect(await connection.collection('outbox').distinct('_id')).toEqual(['e1.0']);
});

test('an event that comes in while another node drains is not lost', async () => {
  const other = models.anotherNode().records;
  const ids = Array.from({ length: 30 }, (_, index) => `e${index}`);
  await Promise.all([
    ...ids.map((id) => addOne(models.records, id)),
    ...ids.map(() => other.drainEvents('ada', 1)),
  ]);
  await models.records.drainEvents(null, 10);
  expect(await models.connection.collection('audit_events').distinct('_id')).toEqual(ids.sort());
});

test('a drain that broke off after copying is repeated without a second copy', async () => {
  const event = testEvent({
    id: 'e1',
    notify: [{ channel: 'mail', addressCiphertext: 'sealed', locale: 'en' }],
  });
  await models.records.change('ada', (record) => ({ next: record, events: [event], result: undefined }));
  await models.eventLog.insert([event]);
  expect(await models.records.drainEvents(null, 10)).toBe(1);
  expect(await models.connection.collection('audit_events').countDocuments()).toBe(1);
  expect(await models.outbox.list({ limit: 10 })).toHaveLength(1);
});

test('marks what is due and nothing else, once, whatever the number of nodes', async () => {
  const now = models.clock.now();
  const old = new Date(now.getTime() - 200 * days);
  const due = { policyId: 'default', oldestConfirmedAt: old };
  await Promise.all([
    put(models.records, 'due-1', due),
    put(models.records, 'due-2', due),
    put(models.records, 'excluded', due),
    put(models.records, 'recent', { ...due, oldestConfirmedAt: now }),
    put(models.records, 'nothing', { ...due, oldestConfirmedAt: null }),
    put(models.records, 'elsewhere', { ...due, policyId: 'other' }),
    put(models.records, 'marked', { ...due, mark: { by: 'admin', at: old } }),
  ]);
  const query = {
    policyId: 'default',
    confirmedUntilAt: new Date(now.getTime() - 180 * days),
    excludedAccounts: ['excluded'],
  };
  expect(await models.records.countDue(query)).toBe(2);
  const other = models.anotherNode().records;
  const marked = await Promise.all([
    models.records.markDue({ ...query, now, limit: 1 }),
    other.markDue({ ...query, now, limit: 10 }),
  ]);
  expect(marked[0] + marked[1]).toBe(2);
  expect(await models.records.markDue({ ...query, now, limit: 10 })).toBe(0);
  expect(await models.records.read('due-1')).toMatchObject({
    version: 2,
    mark: { by: 'interval', at: now },
    pendingEvents: [{ type: 'reconfirmation_marked', accountId: 'due-1' }],
  });
  expect((await models.records.read('marked')).mark).toEqual({ by: 'admin', at: old });
});

test.each([
  ['each has a date of its own', (index: number) => index * 1_000],
  ['all have one date', () => 0],
  ['some share a date', (index: number) => Math.floor(index / 3) * 1_000],
])(
  'marks the oldest first in batches that are never larger than was said, where %s',
  async (_name, offset) => {
    const now = models.clock.now();
    const old = now.getTime() - 200 * days;
    const ids = Array.from({ length: 10 }, (_, index) => `a${index}`);
    for (const [index, id] of ids.entries())
      await put(models.records, id, {
        policyId: 'default',
        oldestConfirmedAt: new Date(old + offset(index)),
      });
    const query = { policyId: 'default', confirmedUntilAt: now, excludedAccounts: ['a9'], limit: 4 };
    const counts: number[] = [];
    // Each batch has a moment of its own, by which its marks are known.
    const momentOf = (batch: number): Date => new Date(now.getTime() + batch);
    for (;;) {
      const count = await models.records.markDue({ ...query, now: momentOf(counts.length) });
      if (count === 0) break;
      expect(count).toBeLessThanOrEqual(4);
      counts.push(count);
    }
    // Settled now that the last batch is: every node sees all of them.
    const records = await Promise.all(ids.map((id) => models.anotherNode().records.read(id)));
    const markedAt = (batch: number) =>
      records
        .filter(({ mark }) => mark?.at.getTime() === momentOf(batch).getTime())
        .map(({ accountId }) => accountId);
    const batches = counts.map((_, batch) => markedAt(batch));
    expect(batches.map(({ length }) => length)).toEqual(counts);
    expect(batches.flat().sort()).toEqual(ids.slice(0, 9));
    if (offset(1) > 0 || offset(3) > 0) expect(batches.flat()).toEqual(ids.slice(0, 9));
  },
);

test('each of many that were marked at once has an event of its own, the same however often it is read', async () => {
  const now = models.clock.now();
  const oldestConfirmedAt = new Date(now.getTime() - 200 * days);
  await put(models.records, 'one', { policyId: 'default', oldestConfirmedAt });
  await put(models.records, 'two', { policyId: 'default', oldestConfirmedAt });
  const query = { policyId: 'default', confirmedUntilAt: now, excludedAccounts: [], now, limit: 10 };
  expect(await models.records.markDue(query)).toBe(2);
  const [first] = (await models.records.read('one')).pendingEvents;
  await put(models.records, 'one', { policyId: 'other' });
  expect((await models.records.read('one')).pendingEvents).toEqual([first]);
  await models.records.drainEvents(null, 10);
  const entries = await models.connection.collection('audit_events').find().toArray();
  expect(entries.map(({ accountId }) => accountId).sort()).toEqual(['one', 'two']);
  expect(entries.map((entry) => String(entry._id))).toContain(first?.id);
});
