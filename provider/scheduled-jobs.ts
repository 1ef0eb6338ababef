/** The one table of jobs: which there are, and when each runs. A new job is a file in `jobs/` and a line here. */
import type { Job } from '../jobs/job.ts';
import { markReconfirmation } from '../jobs/mark-reconfirmation.ts';
import type { ScheduledJob } from '../jobs/scheduler.ts';
import type { Ports } from '../security-info/ports.ts';
import { type Settings, settingDefinitions } from './config.ts';

/** The settings that are the jobs' own. */
export type JobSettings = Pick<Settings, 'jobMarkSchedule' | 'jobDeliverSchedule'>;

/** What holds where nothing is set. */
export const defaultJobSettings: JobSettings = {
  jobMarkSchedule: settingDefinitions.jobMarkSchedule.fallback,
  jobDeliverSchedule: settingDefinitions.jobDeliverSchedule.fallback,
};

/** What the jobs are made of. */
export interface JobParts {
  readonly ports: Ports;
  /** Also run at once whenever something is to be told. */
  readonly delivery: Job;
}

/** Every job with its schedule, in the order in which they are listed. */
export function scheduledJobs(settings: JobSettings, { ports, delivery }: JobParts): readonly ScheduledJob[] {
  return [
    { job: markReconfirmation(ports), schedule: settings.jobMarkSchedule, runsAtStart: false },
    { job: delivery, schedule: settings.jobDeliverSchedule, runsAtStart: true },
  ];
}
