/** `report users`: what each person has registered, and when it is due; no number, no address. */
import { methodTypes } from '../../security-info/record.ts';
import { registrationColumns } from '../../security-info/reports/export.ts';
import {
  reportStatuses,
  type UserRegistrationDetails,
} from '../../security-info/reports/registration-details.ts';
import {
  type RegistrationFilter,
  streamUserRegistrationDetails,
} from '../../security-info/reports/user-registration-details.ts';
import { adminEvent } from '../admin-event.ts';
import { readWholeNumber } from '../arguments.ts';
import type { Command, GivenArguments } from '../command.ts';
import { reportPorts } from '../deployment.ts';
import { formatOption, readFormat, readMoment, readOneOf, readYesOrNo, writeRows } from '../report-output.ts';
import { textTable } from '../text-table.ts';

/** Rows of a table, unless told otherwise. */
const defaultLimit = 200;
const mostRows = 10_000;

/** The command. */
export const reportUsers: Command = {
  name: 'report users',
  summary: 'Report for each person: in scope, registered, capable, methods, when verified, when due.',
  argument: null,
  options: {
    format: formatOption,
    limit: { value: 'number', doc: `Rows of a table at most; ${defaultLimit} unless told otherwise.` },
    group: { value: 'group', doc: 'Only members of this group.' },
    name: { value: 'prefix', doc: 'Only login names that begin with this.' },
    method: { value: 'type', doc: `Only who has a verified one: ${methodTypes.join(', ')}.` },
    status: { value: 'status', doc: `Only with this status: ${reportStatuses.join(', ')}.` },
    registered: { value: 'yes|no', doc: 'Only who has, or has not, as many methods as the policy asks.' },
    capable: { value: 'yes|no', doc: 'Only who can, or cannot, reset the password with them now.' },
    locked: { value: 'yes|no', doc: 'Only who gave, or did not give, too many wrong proofs.' },
    'due-before': { value: 'date', doc: 'Only who is due before this day or moment, or already.' },
  },
  note: 'csv and jsonl have all rows and every column, and are in the audit log as an export.',
  read(given) {
    const format = readFormat(given);
    const filter = readFilter(given);
    const { limit: typed } = given.values;
    const limit = typed === undefined ? defaultLimit : readWholeNumber('limit', typed, 1, mostRows);
    return {
      on: 'deployment',
      run: async (deployment, terminal) => {
        const ports = reportPorts(deployment);
        const rows = streamUserRegistrationDetails(ports, filter, terminal.signal);
        if (format !== 'table') {
          const event = adminEvent('report_exported', ports.clock.now(), { reason: 'users' });
          await deployment.ports.eventLog.insert([event]);
          return writeRows(terminal, format, rows, registrationColumns);
        }
        const shown: UserRegistrationDetails[] = [];
        let isMore = false;
        for await (const row of rows) {
          isMore = shown.length === limit;
          if (isMore) break;
          shown.push(row);
        }
        if (isMore) terminal.tell(`There are more than ${limit}: give --limit, or --format csv for all.`);
        return { json: shown, text: shown.length === 0 ? 'There is nobody like that.' : tableOf(shown) };
      },
    };
  },
};

function readFilter({ values }: GivenArguments): RegistrationFilter {
  return {
    group: values['group'],
    loginNamePrefix: values['name'],
    methodType: readOneOf('method', values['method'], methodTypes),
    status: readOneOf('status', values['status'], reportStatuses),
    isRegistered: readYesOrNo('registered', values['registered']),
    isCapable: readYesOrNo('capable', values['capable']),
    isLocked: readYesOrNo('locked', values['locked']),
    dueBefore: readMoment('due-before', values['due-before']),
  };
}

function tableOf(rows: readonly UserRegistrationDetails[]): string {
  return textTable(
    ['LOGIN NAME', 'STATUS', 'REGISTERED', 'CAPABLE', 'METHODS', 'DUE', 'POLICY', 'NOTES'],
    rows.map((row) => [
      row.userPrincipalName,
      row.isInScope ? row.status : `${row.status}: ${row.scopeReason}`,
      row.isRegistered ? 'yes' : `${row.methodsCounted} of ${row.methodsRequired}`,
      row.isCapable ? 'yes' : 'no',
      row.methodsRegistered.join(', '),
      row.dueAt?.toISOString().slice(0, 10) ?? '',
      row.policyId,
      notesOf(row),
    ]),
  );
}

function notesOf({ isAdmin, isLocked, mark, snoozedUntil, methods }: UserRegistrationDetails): string {
  return [
    ...(isAdmin ? ['admin'] : []),
    ...(isLocked ? ['locked'] : []),
    ...(mark === null ? [] : [`marked by ${mark.by}`]),
    ...(snoozedUntil === null ? [] : [`put off until ${snoozedUntil.toISOString().slice(0, 10)}`]),
    ...(methods.some(({ isPrefilled }) => isPrefilled) ? ['prefilled'] : []),
    ...(methods.some(({ isCoolingOff }) => isCoolingOff) ? ['cooling off'] : []),
  ].join(', ');
}
