/**
 * Runs a job's tick on the one node that gets it, and holds its lease while the job runs.
 * When ticks come is scheduler.ts's matter.
 */
import { randomUUID } from 'node:crypto';
import type { Clock, Lease, LeaseStore } from '../security-info/ports.ts';
import type { Job, JobCounts } from './job.ts';

/** How long a node that died keeps the others from the next tick, in seconds. */
const leaseSeconds = 60;

/** What the ticks need. */
export interface TickOptions {
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
  /** Runs the job now, whoever has its turn: jobs can be repeated. Never rejects. */
  runAtStart(job: Job): Promise<TickOutcome>;
  /** Ends what runs after its current step, and waits for it. Nothing runs afterwards. */
  stop(): Promise<void>;
}

/** The ticks of this process, under a holder's name of its own. */
export function createTicks({ clock, leases, log }: TickOptions): Ticks {
  const holder = randomUUID();
  const stopping = new AbortController();
  const running = new Map<string, Promise<TickOutcome>>();

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

  const work = async (job: Job, signal: AbortSignal): Promise<void> => {
    const counts = await job.run({ dryRun: false, onProgress: () => {}, signal });
    if (Object.values(counts).some((count) => count > 0)) log.info({ job: job.name, counts }, 'job done');
  };

  const underLease = async (job: Job, lease: Lease): Promise<TickOutcome> => {
    if (!(await leases.take(lease, clock.now(), leaseSeconds))) return 'taken';
    const lost = new AbortController();
    const renewal = setInterval(
      () => {
        leases.renew(lease, clock.now(), leaseSeconds).then(
          (isOurs) => {
            if (!isOurs) lost.abort();
          },
          // A store that does not answer ends the job by itself; what it has begun can be repeated.
          () => lost.abort(),
        );
      },
      (leaseSeconds / 3) * 1000,
    );
    renewal.unref();
    try {
      await work(job, AbortSignal.any([stopping.signal, lost.signal]));
      return 'done';
    } finally {
      clearInterval(renewal);
      await leases.release(lease, clock.now());
    }
  };

  return {
    run: (job, scheduledAt) =>
      alone(job, () => underLease(job, { job: job.name, tickAt: slot(scheduledAt), holder })),
    runAtStart: (job) =>
      alone(job, async () => {
        await work(job, stopping.signal);
        return 'done';
      }),
    stop: async () => {
      stopping.abort();
      await Promise.all(running.values());
    },
  };
}

/** Schedules count in minutes: nodes whose timers differ by milliseconds mean the same tick. */
function slot(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 60_000) * 60_000);
}
