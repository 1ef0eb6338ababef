/** `import`: people and their methods from a CSV, judged before anything changes, and taken up again after a kill. */

import { atCommandLine } from '../../security-info/admin/acting-admin.ts';
import type { ImportJob, ImportOptions, ImportPorts } from '../../security-info/admin/import/import-ports.ts';
import { applyImport, createImport } from '../../security-info/admin/import/imports.ts';
import { isAtRest, readImport, runImport } from '../../security-info/admin/import/run-import.ts';
import { isPhoneCountry } from '../../security-info/methods/phone-number.ts';
import type { Answer, Command, GivenArguments, Terminal } from '../command.ts';
import { CommandFailed, UsageError } from '../failures.ts';
import { importReport, progressTeller } from '../import-report.ts';

/** The command. */
export const importCommand: Command = {
  name: 'import',
  summary: 'Import people and their methods from a CSV: every row is checked before anything changes.',
  argument: {
    name: 'file',
    doc: 'A CSV in UTF-8; - is standard input. Its first line names the columns, see below.',
    isRequired: false,
    isRepeatable: false,
  },
  options: {
    check: { doc: 'Check every row, and change nothing. --resume applies it afterwards.' },
    'on-errors': {
      value: 'what',
      doc: 'With bad rows: skip them, or stop and change nothing. Default stop.',
    },
    unknown: { value: 'what', doc: 'People who are not there: create them, or report them. Default create.' },
    country: { value: 'letters', doc: 'The country of numbers that do not begin with +, such as FR.' },
    resume: { value: 'import', doc: 'Go on with an import that was cut off, or apply one that was checked.' },
    report: { value: 'file', doc: 'Write everything that is wrong into this CSV.' },
  },
  note: [
    'Columns: user (login name or account id), displayName, givenName, familyName, mailbox, locale, groups (a',
    'semicolon between two), mobilePhone, alternatePhone, officePhone, email, country. Only user has to be there; an',
    'empty cell leaves things as they are. What a cell fills in takes the place of what was there, as in',
    "'methods prefill'. People who are made have no password: 'account new-password' gives one.",
  ].join('\n'),
  read(given) {
    const { positionals, values } = given;
    const [file] = positionals;
    const resume = values['resume'];
    if ((file === undefined) === (resume === undefined)) {
      throw new UsageError('Say which <file> to import, or with --resume which import to go on with.');
    }
    const options = readOptions(given);
    return {
      on: 'deployment',
      run: async ({ ports, directory, imports }, terminal) => {
        const parts: ImportPorts = { ...ports, directory, imports };
        const begun =
          file === undefined
            ? await takeUp(parts, resume ?? '', options)
            : await createImport(parts, atCommandLine, await terminal.openFile(file), options);
        terminal.tell(`import ${begun.id}: ${begun.counts.rows} rows`);
        const job = await runImport(parts, begun.id, terminal.signal, progressTeller(terminal));
        if (!isAtRest(job)) throw unfinished(job, terminal);
        return answerTo(parts, job, terminal, values['report']);
      },
    };
  },
};

function readOptions({ values, switches }: GivenArguments): ImportOptions {
  const country = values['country']?.toUpperCase() ?? null;
  if (country !== null && !isPhoneCountry(country)) {
    throw new UsageError('--country takes the two letters of a country, such as FR.');
  }
  return {
    onErrors: choose('on-errors', values['on-errors'], ['stop', 'skip']),
    checkOnly: switches['check'] === true,
    unknownPeople: choose('unknown', values['unknown'], ['create', 'report']),
    country,
  };
}

/** The first choice where none was given. */
function choose<Choice extends string>(
  option: string,
  text: string | undefined,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  if (text === undefined) return choices[0];
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  throw new UsageError(`--${option} takes one of: ${choices.join(', ')}.`);
}

/** What was only checked is applied; whatever else was cut off goes on as it was. */
async function takeUp(ports: ImportPorts, importId: string, options: ImportOptions): Promise<ImportJob> {
  const job = await readImport(ports, importId);
  if (job.state !== 'checked' || options.checkOnly) return job;
  return applyImport(ports, atCommandLine, importId, options);
}

function unfinished({ id }: ImportJob, { signal }: Terminal): CommandFailed {
  return signal.aborted
    ? new CommandFailed(
        'stopped',
        `The import was stopped. Go on with: oidc-security-info import --resume ${id}`,
      )
    : new CommandFailed('import_taken', `Another process has import ${id} in hand, and goes on with it.`);
}

async function answerTo(
  ports: ImportPorts,
  job: ImportJob,
  terminal: Terminal,
  reportFile: string | undefined,
): Promise<Answer> {
  const report = importReport(ports, job, terminal.words);
  if (reportFile !== undefined) await terminal.writeFile(reportFile, report.csv());
  return report.answer();
}
