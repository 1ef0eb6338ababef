/** Every job on 10,000 records, one after the other: all of them are done, and no step holds more than a page. */
import { expect, test } from 'vitest';
import type { JobCounts } from '../../jobs/job.ts';
import { markReconfirmation } from '../../jobs/mark-reconfirmation.ts';
import { remind } from '../../jobs/remind.ts';
import { reportSnapshot } from '../../jobs/report-snapshot.ts';
import { syncDirectory } from '../../jobs/sync-directory.ts';
import { atCommandLine } from '../../security-info/admin/acting-admin.ts';
import { createCampaign, readCampaign } from '../../security-info/admin/campaigns.ts';
import { openModels } from '../models/open-models.ts';
import { createHost, day, idOf, runJob, savePolicy, seed } from './bulk.ts';

const many = 10_000;
const page = 200;

test('10,000 records, in steps of bounded size', async () => {
  const models = await openModels();
  const host = createHost();
  const ids = Array.from({ length: many }, (_, number) => idOf(number));
  for (const id of ids) host.add(id);
  const confirmedAt = new Date(models.clock.now().getTime() - 200 * day);
  await seed(
    models,
    ids.map((id) => ({ id, confirmedAt, policyId: 'was-removed' })),
  );
  const sent = new Set<string>();
  const mail = { isAvailable: true, send: async ({ to }: { to: string }) => void sent.add(to) };
  const phone = { isAvailable: true, send: () => Promise.reject(new Error('not used')) };
  const { clock, keys, marking, campaigns, reminders } = models;
  const held: number[] = [];
  const ports = {
    ...models,
    ...{ clock, keys, mail, sms: phone, voice: phone, directory: host.directory, pauseMilliseconds: 0 },
    marking: {
      ...marking,
      states: (accountIds: readonly string[]) => {
        held.push(accountIds.length);
        return marking.states(accountIds);
      },
    },
    reminders: {
      ...reminders,
      unclaimed: (wanted: Parameters<typeof reminders.unclaimed>[0]) => {
        held.push(wanted.length);
        return reminders.unclaimed(wanted);
      },
    },
  };
  const markSteps: number[] = [];
  const onProgress = ({ marked = 0 }: JobCounts): void => void markSteps.push(marked);

  expect(await runJob(syncDirectory(ports))).toEqual({ accounts: many, changed: many, gone: 0 });
  expect(await runJob(markReconfirmation(ports), { onProgress })).toMatchObject({ marked: many });
  markSteps.forEach((marked, index) => {
    expect(marked - (markSteps[index - 1] ?? 0)).toBeLessThanOrEqual(page);
  });
  const reminding = remind({ ...ports, ownPageUrl: null, mailsPerRun: many / 10 });
  expect(await runJob(reminding)).toMatchObject({ due: many / 10 });
  expect(sent.size).toBe(many / 10);
  expect(await runJob(reminding, { dryRun: true })).toMatchObject({ due: (many / 10) * 9 });
  expect(await runJob(reportSnapshot(ports))).toEqual({ accounts: many, snapshots: 1 });
  await savePolicy(models, { reconfirmAfterDays: 365 });
  expect(await runJob(markReconfirmation(ports))).toMatchObject({ cleared: many });
  const target = { kind: 'everyone' } as const;
  const { id } = await createCampaign(ports, atCommandLine, { name: 'All', target, days: 4 });
  expect(await runJob(markReconfirmation(ports))).toMatchObject({ campaign: many / 4 });
  const { progress } = await readCampaign(ports, id);
  expect(progress).toMatchObject({ total: many, asked: many / 4, perDay: many / 4 });
  expect(await campaigns.countWaiting(id, null)).toBe((many / 4) * 3);
  expect(host.largestPage()).toBeLessThanOrEqual(page);
  expect(Math.max(...held)).toBeLessThanOrEqual(page);
  await models.close();
}, 180_000);
