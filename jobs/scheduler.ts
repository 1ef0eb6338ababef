/**
 * When jobs run: each by its cron expression, in UTC. The only file that knows the cron library.
 * Which node runs a tick is tick.ts's matter, what a job does its own file's.
 */
import { createTask, validate } from 'node-cron';
import type { Job } from './job.ts';
import { createTicks, type TickOptions } from './tick.ts';

/** A job and when it runs. */
export interface ScheduledJob {
  readonly job: Job;
  /** A cron expression of five fields, in UTC. */
  readonly schedule: string;
  /** Whether it also runs once at once, whatever the time. */
  readonly runsAtStart: boolean;
}

/** Jobs that run by their schedules. */
export interface Scheduler {
  /** No tick comes after this; resolves when what was running has ended. */
  stop(): Promise<void>;
}

/** True for a cron expression of five fields (minute, hour, day, month, weekday). */
export function isValidSchedule(expression: string): boolean {
  return expression.trim().split(/\s+/).length === 5 && validate(expression);
}

/** Starts the schedules, and what runs at the start. A job that fails is logged and runs again at its next tick. */
export function startScheduler(jobs: readonly ScheduledJob[], options: TickOptions): Scheduler {
  const ticks = createTicks(options);
  const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
  const tasks = jobs.map(({ job, schedule }) =>
    createTask(schedule, ({ date }) => ticks.run(job, date), {
      timezone: 'UTC',
      suppressMissedWarning: true,
      logger: silent,
    }),
  );
  for (const task of tasks) void task.start();
  for (const { job, runsAtStart } of jobs) if (runsAtStart) void ticks.runAtStart(job);
  return {
    stop: async () => {
      await Promise.all(tasks.map((task) => task.destroy()));
      await ticks.stop();
    },
  };
}
