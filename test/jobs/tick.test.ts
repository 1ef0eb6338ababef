/** Ticks: one node runs each, a lost lease ends the run, and a job that fails takes nothing down. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Job, JobRun } from '../../jobs/job.ts';
import { createTicks, type Ticks } from '../../jobs/tick.ts';
import type { LeaseStore } from '../../security-info/leases.ts';
import { memoryLeases, memoryRuns } from './memory-leases.ts';

const tickAt = new Date('2026-03-01T03:17:00.004Z');
let log: string[];
let runs: ReturnType<typeof memoryRuns>;

function node(leases: LeaseStore): Ticks {
  return createTicks({
    leases,
    runs,
    node: 'here/1',
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
  let count = 0;
  let begin = (): void => {};
  let end = (): void => {};
  const started = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const job = jobThat(async ({ signal }) => {
    count += 1;
    begin();
    signal.addEventListener('abort', end);
    await ended;
    return 1;
  });
  return { job, end, started, runs: () => count };
}

beforeEach(() => {
  log = [];
  runs = memoryRuns();
  vi.useFakeTimers({ now: tickAt });
});
afterEach(() => void vi.useRealTimers());

describe('two nodes', () => {
  test('do not run the same tick, though their timers differ by milliseconds', async () => {
    const leases = memoryLeases();
    let count = 0;
    const job = jobThat(async () => ++count);
    const [one, two] = [node(leases), node(leases)];
    const later = new Date(tickAt.getTime() + 900);
    expect(await Promise.all([one.run(job, tickAt), two.run(job, later)])).toEqual(['done', 'taken']);
    expect(await two.run(job, later)).toBe('taken');
    expect(count).toBe(1);
    vi.setSystemTime(tickAt.getTime() + 60_000);
    expect(await two.run(job, new Date(tickAt.getTime() + 60_000))).toBe('done');
  });

  test('do not run the next tick while the one before is still running elsewhere', async () => {
    const leases = memoryLeases();
    const { job, end, started } = waitingJob();
    const first = node(leases).run(job, tickAt);
    await started;
    expect(await node(leases).run(job, new Date(tickAt.getTime() + 60_000))).toBe('taken');
    end();
    expect(await first).toBe('done');
  });
});

test('a job whose lease is somebody else’s by now is told to end, and leaves the lease alone', async () => {
  const leases = memoryLeases();
  const { job, started } = waitingJob();
  const run = node(leases).run(job, tickAt);
  await started;
  leases.steal();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await run).toBe('done');
  expect(await leases.running()).toMatchObject([{ job: 'count', holder: 'somebody else' }]);
});

test('a job is told to end when its lease cannot be renewed', async () => {
  const leases = { ...memoryLeases(), renew: () => Promise.reject(new Error('store is away')) };
  const { job, started } = waitingJob();
  const run = node(leases).run(job, tickAt);
  await started;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await run).toBe('done');
});

test('a job that fails is logged, its lease is released, and its next tick runs', async () => {
  const leases = memoryLeases();
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
  const leases = { ...memoryLeases(), take: () => Promise.reject(new Error('store is away')) };
  expect(
    await node(leases).run(
      jobThat(async () => 1),
      tickAt,
    ),
  ).toBe('failed');
});

test('what did nothing is not worth a line in the log', async () => {
  expect(
    await node(memoryLeases()).run(
      jobThat(async () => 0),
      tickAt,
    ),
  ).toBe('done');
  expect(log).toEqual([]);
});

test('a job runs once at a time in a process, at the start too', async () => {
  const ticks = node(memoryLeases());
  const { job, end, started, runs } = waitingJob();
  const first = ticks.runAtStart(job);
  await started;
  expect(await ticks.run(job, tickAt)).toBe('busy');
  end();
  expect(await first).toBe('done');
  expect(runs()).toBe(1);
});

test('stopping ends what runs, waits for it, and lets nothing begin', async () => {
  const ticks = node(memoryLeases());
  const { job, started, runs } = waitingJob();
  const run = ticks.run(job, tickAt);
  await started;
  await ticks.stop();
  expect(await run).toBe('done');
  expect(await ticks.run(job, new Date(tickAt.getTime() + 60_000))).toBe('busy');
  expect(runs()).toBe(1);
});

describe('the record of a run', () => {
  test('says where it ran, why, and what it did', async () => {
    const ticks = node(memoryLeases());
    await ticks.run(
      jobThat(async () => 3),
      tickAt,
    );
    const run = { job: 'count', node: 'here/1', cause: 'schedule', counts: { done: 3 } };
    expect(runs.all()).toMatchObject([{ ...run, result: 'done', error: null }]);
  });

  test('shows how far it is while it runs', async () => {
    const ticks = node(memoryLeases());
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const job = jobThat(async ({ onProgress }) => {
      onProgress({ done: 5 });
      await ended;
      return 9;
    });
    const run = ticks.runAtStart(job);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(runs.all()).toMatchObject([{ cause: 'start', result: 'running', counts: { done: 5 } }]);
    end();
    await run;
    expect(runs.all()).toMatchObject([{ result: 'done', counts: { done: 9 } }]);
  });

  test('has the code of a failure and not its words', async () => {
    const ticks = node(memoryLeases());
    const failing = (error: Error) => ticks.runAtStart(jobThat(() => Promise.reject(error)));
    await failing(Object.assign(new Error('ada@work.example'), { code: 'sender_unavailable' }));
    await failing(Object.assign(new Error('duplicate ada'), { code: 11000 }));
    expect(runs.all().map(({ result, error }) => [result, error])).toEqual([
      ['failed', 'sender_unavailable'],
      ['failed', 'unexpected'],
    ]);
    expect(JSON.stringify(runs.all())).not.toContain('ada');
  });

  test('says that it was stopped', async () => {
    const ticks = node(memoryLeases());
    const { job, started } = waitingJob();
    void ticks.run(job, tickAt);
    await started;
    await ticks.stop();
    expect(runs.all()).toMatchObject([{ result: 'stopped', counts: { done: 1 } }]);
  });
});

describe('a tick that its holder has left', () => {
  const looks = (count: number) => vi.advanceTimersByTimeAsync(count * 20_000);

  test('is taken over once no renewal has been seen for as long as a lease holds', async () => {
    const leases = memoryLeases();
    await leases.take({ job: 'count', tickAt, holder: 'dead' }, new Date(), 60);
    const [one, two] = [node(leases), node(leases)];
    let count = 0;
    const job = jobThat(async () => ++count);
    one.watch([job]);
    two.watch([job]);
    await looks(3);
    expect(count).toBe(0);
    await looks(1);
    expect(count).toBe(1);
    await looks(10);
    expect(count).toBe(1);
    await Promise.all([one.stop(), two.stop()]);
  });

  test('is left to a holder that renews it, however far its clock is behind', async () => {
    const leases = memoryLeases();
    const lease = { job: 'count', tickAt, holder: 'slow' };
    const slow = () => new Date(Date.now() - 3_600_000);
    await leases.take(lease, slow(), 60);
    const renewal = setInterval(() => void leases.renew(lease, slow(), 60), 20_000);
    const ticks = node(leases);
    let count = 0;
    ticks.watch([jobThat(async () => ++count)]);
    await looks(10);
    expect(count).toBe(0);
    clearInterval(renewal);
    await looks(5);
    expect(count).toBe(1);
    await ticks.stop();
  });

  test('is gone on with after a stop, and waits for nobody where the next one comes first', async () => {
    const leases = memoryLeases();
    const first = node(leases);
    const { job, started } = waitingJob();
    void first.run(job, tickAt);
    await started;
    await first.stop();
    const second = node(leases);
    let count = 0;
    const again = jobThat(async () => ++count);
    second.watch([again]);
    await looks(4);
    expect(count).toBe(1);
    expect(await leases.running()).toEqual([]);
    expect(await second.run(again, new Date(tickAt.getTime() + 60_000))).toBe('done');
    await second.stop();
  });
});
