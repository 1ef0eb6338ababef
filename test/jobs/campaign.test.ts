/** Campaigns over simulated days on a store: who is asked, on which day, once, whatever happens in between. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobCounts } from '../../jobs/job.ts';
import { markReconfirmation } from '../../jobs/mark-reconfirmation.ts';
import type { Stores } from '../../models/stores.ts';
import { atCommandLine } from '../../security-info/admin/acting-admin.ts';
import type { Campaign, CampaignInput } from '../../security-info/admin/campaign.ts';
import {
  type CampaignProgress,
  createCampaign,
  endCampaign,
  pauseCampaign,
  readCampaign,
  resumeCampaign,
} from '../../security-info/admin/campaigns.ts';
import type { Account } from '../../security-info/ports.ts';
import { openModels, type TestModels } from '../models/open-models.ts';
import { createHost, day, idOf, reconfirm, runJob, savePolicy, seed, type TestHost } from './bulk.ts';

let models: TestModels;
let host: TestHost;

beforeEach(async () => {
  models = await openModels();
  host = createHost();
});
afterEach(() => models.close());

const portsOn = (stores: Stores = models) => ({
  ...stores,
  clock: models.clock,
  keys: models.keys,
  directory: host.directory,
});
const work = (stores: Stores = models, signal?: AbortSignal): Promise<JobCounts> =>
  runJob(
    markReconfirmation({ ...portsOn(stores), pauseMilliseconds: 0 }),
    signal === undefined ? {} : { signal },
  );
const nextDay = (): void => models.clock.advance(day / 1000);
const ago = (days: number): Date => new Date(models.clock.now().getTime() - days * day);

/** So many accounts, all with methods that were confirmed a while ago. */
async function people(count: number, fields: Partial<Account> = {}, first = 0): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, number) => idOf(first + number));
  for (const id of ids) host.add(id, fields);
  await seed(
    models,
    ids.map((id) => ({ id, confirmedAt: ago(30) })),
  );
  return ids;
}

const begin = (input: Partial<CampaignInput> = {}): Promise<Campaign> =>
  createCampaign(portsOn(), atCommandLine, {
    name: 'Spring',
    target: { kind: 'everyone' },
    days: 4,
    ...input,
  });
const progress = async ({ id }: Campaign): Promise<CampaignProgress> =>
  (await readCampaign(portsOn(), id)).progress;

/** Who carries a campaign's mark, by the day of the mark. */
async function markedByDay(): Promise<Record<string, string[]>> {
  const found = await models.connection
    .collection('security_infos')
    .find({ 'mark.by': 'campaign' })
    .toArray();
  const days: Record<string, string[]> = {};
  for (const { _id, mark } of found) {
    const at = mark.at.toISOString().slice(0, 10);
    days[at] = [...(days[at] ?? []), String(_id)];
  }
  return days;
}
const sizes = (days: Record<string, readonly string[]>): number[] =>
  Object.keys(days)
    .sort()
    .map((at) => days[at]?.length ?? 0);

test('asks everybody over its days, no day more than its share, each once', async () => {
  await people(10);
  const campaign = await begin();
  const marked: unknown[] = [];
  for (let number = 0; number < 5; number += 1) {
    marked.push((await work())['campaign']);
    // A second run on the same day has nothing to do.
    expect(await work()).toMatchObject({ campaign: 0 });
    nextDay();
  }
  expect(marked).toEqual([3, 3, 3, 1, 0]);
  expect(sizes(await markedByDay())).toEqual([3, 3, 3, 1]);
  const { campaign: after } = await readCampaign(portsOn(), campaign.id);
  expect(after).toMatchObject({ state: 'finished', total: 10 });
  await models.records.drainEvents(null, 100);
  const events = await models.connection.collection('audit_events').find({}).toArray();
  const types = events.map(({ type, reason }) => `${type} ${reason}`).sort();
  expect(types).toEqual([
    `campaign_created ${campaign.id}`,
    `campaign_finished ${campaign.id}`,
    ...Array.from({ length: 10 }, () => `reconfirmation_marked campaign:${campaign.id}`),
  ]);
});

