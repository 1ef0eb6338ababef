/** `report methods` and `report due`: how many have which method, and how many become due on which day. */
import type { CsvColumn } from '../../security-info/reports/export.ts';
import { duePerDay, usersRegisteredByMethod } from '../../security-info/reports/tallies.ts';
import type { Command } from '../command.ts';
import { reportPorts } from '../deployment.ts';
import { formatOption, readFormat, writeRows } from '../report-output.ts';
import { textTable } from '../text-table.ts';

const options = { format: formatOption, group: { value: 'group', doc: 'Only members of this group.' } };

/** Numbers with what they count. */
interface Counted {
  readonly what: string;
  readonly count: number;
}

const columns: readonly CsvColumn<Counted>[] = [
  { name: 'what', value: ({ what }) => what },
  { name: 'count', value: ({ count }) => count },
];

/** `report methods`. */
export const reportMethods: Command = {
  name: 'report methods',
  summary: 'Count who has which method, who is in scope, registered and capable.',
  argument: null,
  options,
  note: 'Disabled accounts are not counted. Registered and capable are counted of those in scope.',
  read(given) {
    const format = readFormat(given);
    const group = given.values['group'];
    return {
      on: 'deployment',
      run: async (deployment, terminal) => {
        const report = await usersRegisteredByMethod(reportPorts(deployment), { group }, terminal.signal);
        const rows = [
          { what: 'accounts', count: report.totalUserCount },
          { what: 'in scope', count: report.inScopeUserCount },
          { what: 'registered', count: report.registeredUserCount },
          { what: 'capable', count: report.capableUserCount },
          ...report.methods.flatMap(({ methodType, userCount, prefilledUserCount }) => [
            { what: methodType, count: userCount },
            { what: `${methodType}, prefilled only`, count: prefilledUserCount },
          ]),
        ];
        if (format !== 'table') return writeRows(terminal, format, each(rows), columns);
        return { json: report, text: tableOf(rows) };
      },
    };
  },
};

/** `report due`. */
export const reportDue: Command = {
  name: 'report due',
  summary: 'Count who becomes due on which of the next 90 days (UTC), and who is already.',
  argument: null,
  options,
  note: 'Disabled accounts and who is out of scope are not counted.',
  read(given) {
    const format = readFormat(given);
    const group = given.values['group'];
    return {
      on: 'deployment',
      run: async (deployment, terminal) => {
        const report = await duePerDay(reportPorts(deployment), { group }, terminal.signal);
        const rows = [
          { what: 'methods missing', count: report.registrationRequired },
          { what: 'overdue', count: report.overdue },
          { what: 'put off', count: report.snoozed },
          ...report.days.map(({ date, count }) => ({ what: date, count })),
          { what: 'later', count: report.later },
          { what: 'never', count: report.never },
        ];
        if (format !== 'table') return writeRows(terminal, format, each(rows), columns);
        const days = new Set(report.days.filter(({ count }) => count === 0).map(({ date }) => date));
        return { json: report, text: tableOf(rows.filter(({ what }) => !days.has(what))) };
      },
    };
  },
};

function tableOf(rows: readonly Counted[]): string {
  return textTable(
    ['', 'ACCOUNTS'],
    rows.map(({ what, count }) => [what, String(count)]),
  );
}

async function* each<Row>(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}
