/** The marking job on a store: who is marked and who is freed, that twice is as good as once, that a dry run changes nothing. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Job, JobCounts } from '../../jobs/job.ts';
import { markReconfirmation } from '../../jobs/mark-reconfirmation.ts';
import type { Wait } from '../../jobs/pace.ts';
import type { Stores } from '../../models/stores.ts';
import type { Policy } from '../../security-info/policy.ts';
import { openModels, type TestModels } from '../models/open-models.ts';
import { createHost, day, idOf, runJob, savePolicy, seed, type TestHost } from './bulk.ts';

let models: TestModels;
let host: TestHost;
let waits: number[];

beforeEach(async () => {
  models = await openModels();
  host = createHost();
  waits = [];
});
afterEach(() => models.close());

const ago = (days: number): Date => new Date(models.clock.now().getTime() - days * day);

function jobOn(stores: Stores = models, wait: Wait = async (ms) => void waits.push(ms)): Job {
  const { clock, keys } = models;
  return markReconfirmation({ ...stores, clock, keys, directory: host.directory, wait });
}

async function marks(): Promise<Record<string, string>> {
  const found = await models.connection.collection('security_infos').find({}).toArray();
  return Object.fromEntries(
    found.flatMap(({ _id, mark }) => (mark === null ? [] : [[String(_id), String(mark.by)]])),
  );
}

const many = (count: number, days = 200) =>
  Array.from({ length: count }, (_, number) => ({ id: idOf(number), confirmedAt: ago(days) }));

test('marks all whose interval has passed, in steps with a pause after each', async () => {
  await seed(models, many(450));
  const progress: JobCounts[] = [];
  const counts = await runJob(jobOn(), { onProgress: (one) => void progress.push(one) });
  expect(counts).toEqual({ marked: 450, cleared: 0, campaign: 0 });
  expect(progress.map(({ marked }) => marked)).toEqual([200, 400, 450]);
  expect(waits).toEqual([50, 50, 50]);
  expect(await runJob(jobOn())).toEqual({ marked: 0, cleared: 0, campaign: 0 });
});

test('a dry run counts the same and changes nothing', async () => {
  await seed(models, [
    ...many(3),
    { id: 'freed', confirmedAt: ago(10), mark: { by: 'interval', at: ago(5) } },
  ]);
  const before = await models.dump();
  expect(await runJob(jobOn(), { dryRun: true })).toEqual({ marked: 3, cleared: 1, campaign: 0 });
  expect(await models.dump()).toBe(before);
  expect(waits).toEqual([]);
});

test('two holders at once mark each account once, with one event', async () => {
  await seed(models, many(600));
  const [one, other] = await Promise.all([runJob(jobOn()), runJob(jobOn(models.anotherNode()))]);
  expect(Number(one['marked']) + Number(other['marked'])).toBe(600);
  const found = await models.connection.collection('security_infos').find({}).toArray();
  for (const { version, pendingEvents } of found) {
    expect({ version, events: pendingEvents.length }).toEqual({ version: 2, events: 1 });
  }
});

describe('the interval marks nobody', () => {
  test.each([
    ['at an interval of 0', { reconfirmAfterDays: 0 }, 0],
    ['when nobody is in scope', { scope: { kind: 'none' as const } }, 0],
    ['who was confirmed within it', { reconfirmAfterDays: 201 }, 0],
    ['who is excluded', { excludedAccounts: [idOf(1), idOf(2)] }, 1],
  ])('%s', async (_, settings: Partial<Policy>, marked) => {
    await seed(models, many(3));
    await savePolicy(models, settings);
    expect(await runJob(jobOn(), { dryRun: true })).toMatchObject({ marked });
    expect(await runJob(jobOn())).toMatchObject({ marked });
  });

  test('just short of it, but at once when it is reached', async () => {
    const edge = ago(180).getTime();
    await seed(models, [
      { id: 'reached', confirmedAt: new Date(edge) },
      { id: 'short', confirmedAt: new Date(edge + 1) },
    ]);
    await runJob(jobOn());
    expect(await marks()).toEqual({ reached: 'interval' });
  });
});

describe('its own marks go, and nobody else’s,', () => {
  const by = { interval: 'interval', admin: 'admin', campaign: 'campaign' } as const;
  beforeEach(async () => {
    await seed(
      models,
      Object.values(by).map((who) => ({ id: who, confirmedAt: ago(200), mark: { by: who, at: ago(20) } })),
    );
  });

  test.each([
    ['with a longer interval', { reconfirmAfterDays: 365 }],
    ['with an interval of 0', { reconfirmAfterDays: 0 }],
    ['when nobody is in scope any more', { scope: { kind: 'none' as const } }],
    ['for who is excluded', { excludedAccounts: Object.values(by) }],
    ['for groups that are excluded', { excludedGroups: ['guests'] }],
    ['for whom the scope leaves out', { scope: { kind: 'groups' as const, groups: ['staff'] } }],
  ])('%s', async (_, settings: Partial<Policy>) => {
    for (const who of Object.values(by)) host.add(who, { groups: ['guests'] });
    await savePolicy(models, settings);
    expect(await runJob(jobOn(), { dryRun: true })).toEqual({ marked: 0, cleared: 1, campaign: 0 });
    expect(await runJob(jobOn())).toEqual({ marked: 0, cleared: 1, campaign: 0 });
    expect(await marks()).toEqual({ admin: 'admin', campaign: 'campaign' });
    expect(await runJob(jobOn())).toEqual({ marked: 0, cleared: 0, campaign: 0 });
    expect(await models.records.read('interval')).toMatchObject({
      version: 2,
      pendingEvents: [{ type: 'reconfirmation_unmarked', actor: 'job:mark-reconfirmation' }],
    });
  });

  test('and come back when the policy does', async () => {
    await savePolicy(models, { reconfirmAfterDays: 365 });
    await runJob(jobOn());
    await savePolicy(models, { reconfirmAfterDays: 180 });
    expect(await runJob(jobOn())).toMatchObject({ marked: 1 });
  });
});

test('where groups decide, whoever is asked is marked and nobody else', async () => {
  await savePolicy(models, { scope: { kind: 'groups', groups: ['staff'] } });
  await seed(models, many(4));
  host.add(idOf(0), { groups: ['staff'] });
  host.add(idOf(1));
  host.add(idOf(2), { groups: ['staff'] });
  expect(await runJob(jobOn(), { dryRun: true })).toMatchObject({ marked: 2 });
  expect(await runJob(jobOn())).toMatchObject({ marked: 2 });
  expect(Object.keys(await marks())).toEqual([idOf(0), idOf(2)]);
});

test('a stop ends the pause and the job at once; what is left is done the next time', async () => {
  await seed(models, many(450));
  const stop = new AbortController();
  const endless = (_: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve());
      stop.abort();
    });
  const counts = await runJob(jobOn(models, endless), { signal: stop.signal });
  expect(counts).toMatchObject({ marked: 200 });
  expect(await runJob(jobOn())).toMatchObject({ marked: 250 });
});
