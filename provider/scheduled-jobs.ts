/** The one table of jobs: which there are, and when each runs. A new job is a file in `jobs/` and a line here. */
import type { Job } from '../jobs/job.ts';
import { markReconfirmation } from '../jobs/mark-reconfirmation.ts';
import { purge } from '../jobs/purge.ts';
import { rotateKeys } from '../jobs/rotate-keys.ts';
import type { ScheduledJob } from '../jobs/scheduler.ts';
import type { Stores } from '../models/stores.ts';
import type { SealedPlace } from '../security-info/key-rotation.ts';
import type { Ports } from '../security-info/ports.ts';
import type { Retained } from '../security-info/retention.ts';
import { type Settings, settingDefinitions } from './config.ts';

/** The settings that are the jobs' own. */
export type JobSettings = Pick<
  Settings,
  'jobMarkSchedule' | 'jobDeliverSchedule' | 'jobPurgeSchedule' | 'jobRotateKeysSchedule'
>;

/** What holds where nothing is set. */
export const defaultJobSettings: JobSettings = {
  jobMarkSchedule: settingDefinitions.jobMarkSchedule.fallback,
  jobDeliverSchedule: settingDefinitions.jobDeliverSchedule.fallback,
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
}

/** Every job with its schedule, in the order in which they are listed. */
export function scheduledJobs(settings: JobSettings, parts: JobParts): readonly ScheduledJob[] {
  const { ports, stores, delivery, retained, sealedPlaces } = parts;
  return [
    { job: markReconfirmation(ports), schedule: settings.jobMarkSchedule, runsAtStart: false },
    {
      job: purge({ ...ports, expiring: stores.expiring, retained }),
      schedule: settings.jobPurgeSchedule,
      runsAtStart: false,
    },
    { job: rotateKeys(sealedPlaces), schedule: settings.jobRotateKeysSchedule, runsAtStart: false },
    { job: delivery, schedule: settings.jobDeliverSchedule, runsAtStart: true },
  ];
}