test('shows how far it is, and what is to come', async () => {
  const ids = await people(10);
  const campaign = await begin();
  expect(await progress(campaign)).toMatchObject({ total: null, asked: 0, perDay: null, nextDay: null });
  await work();
  expect(await progress(campaign)).toEqual({
    ...{ total: 10, asked: 3, reconfirmed: 0, waiting: 7, skipped: 0, perDay: 3, nextDay: '2096-03-02' },
    days: [
      { day: '2096-03-01', count: 3, isPlanned: false },
      { day: '2096-03-02', count: 3, isPlanned: true },
      { day: '2096-03-03', count: 3, isPlanned: true },
      { day: '2096-03-04', count: 1, isPlanned: true },
    ],
  });
  models.clock.advance(60);
  const [asked = ''] = Object.values(await markedByDay()).flat();
  await reconfirm(models, [asked], models.clock.now());
  expect(await progress(campaign)).toMatchObject({ asked: 3, reconfirmed: 1, waiting: 7 });
  await reconfirm(models, ids, models.clock.now());
  nextDay();
  expect(await work()).toMatchObject({ campaign: 0 });
  expect(await progress(campaign)).toMatchObject({ asked: 3, reconfirmed: 6, waiting: 4 });
});

test('two nodes at once list the same members and ask nobody twice, no day too many', async () => {
  await people(600);
  const campaign = await begin({ days: 3 });
  for (let number = 0; number < 3; number += 1) {
    const other = models.anotherNode();
    const [one, two] = await Promise.all([work(), work(other)]);
    expect(Number(one['campaign']) + Number(two['campaign'])).toBe(200);
    nextDay();
  }
  expect(sizes(await markedByDay())).toEqual([200, 200, 200]);
  expect(await progress(campaign)).toMatchObject({ total: 600, asked: 600, waiting: 0 });
  const found = await models.connection.collection('security_infos').find({}).toArray();
  expect(new Set(found.map(({ pendingEvents }) => pendingEvents.length))).toEqual(new Set([1]));
});

test('a kill between a mark and its note leaves nobody out and marks nobody twice', async () => {
  await people(8);
  const campaign = await begin({ days: 2 });
  const killed = {
    ...models,
    campaigns: { ...models.campaigns, settle: () => Promise.reject(new Error('killed')) },
  };
  await expect(work(killed)).rejects.toThrow('killed');
  expect(sizes(await markedByDay())).toEqual([4]);
  nextDay();
  await work();
  nextDay();
  await work();
  const days = await markedByDay();
  expect(Math.max(...sizes(days))).toBeLessThanOrEqual(4);
  expect(new Set(Object.values(days).flat()).size).toBe(8);
  const found = await models.connection.collection('security_infos').find({}).toArray();
  expect(found.every(({ version }) => version === 2)).toBe(true);
  expect(await progress(campaign)).toMatchObject({ asked: 8, waiting: 0 });
});

test('what a stopped day left is part of the next day’s share, not on top of it', async () => {
  await people(500);
  await begin({ days: 2 });
  const stop = new AbortController();
  const stopping = markReconfirmation({
    ...portsOn(),
    wait: async () => {
      if ((await markedCount()) > 0) stop.abort();
    },
  });
  await runJob(stopping, { signal: stop.signal });
  expect(sizes(await markedByDay())).toEqual([200]);
  for (let number = 0; number < 3; number += 1) {
    nextDay();
    await work();
  }
  expect(sizes(await markedByDay())).toEqual([200, 250, 50]);
});

const markedCount = (): Promise<number> =>
  models.connection.collection('security_infos').countDocuments({ 'mark.by': 'campaign' });

