/** `export`: everybody with their methods in clear, in the shape of an import. */
import { atCommandLine } from '../../security-info/admin/acting-admin.ts';
import { exportPeople } from '../../security-info/admin/import/export-people.ts';
import type { Command } from '../command.ts';
import { CommandFailed } from '../failures.ts';

/** The command. */
export const exportCommand: Command = {
  name: 'export',
  summary: 'Export people and their methods, in clear, as a CSV that can be imported.',
  argument: {
    name: 'file',
    doc: 'Where to; only its owner can read it. Without one: standard output.',
    isRequired: false,
    isRepeatable: false,
  },
  options: { group: { value: 'group', doc: 'Only the members of this group.' } },
  note: 'Numbers and addresses stand in it in clear: that it was made is in the audit log. A cell that a spreadsheet\nwould take for a formula, such as a number with +, begins with an apostrophe; an import takes it off again.',
  read: ({ positionals, values }) => ({
    on: 'deployment',
    run: async ({ ports, directory }, { writeFile, signal }) => {
      const file = positionals[0] ?? null;
      const lines = exportPeople({ ...ports, directory }, atCommandLine, { group: values['group'] });
      await writeFile(file, whileWanted(lines, signal));
      if (signal.aborted) throw new CommandFailed('stopped', 'The export was stopped: it is not complete.');
      return file === null ? { json: undefined, text: '' } : { json: { file }, text: `Written to ${file}.` };
    },
  }),
};

async function* whileWanted(lines: AsyncIterable<string>, signal: AbortSignal): AsyncGenerator<string> {
  for await (const text of lines) {
    if (signal.aborted) return;
    yield text;
  }
}
