/** `job run`: runs a job now, with its progress, whoever has its next turn: jobs can be repeated. */
import type { JobCounts } from '../../jobs/job.ts';
import type { Command } from '../command.ts';
import { CommandFailed, UsageError } from '../failures.ts';

/** The command. */
export const jobRun: Command = {
  name: 'job run',
  summary: 'Run a job now, whoever has its next turn. Running it twice changes nothing.',
  argument: {
    name: 'job',
    doc: 'mark-reconfirmation, remind, deliver, sync-directory or report-snapshot.',
    isRequired: true,
    isRepeatable: false,
  },
  options: { 'dry-run': { doc: 'Count what it would do, and change nothing.' } },
  note: 'Progress goes to standard error. Ctrl-C ends it after the step that it is in.',
  read: ({ positionals, switches }) => ({
    on: 'deployment',
    run: async ({ jobs }, terminal) => {
      const name = positionals[0] ?? '';
      const dryRun = switches['dry-run'] === true;
      const job = jobs.find((candidate) => candidate.name === name);
      if (!job) {
        throw new UsageError(
          `There is no job '${name}'. There are: ${jobs.map((one) => one.name).join(', ')}.`,
        );
      }
      if (dryRun && !job.hasDryRun) throw new UsageError(`'${name}' has no --dry-run.`);
      const counts = await job.run({
        dryRun,
        signal: terminal.signal,
        onProgress: (soFar) => terminal.tell(`${name}: ${inWords(soFar)}`),
      });
      if (terminal.signal.aborted) {
        throw new CommandFailed(
          'stopped',
          `${name} was stopped (${inWords(counts)}). Run it again to go on.`,
        );
      }
      return { json: { job: name, dryRun, counts }, text: `${name}: ${inWords(counts)}` };
    },
  }),
};

function inWords(counts: JobCounts): string {
  return Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}
