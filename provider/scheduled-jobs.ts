/** The one table of jobs: which there are, and when each runs. A new job is a file in `jobs/` and a line here. */
import type { Job } from '../jobs/job.ts';
import { markReconfirmation } from '../jobs/mark-reconfirmation.ts';
import { remind } from '../jobs/remind.ts';
import { reportSnapshot } from '../jobs/report-snapshot.ts';
import type { ScheduledJob } from '../jobs/scheduler.ts';
import { syncDirectory } from '../jobs/sync-directory.ts';
import type { Stores } from '../models/stores.ts';
import type { Ports } from '../security-info/ports.ts';
import { type Settings, settingDefinitions } from './config.ts';

/** The settings that are the jobs' own. */
export type JobSettings = Pick<
  Settings,
  'jobMarkSchedule' | 'jobDeliverSchedule' | 'jobRemindSchedule' | 'jobSyncSchedule' | 'jobSnapshotSchedule'
>;

/** What holds where nothing is set. */
export const defaultJobSettings: JobSettings = {
  jobMarkSchedule: settingDefinitions.jobMarkSchedule.fallback,
  jobDeliverSchedule: settingDefinitions.jobDeliverSchedule.fallback,
  jobRemindSchedule: settingDefinitions.jobRemindSchedule.fallback,
  jobSyncSchedule: settingDefinitions.jobSyncSchedule.fallback,
  jobSnapshotSchedule: settingDefinitions.jobSnapshotSchedule.fallback,
};

/** What the jobs are made of. */
export interface JobParts {
  readonly ports: Ports;
  readonly stores: Stores;
  /** Also run at once whenever something is to be told. */
  readonly delivery: Job;
  /** Where people confirm their methods; null where that is only asked at the sign-in. */
  readonly ownPageUrl: string | null;
}

/** Every job with its schedule, in the order in which they are listed. */
export function scheduledJobs(
  settings: JobSettings,
  { ports, stores, delivery, ownPageUrl }: JobParts,
): readonly ScheduledJob[] {
  const all = { ...stores, ...ports };
  const nightly = (job: Job, schedule: string): ScheduledJob => ({ job, schedule, runsAtStart: false });
  return [
    nightly(markReconfirmation(all), settings.jobMarkSchedule),
    nightly(remind({ ...all, ownPageUrl }), settings.jobRemindSchedule),
    nightly(syncDirectory(all), settings.jobSyncSchedule),
    nightly(reportSnapshot(all), settings.jobSnapshotSchedule),
    { job: delivery, schedule: settings.jobDeliverSchedule, runsAtStart: true },
  ];
}
