/** The schedules: which are valid, that a tick comes at its minute, and that a stop is a stop. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isValidSchedule, startScheduler } from '../../jobs/scheduler.ts';

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-03-01T03:15:30Z') }));
afterEach(() => void vi.useRealTimers());

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
    {
      clock: { now: () => new Date() },
      leases: { take: async () => true, renew: async () => true, release: async () => {} },
      log: { info: () => {}, error: () => {} },
    },
  );
  await vi.advanceTimersByTimeAsync(120_000);
  expect(runs.toSorted()).toEqual(['minutely 03:15', 'minutely 03:16', 'minutely 03:17', 'nightly 03:17']);
  await scheduler.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(runs).toHaveLength(4);
});
