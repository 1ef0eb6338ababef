/** What an admin sees of the jobs: when each runs, ran last and will run next, and with what result. */
import type { JobRun, JobRunStore } from '../security-info/job-runs.ts';
import type { Clock } from '../security-info/ports.ts';
import { nextTick, type ScheduledJob } from './scheduler.ts';

/** One job. */
export interface JobStatus {
  readonly name: string;
  /** A cron expression of five fields, in UTC. */
  readonly schedule: string;
  readonly hasDryRun: boolean;
  /** The newest run, running or not; null before the first. */
  readonly lastRun:
    | (Omit<JobRun, 'id' | 'job'> & {
        /** So far, while it runs. */
        readonly durationMilliseconds: number;
      })
    | null;
  /** When it was last done; null where that is not known. */
  readonly lastDoneAt: Date | null;
  /** Null for a schedule that never comes. */
  readonly nextRunAt: Date | null;
  readonly isRunning: boolean;
}

/** What the list is made of. */
export interface ListJobsOptions {
  readonly scheduled: readonly ScheduledJob[];
  readonly runs: Pick<JobRunStore, 'list' | 'lastDoneAt'>;
  readonly clock: Clock;
}

/** Every job with its newest run, in the order of the schedule. */
export async function listJobs({ scheduled, runs, clock }: ListJobsOptions): Promise<readonly JobStatus[]> {
  return Promise.all(
    scheduled.map(async ({ job: { name, hasDryRun }, schedule }) => {
      const now = clock.now();
      const [[newest], lastDoneAt] = await Promise.all([runs.list(name, 1), runs.lastDoneAt(name)]);
      return {
        name,
        schedule,
        hasDryRun,
        lastRun: newest === undefined ? null : shown(newest, now),
        lastDoneAt,
        nextRunAt: nextTick(schedule, now),
        isRunning: newest?.result === 'running',
      };
    }),
  );
}

function shown({ id: _, job: __, ...run }: JobRun, now: Date): JobStatus['lastRun'] {
  const end = run.endedAt ?? now;
  return { ...run, durationMilliseconds: Math.max(0, end.getTime() - run.startedAt.getTime()) };
}
