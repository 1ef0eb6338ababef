/** The jobs that keep records, people and numbers up to date, the same for a deployment and for a host's plugin. */
import type { Job } from '../jobs/job.ts';
import { remind } from '../jobs/remind.ts';
import { reportSnapshot } from '../jobs/report-snapshot.ts';
import { syncDirectory } from '../jobs/sync-directory.ts';
import type { Stores } from '../models/stores.ts';
import type { Ports } from '../security-info/ports.ts';
import type { JobSchedules } from './plugin-contract.ts';

/**
 * Makes them.
 * @param ownPageUrl where people confirm their methods; null where that is only asked at the sign-in
 */
export function createUpkeepJobs(stores: Stores, ports: Ports, ownPageUrl: string | null): readonly Job[] {
  const all = { ...stores, ...ports };
  return [remind({ ...all, ownPageUrl }), syncDirectory(all), reportSnapshot(all)];
}

/** When one of them runs in a host's plugin. */
export function upkeepSchedule(name: string, { remind: reminding, sync, snapshot }: JobSchedules): string {
  if (name === 'sync-directory') return sync ?? '47 2 * * *';
  return name === 'remind' ? (reminding ?? '7 8 * * *') : (snapshot ?? '27 4 * * *');
}