describe('it leaves alone', () => {
  test('who came later, is disabled, excluded, has nothing to confirm, or is not in its group', async () => {
    await people(2, { groups: ['staff'] });
    await people(1, { groups: ['other'] }, 10);
    await people(1, { groups: ['staff'], isDisabled: true }, 20);
    await people(1, { groups: ['staff', 'guests'] }, 30);
    host.add('bare', { groups: ['staff'] });
    await savePolicy(models, { excludedGroups: ['guests'] });
    const campaign = await begin({ target: { kind: 'group', group: 'staff' }, days: 1 });
    await work();
    await people(1, { groups: ['staff'] }, 40);
    await work();
    expect(Object.values(await markedByDay()).flat()).toEqual([idOf(0), idOf(1)]);
    expect(await progress(campaign)).toMatchObject({ total: 2, asked: 2 });
  });

  test('whom another policy applies to, and who was confirmed since the date that it names', async () => {
    await savePolicy(models, { id: 'pilots', appliesToGroups: ['pilots'] });
    await people(3, { groups: ['pilots'] });
    await people(2, {}, 10);
    await reconfirm(models, [idOf(2)], ago(1));
    await begin({
      target: { kind: 'policy', policyId: 'pilots' },
      days: 1,
      reason: 'policy_change',
      confirmedUntilAt: ago(7),
    });
    await work();
    expect(Object.values(await markedByDay()).flat()).toEqual([idOf(0), idOf(1)]);
  });

  test('an admin’s mark, and takes the place of the interval’s', async () => {
    host.add('admin');
    host.add('interval');
    const mark = (by: 'admin' | 'interval') => ({ by, at: ago(3) });
    await seed(models, [
      { id: 'admin', confirmedAt: ago(200), mark: mark('admin') },
      { id: 'interval', confirmedAt: ago(200), mark: mark('interval') },
    ]);
    const campaign = await begin({ days: 1 });
    expect(await work()).toMatchObject({ campaign: 1 });
    expect((await models.records.read('admin')).mark).toEqual(mark('admin'));
    expect((await models.records.read('interval')).mark?.by).toBe('campaign');
    expect(await progress(campaign)).toMatchObject({ asked: 2 });
  });

  test('who was disabled, or left the group, before their day came', async () => {
    await people(2);
    const campaign = await begin({ days: 2 });
    await work();
    for (const id of host.accounts.keys()) host.add(id, { isDisabled: true });
    nextDay();
    expect(await work()).toMatchObject({ campaign: 0 });
    expect(await progress(campaign)).toMatchObject({ asked: 1, skipped: 1 });
  });
});

test('a pause has no shares, an end no more; both take the version that was seen, and are audited', async () => {
  await people(9);
  const { id, version } = await begin({ days: 3 });
  await work();
  const paused = await pauseCampaign(portsOn(), atCommandLine, id, version);
  await expect(endCampaign(portsOn(), atCommandLine, id, version)).rejects.toMatchObject({
    code: 'campaign_changed_meanwhile',
  });
  nextDay();
  expect(await work()).toMatchObject({ campaign: 0 });
  expect((await readCampaign(portsOn(), id)).progress.nextDay).toBeNull();
  const resumed = await resumeCampaign(portsOn(), atCommandLine, id, paused.version);
  expect(await work()).toMatchObject({ campaign: 3 });
  const ended = await endCampaign(portsOn(), atCommandLine, id, resumed.version);
  nextDay();
  expect(await work()).toMatchObject({ campaign: 0 });
  expect(sizes(await markedByDay())).toEqual([3, 3]);
  await expect(resumeCampaign(portsOn(), atCommandLine, id, ended.version)).rejects.toMatchObject({
    code: 'campaign_over',
  });
  await expect(pauseCampaign(portsOn(), atCommandLine, 'no-such', 1)).rejects.toMatchObject({
    code: 'campaign_not_found',
  });
  const events = await models.connection.collection('audit_events').find({}).toArray();
  expect(events.map(({ type }) => type).sort()).toEqual([
    ...['campaign_created', 'campaign_ended', 'campaign_paused', 'campaign_resumed'],
  ]);
});

test('10,000 members are listed and asked by bounded steps', async () => {
  await people(10_000);
  const campaign = await begin({ days: 2 });
  expect(await work()).toMatchObject({ campaign: 5_000 });
  expect(host.largestPage()).toBeLessThanOrEqual(200);
  expect(await progress(campaign)).toMatchObject({ total: 10_000, asked: 5_000, perDay: 5_000 });
}, 120_000);
