/** The one table of jobs: which there are, and when each runs. A new job is a file in `jobs/` and a line here. */
import type { Job } from '../jobs/job.ts';
import { markReconfirmation } from '../jobs/mark-reconfirmation.ts';
import { purge } from '../jobs/purge.ts';
import { remind } from '../jobs/remind.ts';
import { reportSnapshot } from '../jobs/report-snapshot.ts';
import { resumeImports } from '../jobs/resume-imports.ts';
import { rotateKeys } from '../jobs/rotate-keys.ts';
import type { ScheduledJob } from '../jobs/scheduler.ts';
import { syncDirectory } from '../jobs/sync-directory.ts';

import type { Stores } from '../models/stores.ts';
import type { SealedPlace } from '../security-info/key-rotation.ts';
import type { Ports } from '../security-info/ports.ts';
import type { Retained } from '../security-info/retention.ts';
import type { Settings } from './config.ts';
import { settingDefinitions } from './setting-definitions.ts';

/** The settings that are the jobs' own. */
export type JobSettings = Pick<
  Settings,
  | 'jobMarkSchedule'
  | 'jobDeliverSchedule'
  | 'jobRemindSchedule'
  | 'jobSyncSchedule'
  | 'jobSnapshotSchedule'
  | 'jobImportSchedule'
  | 'jobPurgeSchedule'
  | 'jobRotateKeysSchedule'
>;

/** What holds where nothing is set. */
export const defaultJobSettings: JobSettings = {
  jobMarkSchedule: settingDefinitions.jobMarkSchedule.fallback,
  jobDeliverSchedule: settingDefinitions.jobDeliverSchedule.fallback,
  jobRemindSchedule: settingDefinitions.jobRemindSchedule.fallback,
  jobSyncSchedule: settingDefinitions.jobSyncSchedule.fallback,
  jobSnapshotSchedule: settingDefinitions.jobSnapshotSchedule.fallback,
  jobImportSchedule: settingDefinitions.jobImportSchedule.fallback,
  jobPurgeSchedule: settingDefinitions.jobPurgeSchedule.fallback,
  jobRotateKeysSchedule: settingDefinitions.jobRotateKeysSchedule.fallback,
};

/** What the jobs are made of. */
export interface JobParts {
  readonly ports: Ports;
  readonly stores: Stores;
  readonly retained: readonly Retained[];
  readonly sealedPlaces: readonly SealedPlace[];
  /** Also run at once whenever something is to be told. */
  readonly delivery: Job;
  /** Where people confirm their methods; null where that is only asked at the sign-in. */
  readonly ownPageUrl: string | null;
}

/** Every job with its schedule, in the order in which they are listed. */
export function scheduledJobs(settings: JobSettings, parts: JobParts): readonly ScheduledJob[] {
  const { ports, stores, delivery, retained, sealedPlaces, ownPageUrl } = parts;
  const all = { ...stores, ...ports };
  const nightly = (job: Job, schedule: string): ScheduledJob => ({ job, schedule, runsAtStart: false });
  return [
    nightly(markReconfirmation(all), settings.jobMarkSchedule),
    nightly(remind({ ...all, ownPageUrl }), settings.jobRemindSchedule),
    nightly(syncDirectory(all), settings.jobSyncSchedule),
    nightly(reportSnapshot(all), settings.jobSnapshotSchedule),
    nightly(purge({ ...ports, expiring: stores.expiring, retained }), settings.jobPurgeSchedule),
    nightly(rotateKeys(sealedPlaces), settings.jobRotateKeysSchedule),
    { job: resumeImports(all), schedule: settings.jobImportSchedule, runsAtStart: true },
    { job: delivery, schedule: settings.jobDeliverSchedule, runsAtStart: true },
  ];
}
