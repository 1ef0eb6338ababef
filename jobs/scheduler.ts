/**
 * When jobs run: each by its cron expression, in UTC. The only file that knows the cron library.
 * Which node runs a tick is tick.ts's matter, what a job does its own file's.
 */
import { createTask, parse, type ScheduledTask, validate } from 'node-cron';
import type { Job } from './job.ts';
import { createTicks, type TickOptions } from './tick.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
/** Schedules repeat themselves within it, 29 February on a Sunday included. */
const farthestDays = 40 * 366;
const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

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

/** The first time after a moment at which a schedule comes; null where it never does. */
export function nextTick(schedule: string, after: Date): Date | null {
  const { isOn, times, months } = calendarOf(schedule);
  const today = startOfDay(after);
  for (let ahead = 0; ahead <= farthestDays; ahead += 1) {
    const date = today + ahead * day;
    if (!months.has(new Date(date).getUTCMonth()) || !isOn(date)) continue;
    const time = times.find((at) => date + at > after.getTime());
    if (time !== undefined) return new Date(date + time);
  }
  return null;
}

/** The latest time up to a moment at which a schedule came; null where it never did. */
export function latestTick(schedule: string, until: Date): Date | null {
  const { isOn, times, months } = calendarOf(schedule);
  const today = startOfDay(until);
  for (let back = 0; back <= farthestDays; back += 1) {
    const date = today - back * day;
    if (!months.has(new Date(date).getUTCMonth()) || !isOn(date)) continue;
    const time = times.findLast((at) => date + at <= until.getTime());
    if (time !== undefined) return new Date(date + time);
  }
  return null;
}

/** A schedule as days and times of day. In UTC every day has all its minutes, so one decides for the whole day. */
interface Calendar {
  /** Whether the schedule comes on the day that begins then, in milliseconds of the epoch. */
  isOn(date: number): boolean;
  /** In milliseconds from the beginning of the day, the earliest first. */
  readonly times: readonly number[];
  /** From 0. */
  readonly months: ReadonlySet<number>;
}

/** One for each schedule: the library keeps every task that is made, so they are made once. */
const calendars = new Map<string, Calendar>();

function calendarOf(schedule: string): Calendar {
  const known = calendars.get(schedule);
  if (known !== undefined) return known;
  const { minute: minutes, hour: hours, month: months } = parse(schedule);
  const times = hours.flatMap((hour) => minutes.map((one) => (hour * 60 + one) * minute));
  times.sort((one, other) => one - other);
  const task = taskOf(schedule, () => {});
  const calendar: Calendar = {
    times,
    months: new Set(months.map((one) => one - 1)),
    isOn: (date) => task.match(new Date(date + (times[0] ?? 0))),
  };
  calendars.set(schedule, calendar);
  return calendar;
}

function startOfDay(time: Date): number {
  return Math.floor(time.getTime() / day) * day;
}

function taskOf(schedule: string, run: (date: Date) => unknown): ScheduledTask {
  return createTask(schedule, ({ date }) => run(date), {
    timezone: 'UTC',
    suppressMissedWarning: true,
    logger: silent,
  });
}

/**
 * Starts the schedules, what runs at the start, and what was missed: a tick that came while no node was there runs
 * once, on one of them. A job that fails is logged and runs again at its next tick.
 */
export function startScheduler(jobs: readonly ScheduledJob[], options: TickOptions): Scheduler {
  const ticks = createTicks(options);
  const tasks = jobs.map(({ job, schedule }) => taskOf(schedule, (date) => ticks.run(job, date)));
  for (const task of tasks) void task.start();
  for (const { job, schedule, runsAtStart } of jobs) {
    const missedAt = latestTick(schedule, options.clock.now());
    if (runsAtStart) void ticks.runAtStart(job);
    else if (missedAt !== null) void ticks.makeUp(job, missedAt);
  }
  ticks.watch(jobs.map(({ job }) => job));
  return {
    stop: async () => {
      await Promise.all(tasks.map((task) => task.destroy()));
      await ticks.stop();
    },
  };
}
