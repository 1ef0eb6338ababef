/** The ports of the ticks in memory, for tests of what stands on them: one lease per job, and the runs by their ids. */
import type { JobRun, JobRunStore } from '../../security-info/job-runs.ts';
import type { LeaseStore, RunningLease } from '../../security-info/leases.ts';

/** Leases in memory. */
export interface MemoryLeases extends LeaseStore {
  /** Gives whatever runs to another holder, who never renews. */
  steal(): void;
}

/** The port's promise in memory. */
export function memoryLeases(): MemoryLeases {
  const stored = new Map<string, RunningLease & { readonly isRunning: boolean }>();
  const mine = ({ job, tickAt, holder }: { job: string; tickAt: Date; holder: string }) => {
    const lease = stored.get(job);
    return lease?.holder === holder && lease.tickAt.getTime() === tickAt.getTime() ? lease : undefined;
  };
  const until = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000);
  return {
    begin: async (job, tickAt) => {
      if (!stored.has(job)) stored.set(job, { job, tickAt, holder: '', expiresAt: tickAt, isRunning: false });
    },
    take: async (lease, now, seconds) => {
      const before = stored.get(lease.job);
      if (before && (before.tickAt >= lease.tickAt || before.expiresAt > now)) return false;
      stored.set(lease.job, { ...lease, expiresAt: until(now, seconds), isRunning: true });
      return true;
    },
    renew: async (lease, now, seconds) => {
      const found = mine(lease);
      if (found) stored.set(lease.job, { ...found, expiresAt: until(now, seconds) });
      return found !== undefined;
    },
    release: async (lease, isFinished) => {
      const found = mine(lease);
      if (found) stored.set(lease.job, { ...found, expiresAt: lease.tickAt, isRunning: !isFinished });
    },
    running: async () => [...stored.values()].filter(({ isRunning }) => isRunning),
    takeOver: async (lease, holder, now, seconds) => {
      const found = mine(lease);
      if (!found?.isRunning || found.expiresAt.getTime() !== lease.expiresAt.getTime()) return false;
      stored.set(lease.job, { ...found, holder, expiresAt: until(now, seconds) });
      return true;
    },
    steal: () => {
      for (const [job, lease] of stored) stored.set(job, { ...lease, holder: 'somebody else' });
    },
  };
}

/** Runs in memory, each as it was written last; all at one moment. */
export function memoryRuns(now = new Date(0)): JobRunStore & { all(): readonly JobRun[] } {
  const written = new Map<string, JobRun>();
  const of = (job: string) => [...written.values()].filter((run) => run.job === job).reverse();
  return {
    all: () => [...written.values()],
    begin: async (run) => {
      const begun = { startedAt: now, endedAt: null, result: 'running', error: null, counts: {} } as const;
      written.set(run.id, { ...run, ...begun });
    },
    progress: async (id, counts) => {
      const run = written.get(id);
      if (run?.result === 'running') written.set(id, { ...run, counts });
    },
    end: async (id, end) => {
      const run = written.get(id);
      if (run) written.set(id, { ...run, ...end, endedAt: now });
    },
    list: async (job, limit) => of(job).slice(0, limit),
    lastDoneAt: async (job) => of(job).find(({ result }) => result === 'done')?.endedAt ?? null,
  };
}
