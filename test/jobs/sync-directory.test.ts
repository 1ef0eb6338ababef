/** The directory job on a store: which policy each record keeps, who is set aside, who is gone, and going on after a kill. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { markReconfirmation } from '../../jobs/mark-reconfirmation.ts';
import { syncDirectory } from '../../jobs/sync-directory.ts';
import type { Stores } from '../../models/stores.ts';
import type { AccountDirectory } from '../../security-info/ports.ts';
import { openModels, type TestModels } from '../models/open-models.ts';
import { createHost, day, idOf, runJob, savePolicy, seed, type TestHost } from './bulk.ts';

let models: TestModels;
let host: TestHost;

beforeEach(async () => {
  models = await openModels();
  host = createHost();
});
afterEach(() => models.close());

const ago = (days: number): Date => new Date(models.clock.now().getTime() - days * day);

function run(
  stores: Stores = models,
  { dryRun = false, directory = host.directory }: { dryRun?: boolean; directory?: AccountDirectory } = {},
) {
  return runJob(syncDirectory({ ...stores, clock: models.clock, directory, pauseMilliseconds: 0 }), {
    dryRun,
  });
}
const mark = () =>
  runJob(
    markReconfirmation({
      ...models,
      ...{ directory: host.directory, pauseMilliseconds: 0 },
    }),
  );

async function people(count: number, policyId = 'default'): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, number) => idOf(number));
  for (const id of ids) host.add(id);
  await seed(
    models,
    ids.map((id) => ({ id, policyId, confirmedAt: ago(200) })),
  );
  return ids;
}
const gone = async (): Promise<string[]> => {
  await models.records.drainEvents(null, 1_000);
  const events = await models.connection.collection('audit_events').find({ type: 'account_gone' }).toArray();
  return events.map(({ accountId }) => String(accountId)).sort();
};

test('a record keeps the policy that its groups give it, and writes nothing where it has it already', async () => {
  await savePolicy(models, { id: 'pilots', appliesToGroups: ['pilots'] });
  await people(3);
  host.add(idOf(1), { groups: ['pilots'] });
  expect(await run()).toEqual({ accounts: 3, changed: 1, gone: 0 });
  expect(await models.records.read(idOf(1))).toMatchObject({ policyId: 'pilots', version: 2 });
  expect(await models.records.read(idOf(0))).toMatchObject({ policyId: 'default', version: 1 });
  expect(await run()).toEqual({ accounts: 3, changed: 0, gone: 0 });
});

test('the id of a removed policy gives way to the one that applies now', async () => {
  await people(2, 'was-removed');
  expect(await mark()).toMatchObject({ marked: 0 });
  expect(await run()).toMatchObject({ changed: 2 });
  expect(await mark()).toMatchObject({ marked: 2 });
});

test('what counts is computed anew where the policy offers other methods', async () => {
  await people(1);
  await savePolicy(models, { methods: ['mobile_phone', 'office_phone'] });
  expect(await run()).toMatchObject({ changed: 1 });
  expect(await models.records.read(idOf(0))).toMatchObject({ oldestConfirmedAt: null });
});

test('whom no policy asks is set aside for the marking job, and comes back', async () => {
  await people(3);
  await savePolicy(models, { excludedGroups: ['guests'] });
  host.add(idOf(2), { groups: ['guests'] });
  expect(await run()).toMatchObject({ changed: 1 });
  await savePolicy(models, { excludedGroups: [] });
  expect(await mark()).toMatchObject({ marked: 2 });
  expect(await run()).toMatchObject({ changed: 1 });
  expect(await mark()).toMatchObject({ marked: 1 });
});

test('an account that is gone is told of once; its record stays, and it may come back', async () => {
  await people(3);
  const lost = host.accounts.get(idOf(1));
  host.accounts.delete(idOf(1));
  expect(await run(models, { dryRun: true })).toEqual({ accounts: 2, changed: 0, gone: 1 });
  expect(await run()).toEqual({ accounts: 2, changed: 0, gone: 1 });
  expect(await run()).toEqual({ accounts: 2, changed: 0, gone: 0 });
  expect(await gone()).toEqual([idOf(1)]);
  expect((await models.records.read(idOf(1))).methods).toHaveLength(2);
  expect(await mark()).toMatchObject({ marked: 2 });
  host.add(idOf(1), lost);
  expect(await run()).toEqual({ accounts: 3, changed: 1, gone: 0 });
  expect(await mark()).toMatchObject({ marked: 1 });
  host.accounts.delete(idOf(1));
  expect(await run()).toMatchObject({ gone: 1 });
});

test('no record is asked for by itself where none is left over', async () => {
  await people(300);
  const asked: string[] = [];
  const directory = {
    ...host.directory,
    findById: (id: string) => {
      asked.push(id);
      return host.directory.findById(id);
    },
  };
  await run(models, { directory });
  expect(asked).toEqual([]);
});

test('goes on where a kill stopped it, in the directory and among the records', async () => {
  await people(1_000);
  host.accounts.delete(idOf(999));
  const cursors: (string | null)[] = [];
  const killedAt = (call: number): AbortController => {
    const stop = new AbortController();
    let calls = 0;
    const directory = {
      ...host.directory,
      list: (query: Parameters<AccountDirectory['list']>[0]) => {
        cursors.push(query.cursor);
        calls += 1;
        if (calls === call) stop.abort();
        return host.directory.list(query);
      },
      findById: (id: string) => {
        if (id === idOf(450)) stop.abort();
        return host.directory.findById(id);
      },
    };
    job = syncDirectory({ ...models, clock: models.clock, directory, pauseMilliseconds: 0 });
    return stop;
  };
  let job = syncDirectory({ ...models, directory: host.directory });
  const first = killedAt(2);
  await runJob(job, { signal: first.signal });
  const second = killedAt(99);
  expect(await runJob(job, { signal: second.signal })).toMatchObject({ accounts: 599, gone: 0 });
  expect(cursors).toEqual([null, '200', '400', '600', '800']);
  expect(await run()).toEqual({ accounts: 0, changed: 0, gone: 1 });
  expect(await gone()).toEqual([idOf(999)]);
});

test('two holders at once change each record once', async () => {
  await people(500, 'was-removed');
  host.accounts.delete(idOf(7));
  const [one, other] = await Promise.all([run(), run(models.anotherNode())]);
  expect(Number(one['changed']) + Number(other['changed'])).toBe(499);
  expect(Number(one['gone']) + Number(other['gone'])).toBe(1);
  expect(await models.connection.collection('security_infos').countDocuments({ version: 2 })).toBe(500);
});
