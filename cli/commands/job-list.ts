/** `job list`: the jobs with their schedules, when each ran last and will run next, and with what result. */
import type { JobStatus } from '../../jobs/list-jobs.ts';
import type { Command } from '../command.ts';
import { countsInWords } from '../job-counts.ts';
import { textTable } from '../text-table.ts';

/** The command. */
export const jobList: Command = {
  name: 'job list',
  summary: 'List the jobs: schedule, last run, next run, result, duration and counts.',
  argument: null,
  options: {},
  note: 'Times and schedules are in UTC. A job runs on one node at a time; the last run may have been on any.',
  read: () => ({
    on: 'deployment',
    run: async ({ listJobs }) => {
      const jobs = await listJobs();
      const heading = ['JOB', 'SCHEDULE', 'LAST RUN', 'RESULT', 'TOOK', 'COUNTS', 'NEXT RUN'];
      return { json: jobs, text: textTable(heading, jobs.map(rowOf)) };
    },
  }),
};

function rowOf({ name, schedule, lastRun, nextRunAt }: JobStatus): readonly string[] {
  return [
    name,
    schedule,
    lastRun === null ? 'never' : minuteOf(lastRun.startedAt),
    lastRun === null ? '' : [lastRun.result, ...(lastRun.error === null ? [] : [lastRun.error])].join(': '),
    lastRun === null ? '' : durationInWords(lastRun.durationMilliseconds),
    lastRun === null ? '' : countsInWords(lastRun.counts),
    nextRunAt === null ? 'never' : minuteOf(nextRunAt),
  ];
}

function minuteOf(time: Date): string {
  return time.toISOString().slice(0, 16).replace('T', ' ');
}

function durationInWords(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
