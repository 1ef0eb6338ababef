/**
 * Runs a job's tick on the one node that gets it, and holds its lease while the job runs.
 * When ticks come is scheduler.ts's matter.
 */
import { randomUUID } from 'node:crypto';
import type { JobRunCause } from '../security-info/job-runs.ts';
import type { Lease, LeaseStore, RunningLease } from '../security-info/leases.ts';
import type { Clock } from '../security-info/ports.ts';
import type { Job, JobCounts } from './job.ts';
import { type RunRecorder, runRecorded } from './recorded-run.ts';

/** How long a node that died keeps the others from the next tick, in seconds. */
const leaseSeconds = 60;
/** How often a lease is renewed and the leases of others are looked at, in seconds. */
const lookSeconds = leaseSeconds / 3;
/** A lease that is the same at so many looks after the first has not been renewed for as long as it holds. */
const looksUntilDead = leaseSeconds / lookSeconds;

/** What the ticks need. */
export interface TickOptions extends RunRecorder {
  readonly clock: Clock;
  readonly leases: LeaseStore;
  readonly log: JobLog;
}

/** Where a job's end is written down. */
export interface JobLog {
  info(fields: { readonly job: string; readonly counts: JobCounts }, message: string): void;
  error(fields: { readonly job: string; readonly err: unknown }, message: string): void;
}

/** What became of a tick: run here, run or still running elsewhere, still running here, or failed. */
export type TickOutcome = 'done' | 'taken' | 'busy' | 'failed';

/** The ticks of one process. */
export interface Ticks {
  /** Runs the tick that stands for this time, if no node has; never rejects. */
  run(job: Job, scheduledAt: Date): Promise<TickOutcome>;
  /** Runs a tick of the past, if no node has run it or a later one. A job that is new here has missed none. */
  makeUp(job: Job, scheduledAt: Date): Promise<TickOutcome>;
  /** Runs the job now, whoever has its turn: jobs can be repeated. Never rejects. */
  runAtStart(job: Job): Promise<TickOutcome>;
  /** From now on goes on with what a node that died has left of a tick. */
  watch(jobs: readonly Job[]): void;
  /** Ends what runs after its current step, and waits for it. Nothing runs afterwards. */
  stop(): Promise<void>;
}

/** The ticks of this process, under a holder's name of its own. */
export function createTicks({ clock, leases, log, ...recorder }: TickOptions): Ticks {
  const holder = randomUUID();
  const stopping = new AbortController();
  const running = new Map<string, Promise<TickOutcome>>();
  const watches: NodeJS.Timeout[] = [];

  /** One run of a job at a time in this process. */
  const alone = async (job: Job, work: () => Promise<TickOutcome>): Promise<TickOutcome> => {
    if (stopping.signal.aborted || running.has(job.name)) return 'busy';
    const run = work().catch((error: unknown): TickOutcome => {
      log.error({ job: job.name, err: error }, 'job failed');
      return 'failed';
    });
    running.set(job.name, run);
    try {
      return await run;
    } finally {
      running.delete(job.name);
    }
  };

  const work = async (job: Job, cause: JobRunCause, signal: AbortSignal): Promise<void> => {
    const counts = await runRecorded(job, cause, { onProgress: () => {}, signal }, recorder);
    if (Object.values(counts).some((count) => count > 0)) log.info({ job: job.name, counts }, 'job done');
  };

  const holding = async (job: Job, lease: Lease, cause: JobRunCause): Promise<TickOutcome> => {
    const lost = new AbortController();
    const signal = AbortSignal.any([stopping.signal, lost.signal]);
    const renewal = setInterval(() => {
      leases.renew(lease, clock.now(), leaseSeconds).then(
        (isOurs) => {
          if (!isOurs) lost.abort();
        },
        // A store that does not answer ends the job by itself; what it has begun can be repeated.
        () => lost.abort(),
      );
    }, lookSeconds * 1000);
    renewal.unref();
    try {
      await work(job, cause, signal);
      return 'done';
    } finally {
      clearInterval(renewal);
      // What was told to end has work left, which another node goes on with, or this one after its next start.
      await leases.release(lease, !signal.aborted);
    }
  };

  const underLease = async (job: Job, scheduledAt: Date, cause: JobRunCause): Promise<TickOutcome> => {
    const lease = { job: job.name, tickAt: slot(scheduledAt), holder };
    return (await leases.take(lease, clock.now(), leaseSeconds)) ? holding(job, lease, cause) : 'taken';
  };

  const takeOver = async (job: Job, lease: RunningLease): Promise<TickOutcome> => {
    if (!(await leases.takeOver(lease, holder, clock.now(), leaseSeconds))) return 'taken';
    return holding(job, { job: job.name, tickAt: lease.tickAt, holder }, 'schedule');
  };

  /**
   * Whether a holder lives is told by its renewals as they are seen here, never by comparing its clock with ours:
   * two nodes whose clocks differ would otherwise take each other for dead.
   */
  const lookAround = (jobs: readonly Job[]): (() => Promise<void>) => {
    let seen = new Map<string, { readonly stamp: string; readonly looks: number }>();
    return async () => {
      const found = await leases.running();
      const next: typeof seen = new Map();
      for (const lease of found) {
        const stamp = `${lease.holder} ${lease.tickAt.getTime()} ${lease.expiresAt.getTime()}`;
        const before = seen.get(lease.job);
        const looks = before?.stamp === stamp ? before.looks + 1 : 0;
        next.set(lease.job, { stamp, looks });
        const job = jobs.find(({ name }) => name === lease.job);
        if (job !== undefined && looks >= looksUntilDead) void alone(job, () => takeOver(job, lease));
      }
      seen = next;
    };
  };

  return {
    run: (job, scheduledAt) => alone(job, () => underLease(job, scheduledAt, 'schedule')),
    makeUp: (job, scheduledAt) =>
      alone(job, async () => {
        await leases.begin(job.name, slot(scheduledAt));
        return underLease(job, scheduledAt, 'start');
      }),
    runAtStart: (job) =>
      alone(job, async () => {
        await work(job, 'start', stopping.signal);
        return 'done';
      }),
    watch: (jobs) => {
      const look = lookAround(jobs);
      // A store that is away now will be there at a later look.
      const watch = setInterval(() => void look().catch(() => undefined), lookSeconds * 1000);
      watch.unref();
      watches.push(watch);
    },
    stop: async () => {
      stopping.abort();
      for (const watch of watches) clearInterval(watch);
      await Promise.all(running.values());
    },
  };
}

/** Schedules count in minutes: nodes whose timers differ by milliseconds mean the same tick. */
function slot(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 60_000) * 60_000);
}
