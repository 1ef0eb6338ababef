/** `policy preview`: the dry run of `policy set` and `policy remove`: whom it would interrupt, why and when. */
import { defaultPolicyId } from '../../security-info/policy.ts';
import { previewColumns } from '../../security-info/reports/export.ts';
import { previewPolicy, streamPolicyPreview } from '../../security-info/reports/policy-preview.ts';
import type { PolicyPreview, PolicyProposal } from '../../security-info/reports/preview-tally.ts';
import type { Command, GivenArguments, Terminal } from '../command.ts';
import { type AdministeredDeployment, reportPorts } from '../deployment.ts';
import { UsageError } from '../failures.ts';
import { findPolicy } from '../find-policy.ts';
import { readProposal, settingsArgument, settingsNote, settingsOptions } from '../policy-proposal.ts';
import { readFormat, writeRows } from '../report-output.ts';
import { textTable } from '../text-table.ts';

/** The command. */
export const policyPreview: Command = {
  name: 'policy preview',
  summary: 'Say whom a change of policy would interrupt, why and when, without changing anything.',
  argument: settingsArgument,
  options: {
    ...settingsOptions,
    remove: { value: 'id', doc: 'Instead of settings: what if the policy of this id were removed.' },
    format: {
      value: 'format',
      doc: 'table (the default): counts; csv or jsonl: everybody whom the change concerns or who is interrupted, one a line.',
    },
  },
  note: settingsNote,
  read(given) {
    const format = readFormat(given);
    const propose = readChange(given);
    return {
      on: 'deployment',
      run: async (deployment, terminal) => {
        const proposal = await propose(deployment, terminal);
        const ports = reportPorts(deployment);
        const { signal } = terminal;
        if (format === 'table') {
          const preview = await previewPolicy(ports, proposal, { signal });
          return { json: preview, text: inWords(preview, terminal) };
        }
        const rows = streamPolicyPreview(ports, proposal, {}, signal);
        return writeRows(terminal, format, concerned(rows), previewColumns);
      },
    };
  },
};

type Propose = (deployment: AdministeredDeployment, terminal: Terminal) => Promise<PolicyProposal>;

function readChange(given: GivenArguments): Propose {
  const { remove, policy, file } = given.values;
  if (remove === undefined) {
    const propose = readProposal(given);
    return async (deployment, terminal) => ({ save: (await propose(deployment, terminal)).policy });
  }
  if (given.positionals.length > 0 || policy !== undefined || file !== undefined) {
    throw new UsageError('Give settings or --remove, not both.');
  }
  if (remove === defaultPolicyId) throw new UsageError(`The ${defaultPolicyId} policy stays.`);
  return async ({ ports }) => ({ remove: findPolicy(await ports.policies.latest(), remove).id });
}

async function* concerned(
  rows: ReturnType<typeof streamPolicyPreview>,
): ReturnType<typeof streamPolicyPreview> {
  for await (const row of rows) if (row.change !== 'unchanged' || row.after.at === 'now') yield row;
}

function inWords(preview: PolicyPreview, { words }: Terminal): string {
  const { inScope, interruptedNow, changes, later, never, spread, warnings } = preview;
  const rows: (readonly [string, string | number, string | number])[] = [
    ['in scope', inScope.before, inScope.after],
    ['interrupted at the next sign-in', interruptedNow.before, interruptedNow.after],
    ...preview.days
      .filter(({ before, after }) => before + after > 0)
      .map(({ date, before, after }) => [`due on ${date}`, before, after] as const),
    ['due later', later.before, later.after],
    ['never due by date', never.before, never.after],
  ];
  const table = textTable(
    ['', 'TODAY', 'THEN'],
    rows.map((row) => row.map(String)),
  );
  const reasons = interruptedNow.reasons.map(({ reason, count }) => `  ${count} by ${reason}`);
  const missing = interruptedNow.missing.map(({ methods, count }) => `  ${count} with ${methods} missing`);
  const became = `Newly interrupted: ${changes.newly_interrupted}. Freed: ${changes.freed}. Sooner: ${changes.sooner}. Later: ${changes.later}.`;
  const proposed =
    spread === null
      ? []
      : [
          `Proposed spread, at most about ${spread.perDay} a day: spreadFrom=${spread.spreadFrom} spreadDays=${spread.spreadDays} spreadFormerDays=${spread.spreadFormerDays} spreadFormerMethods=${spread.spreadFormerMethods}`,
          'policy set --spread adds it, policy set --at-once does without.',
        ];
  const warned = warnings.map(
    ({ code, values }) => `Warning: ${words.text(`policy_warning.${code}`, values)}`,
  );
  return [table, 'Then interrupted:', ...reasons, ...missing, became, ...proposed, ...warned].join('\n');
}
