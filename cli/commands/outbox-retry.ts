/** `outbox retry`: has notices tried again that were given up, as if they were new. */
import type { Command } from '../command.ts';
import { CommandFailed, UsageError } from '../failures.ts';

/** The command. */
export const outboxRetry: Command = {
  name: 'outbox retry',
  summary: 'Have notices tried again that were given up.',
  argument: {
    name: 'notice',
    doc: "As 'outbox list' shows it; or --all.",
    isRequired: false,
    isRepeatable: true,
  },
  options: { all: { doc: 'All of them.' } },
  note: "They go out with the next run of the job 'deliver'.",
  read({ positionals, switches }) {
    const isAll = switches['all'] === true;
    if (isAll === positionals.length > 0) throw new UsageError('Name notices, or give --all.');
    return {
      on: 'deployment',
      run: async ({ deadLetters }) => {
        if (isAll) return answer(await deadLetters.retryAllDead());
        const missing: string[] = [];
        for (const key of positionals) if (!(await deadLetters.retryDead(key))) missing.push(key);
        if (missing.length === 0) return answer(positionals.length);
        const rest = positionals.length - missing.length;
        throw new CommandFailed(
          'notice_not_found',
          `Not among the notices that were given up: ${missing.join(', ')}. Queued: ${rest}.`,
        );
      },
    };
  },
};

function answer(queued: number) {
  return { json: { queued }, text: `Queued: ${queued}.` };
}
