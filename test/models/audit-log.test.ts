/** The audit log on the store: newest first, filtered, page by page in a bounded number of steps; nothing changes it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AuditFilter, auditEntries, describeEntry } from '../../security-info/audit.ts';
import type { DomainEvent } from '../../security-info/events.ts';
import { openModels, type TestModels, testEvent } from './open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

const start = Date.parse('2096-03-01T12:00:00Z');
const at = (minutes: number): Date => new Date(start + minutes * 60_000);

async function idsOf(filter: AuditFilter, limit = 2): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<TestModels['auditLog']['list']>> = await models.auditLog.list({
      filter,
      cursor,
      limit,
    });
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    ids.push(...page.entries.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

const events: readonly Partial<DomainEvent>[] = [
  { id: 'a', at: at(1), accountId: 'ada', actor: 'user', type: 'method_registered', methodType: 'email' },
  { id: 'b', at: at(2), accountId: 'bob', actor: 'user', type: 'reset_blocked', result: 'failure' },
  { id: 'c', at: at(3), accountId: 'ada', actor: 'admin:eve', type: 'method_removed', methodType: 'email' },
  { id: 'd', at: at(3), accountId: 'ada', actor: 'cli', type: 'method_removed', methodType: 'mobile_phone' },
  { id: 'e', at: at(3), accountId: null, actor: 'cli', type: 'policy_changed', methodType: null },
  {
    id: 'f',
    at: at(4),
    accountId: 'ada',
    actor: 'user',
    type: 'proof_refused',
    result: 'failure',
    clientId: 'x',
  },
];
const put = (some = events): Promise<void> => models.eventLog.insert(some.map((event) => testEvent(event)));

describe('a list', () => {
  test.each<[string, AuditFilter, string]>([
    ['of all', {}, 'fedcba'],
    ['about an account', { accountId: 'ada' }, 'fdca'],
    ['by an actor', { actor: 'cli' }, 'ed'],
    ['of a type', { type: 'method_removed' }, 'dc'],
    ['with a result', { result: 'failure' }, 'fb'],
    ['through a client', { clientId: 'x' }, 'f'],
    ['of a type of method', { methodType: 'email' }, 'fcba'],
    ['of a time', { from: at(2), to: at(4) }, 'edcb'],
    ['with all conditions', { accountId: 'ada', type: 'method_removed', actor: 'admin:eve', to: at(4) }, 'c'],
    ['of nothing', { accountId: 'nobody' }, ''],
    ['of an account by another’s admin', { accountId: 'bob', actor: 'cli' }, ''],
  ])('%s, newest first, whatever the size of its pages', async (_, filter, expected) => {
    await put();
    for (const limit of [1, 2, 3, 100]) expect((await idsOf(filter, limit)).join('')).toBe(expected);
  });

  test('goes on where it was, though more has happened since', async () => {
    await put();
    const page = await models.auditLog.list({ filter: {}, cursor: null, limit: 2 });
    await put([{ id: 'z', at: at(9) }]);
    const next = await models.auditLog.list({ filter: {}, cursor: page.nextCursor, limit: 2 });
    expect(next.entries.map(({ id }) => id)).toEqual(['d', 'c']);
  });

  test('passes thousands of one moment, and looks at a bounded number for one page', async () => {
    const many = Array.from({ length: 6000 }, (_, number) => ({
      id: `m${String(number).padStart(4, '0')}`,
      at: at(5),
      type: 'reconfirmation_marked' as const,
    }));
    await put([...many, { id: 'first', at: at(0), result: 'failure' }]);
    const page = await models.auditLog.list({ filter: { result: 'failure' }, cursor: null, limit: 10 });
    expect(page.entries).toEqual([]);
    expect(page.nextCursor).not.toBeNull();
    expect(await idsOf({ result: 'failure' }, 10)).toEqual(['first']);
    const found: string[] = [];
    for await (const { id } of auditEntries(models.auditLog, {})) found.push(id);
    expect(found).toHaveLength(6001);
    expect(found).toEqual([...found.slice(0, -1).sort().reverse(), 'first']);
  });

  test('refuses a cursor of another list, and one that is none', async () => {
    await put();
    const { nextCursor } = await models.auditLog.list({ filter: {}, cursor: null, limit: 1 });
    const read = (filter: AuditFilter, cursor: string | null) =>
      models.auditLog.list({ filter, cursor, limit: 1 });
    await expect(read({ actor: 'cli' }, nextCursor)).rejects.toMatchObject({ code: 'invalid_cursor' });
    for (const cursor of ['', 'x', '$ne', 'a'.repeat(5000), Buffer.from('ab').toString('base64url')]) {
      await expect(read({}, cursor)).rejects.toMatchObject({ code: 'invalid_cursor' });
    }
  });
});

test('an entry says what happened, with its name, and tells nobody’s address', async () => {
  const changes = [
    { setting: 'scope', before: { kind: 'everyone' }, after: { kind: 'groups', groups: ['a'] } },
    { setting: 'helpdeskUrl', before: null, after: 'https://help.example' },
  ];
  const notify = [{ channel: 'mail', addressCiphertext: 'sealed', locale: 'en' }] as const;
  await put([{ id: 'p', type: 'policy_changed', actor: 'cli', reason: 'saved:default', changes, notify }]);
  const [entry] = (await models.auditLog.list({ filter: {}, cursor: null, limit: 5 })).entries;
  expect(entry && describeEntry(entry)).toEqual({
    id: 'p',
    type: 'policy_changed',
    activity: 'Policy changed',
    category: 'policy',
    at: at(0),
    accountId: 'ada',
    actor: 'cli',
    result: 'success',
    reason: 'saved:default',
    methodType: 'email',
    callerAddress: null,
    clientId: null,
    device: null,
    changes,
    noticeCount: 1,
  });
});

test('what a newer release has written is shown', async () => {
  await put([{ id: 'old', at: at(1) }]);
  await models.connection.collection<{ _id: string }>('audit_events').insertOne({
    ...{
      _id: 'new',
      at: at(2),
      type: 'teleported',
      actor: 'robot',
      result: 'success',
      methodType: 'passkey',
    },
  });
  const { entries } = await models.auditLog.list({ filter: {}, cursor: null, limit: 5 });
  expect(entries.map((entry) => describeEntry(entry).activity)).toEqual([
    'teleported',
    'User registered security info',
  ]);
});

test('an entry stays as it was first written: the log can only be added to', async () => {
  await put([{ id: 'a', at: at(1), actor: 'user' }]);
  await put([
    { id: 'a', at: at(2), actor: 'cli' },
    { id: 'b', at: at(3) },
  ]);
  const { entries } = await models.auditLog.list({ filter: {}, cursor: null, limit: 5 });
  expect(entries.map(({ id, actor }) => [id, actor])).toEqual([
    ['b', 'user'],
    ['a', 'user'],
  ]);
  expect([Object.keys(models.eventLog), Object.keys(models.auditLog)]).toEqual([['insert'], ['list']]);
});
