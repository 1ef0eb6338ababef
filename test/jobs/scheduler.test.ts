/** The schedules: which are valid, that a tick comes at its minute, and that a stop is a stop. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  isValidSchedule,
  latestTick,
  nextTick,
  type ScheduledJob,
  startScheduler,
} from '../../jobs/scheduler.ts';
import { memoryLeases, memoryRuns } from './memory-leases.ts';

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-03-01T03:15:30Z') }));
afterEach(() => void vi.useRealTimers());

function options() {
  return {
    clock: { now: () => new Date() },
    leases: memoryLeases(),
    runs: memoryRuns(),
    node: 'here/1',
    log: { info: () => {}, error: () => {} },
  };
}

test('reads five fields, and no more or fewer', () => {
  expect(['17 3 * * *', '*/5 * * * 1-5', ' 0 0 1 1 * '].map(isValidSchedule)).toEqual([true, true, true]);
  expect(['', '* * * *', '* * * * * *', '61 * * * *', 'daily'].some(isValidSchedule)).toBe(false);
});

test('a job runs at its minute and, where it should, at the start; after the stop it does not', async () => {
  const runs: string[] = [];
  const jobThatRuns = (name: string) => ({
    name,
    hasDryRun: false,
    run: async () => {
      runs.push(`${name} ${new Date().toISOString().slice(11, 16)}`);
      return {};
    },
  });
  const scheduler = startScheduler(
    [
      { job: jobThatRuns('nightly'), schedule: '17 3 * * *', runsAtStart: false },
      { job: jobThatRuns('minutely'), schedule: '* * * * *', runsAtStart: true },
    ],
    options(),
  );
  await vi.advanceTimersByTimeAsync(120_000);
  expect(runs.toSorted()).toEqual(['minutely 03:15', 'minutely 03:16', 'minutely 03:17', 'nightly 03:17']);
  await scheduler.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(runs).toHaveLength(4);
});

test.each<[string, string, string, string]>([
  ['* * * * *', '2026-03-01T03:15:30Z', '2026-03-01T03:16:00Z', '2026-03-01T03:15:00Z'],
  ['17 3 * * *', '2026-03-01T03:17:00Z', '2026-03-02T03:17:00Z', '2026-03-01T03:17:00Z'],
  ['17 3 * * *', '2026-03-01T03:16:59.999Z', '2026-03-01T03:17:00Z', '2026-02-28T03:17:00Z'],
  ['5,35 9-17 * * 1-5', '2026-02-27T17:35:00Z', '2026-03-02T09:05:00Z', '2026-02-27T17:35:00Z'],
  ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ['0 6 L * *', '2026-01-31T06:00:00Z', '2026-02-28T06:00:00Z', '2026-01-31T06:00:00Z'],
  ['0 0 1 jan sun', '2026-03-01T00:00:00Z', '2034-01-01T00:00:00Z', '2023-01-01T00:00:00Z'],
])('%s seen from %s comes next at %s and came last at %s', (schedule, now, next, last) => {
  expect(nextTick(schedule, new Date(now))).toEqual(new Date(next));
  expect(latestTick(schedule, new Date(now))).toEqual(new Date(last));
});

test('what a schedule comes to is when the library runs it', async () => {
  const runs: Date[] = [];
  const job = { name: 'often', hasDryRun: false, run: async () => ({ at: runs.push(new Date()) }) };
  const schedule = '7-59/13 3-5 1,2 3 *';
  const scheduler = startScheduler([{ job, schedule, runsAtStart: false }], options());
  await vi.advanceTimersByTimeAsync(0);
  const expected: Date[] = [];
  for (let at = new Date(); expected.length < 12; ) {
    at = nextTick(schedule, at) ?? at;
    expected.push(at);
  }
  await vi.advanceTimersByTimeAsync((expected.at(-1) ?? new Date()).getTime() - Date.now());
  await scheduler.stop();
  expect(runs).toEqual(expected);
});

describe('a tick that came while no node was there', () => {
  const name = 'nightly';
  const leasesOf = async (tickAt: string) => {
    const leases = memoryLeases();
    const lease = { job: name, tickAt: new Date(tickAt), holder: 'before' };
    await leases.take(lease, lease.tickAt, 60);
    await leases.release(lease, true);
    return leases;
  };
  /** Starts so many nodes on the same leases, and tells how often the job ran. */
  async function startNodes(nodes: number, leases = memoryLeases()): Promise<number> {
    let count = 0;
    const job: ScheduledJob = {
      job: { name, hasDryRun: false, run: async () => ({ count: ++count }) },
      schedule: '17 3 * * *',
      runsAtStart: false,
    };
    const started = Array.from({ length: nodes }, () => startScheduler([job], { ...options(), leases }));
    await vi.advanceTimersByTimeAsync(1_000);
    await Promise.all(started.map((scheduler) => scheduler.stop()));
    return count;
  }

  test('is made up once, by one of the nodes that start', async () => {
    const leases = await leasesOf('2026-02-25T03:17:00Z');
    expect(await startNodes(3, leases)).toBe(1);
    expect(await startNodes(3, leases)).toBe(0);
  });

  test('is not there where the latest one was taken', async () => {
    expect(await startNodes(2, await leasesOf('2026-02-28T03:17:00Z'))).toBe(0);
  });

  test('is not there for a job that never ran; what it misses from now on counts', async () => {
    const leases = memoryLeases();
    expect(await startNodes(2, leases)).toBe(0);
    vi.setSystemTime(new Date('2026-03-03T12:00:00Z'));
    expect(await startNodes(2, leases)).toBe(1);
  });
});
