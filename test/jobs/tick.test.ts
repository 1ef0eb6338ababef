/** Ticks: one node runs each, a lost lease ends the run, and a job that fails takes nothing down. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Job, JobRun } from '../../jobs/job.ts';
import { createTicks, type Ticks } from '../../jobs/tick.ts';
import type { LeaseStore } from '../../security-info/ports.ts';

const tickAt = new Date('2026-03-01T03:17:00.004Z');
let log: string[];

/** The port's promise in memory: one document per job. */
function fakeLeases(): LeaseStore & { steal(): void } {
  let stored = { tickAt: new Date(0), holder: '', expiresAt: new Date(0) };
  const isMine = (holder: string) => stored.holder === holder;
  return {
    take: async ({ tickAt, holder }, now, seconds) => {
      if (stored.tickAt >= tickAt || stored.expiresAt > now) return false;
      stored = { tickAt, holder, expiresAt: new Date(now.getTime() + seconds * 1000) };
      return true;
    },
    renew: async ({ holder }) => isMine(holder),
    release: async ({ holder }, now) => {
      if (isMine(holder)) stored = { ...stored, expiresAt: now };
    },
    steal: () => {
      stored = { ...stored, holder: 'somebody else' };
    },
  };
}

function node(leases: LeaseStore): Ticks {
  return createTicks({
    leases,
    clock: { now: () => new Date() },
    log: {
      info: ({ job, counts }, message) => void log.push(`${message} ${job} ${JSON.stringify(counts)}`),
      error: ({ job, err }, message) => void log.push(`${message} ${job} ${String(err)}`),
    },
  });
}

function jobThat(run: (options: JobRun) => Promise<number>): Job {
  return { name: 'count', hasDryRun: false, run: async (options) => ({ done: await run(options) }) };
}

/** A job that ends when it is told to, or when its signal says so. */
function waitingJob(): { job: Job; end: () => void; started: Promise<void>; runs: () => number } {
  let runs = 0;
  let begin = (): void => {};
  let end = (): void => {};
  const started = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const job = jobThat(async ({ signal }) => {
    runs += 1;
    begin();
    signal.addEventListener('abort', end);
    await ended;
    return 1;
  });
  return { job, end, started, runs: () => runs };
}

beforeEach(() => {
  log = [];
  vi.useFakeTimers({ now: tickAt });
});
afterEach(() => void vi.useRealTimers());

describe('two nodes', () => {
  test('do not run the same tick, though their timers differ by milliseconds', async () => {
    const leases = fakeLeases();
    let runs = 0;
    const job = jobThat(async () => ++runs);
    const [one, two] = [node(leases), node(leases)];
    const later = new Date(tickAt.getTime() + 900);
    expect(await Promise.all([one.run(job, tickAt), two.run(job, later)])).toEqual(['done', 'taken']);
    expect(await two.run(job, later)).toBe('taken');
    expect(runs).toBe(1);
    vi.setSystemTime(tickAt.getTime() + 60_000);
    expect(await two.run(job, new Date(tickAt.getTime() + 60_000))).toBe('done');
  });

  test('do not run the next tick while the one before is still running elsewhere', async () => {
    const leases = fakeLeases();
    const { job, end, started } = waitingJob();
    const first = node(leases).run(job, tickAt);
    await started;
    expect(await node(leases).run(job, new Date(tickAt.getTime() + 60_000))).toBe('taken');
    end();
    expect(await first).toBe('done');
  });
});

test('a job whose lease is somebody else’s by now is told to end, and leaves the lease alone', async () => {
  const leases = fakeLeases();
  const { job, started } = waitingJob();
  const run = node(leases).run(job, tickAt);
  await started;
  leases.steal();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await run).toBe('done');
  expect(await leases.renew({ job: 'count', tickAt, holder: 'somebody else' }, new Date(), 60)).toBe(true);
});

test('a job is told to end when its lease cannot be renewed', async () => {
  const leases = { ...fakeLeases(), renew: () => Promise.reject(new Error('store is away')) };
  const { job, started } = waitingJob();
  const run = node(leases).run(job, tickAt);
  await started;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await run).toBe('done');
});

test('a job that fails is logged, its lease is released, and its next tick runs', async () => {
  const leases = fakeLeases();
  const ticks = node(leases);
  const job = jobThat(() => Promise.reject(new Error('no')));
  expect(await ticks.run(job, tickAt)).toBe('failed');
  expect(log).toEqual(['job failed count Error: no']);
  const next = new Date(tickAt.getTime() + 60_000);
  expect(
    await ticks.run(
      jobThat(async () => 3),
      next,
    ),
  ).toBe('done');
  expect(log.at(-1)).toBe('job done count {"done":3}');
});

test('a store that fails to give a lease takes nothing down', async () => {
  const leases = { ...fakeLeases(), take: () => Promise.reject(new Error('store is away')) };
  expect(
    await node(leases).run(
      jobThat(async () => 1),
      tickAt,
    ),
  ).toBe('failed');
});

test('what did nothing is not worth a line in the log', async () => {
  expect(
    await node(fakeLeases()).run(
      jobThat(async () => 0),
      tickAt,
    ),
  ).toBe('done');
  expect(log).toEqual([]);
});

test('a job runs once at a time in a process, at the start too', async () => {
  const ticks = node(fakeLeases());
  const { job, end, started, runs } = waitingJob();
  const first = ticks.runAtStart(job);
  await started;
  expect(await ticks.run(job, tickAt)).toBe('busy');
  end();
  expect(await first).toBe('done');
  expect(runs()).toBe(1);
});

test('stopping ends what runs, waits for it, and lets nothing begin', async () => {
  const ticks = node(fakeLeases());
  const { job, started, runs } = waitingJob();
  const run = ticks.run(job, tickAt);
  await started;
  await ticks.stop();
  expect(await run).toBe('done');
  expect(await ticks.run(job, new Date(tickAt.getTime() + 60_000))).toBe('busy');
  expect(runs()).toBe(1);
});
