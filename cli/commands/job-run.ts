/** `job run`: runs a job now, with its progress, whoever has its next turn: jobs can be repeated. */
import type { JobRun } from '../../jobs/job.ts';
import { runRecorded } from '../../jobs/recorded-run.ts';
import type { Command } from '../command.ts';
import { CommandFailed, UsageError } from '../failures.ts';
import { countsInWords } from '../job-counts.ts';

/** The command. */
export const jobRun: Command = {
  name: 'job run',
  summary: "Run a job now; 'job list' names them. Running it twice changes nothing.",
  argument: { name: 'job', doc: "Its name, as 'job list' shows it.", isRequired: true, isRepeatable: false },
  options: { 'dry-run': { doc: 'Count what it would do, and change nothing.' } },
  note: 'Progress goes to standard error. Ctrl-C ends it after the step that it is in.',
  read: ({ positionals, switches }) => ({
    on: 'deployment',
    run: async ({ jobs, recorder }, terminal) => {
      const name = positionals[0] ?? '';
      const dryRun = switches['dry-run'] === true;
      const job = jobs.find((candidate) => candidate.name === name);
      if (!job) {
        throw new UsageError(
          `There is no job '${name}'. There are: ${jobs.map((one) => one.name).join(', ')}.`,
        );
      }
      if (dryRun && !job.hasDryRun) throw new UsageError(`'${name}' has no --dry-run.`);
      const watched: Pick<JobRun, 'signal' | 'onProgress'> = {
        signal: terminal.signal,
        onProgress: (soFar) => terminal.tell(`${name}: ${countsInWords(soFar)}`),
      };
      const counts = await (dryRun
        ? job.run({ ...watched, dryRun })
        : runRecorded(job, 'hand', watched, recorder));
      if (terminal.signal.aborted) {
        throw new CommandFailed(
          'stopped',
          `${name} was stopped (${countsInWords(counts)}). Run it again to go on.`,
        );
      }
      return { json: { job: name, dryRun, counts }, text: `${name}: ${countsInWords(counts)}` };
    },
  }),
};
