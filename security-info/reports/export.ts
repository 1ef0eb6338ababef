/** Reports as files, piece by piece: CSV for spreadsheets, JSON Lines for programs. */
import { methodTypes } from '../record.ts';
import type { PreviewRow } from './preview-person.ts';
import type { MethodDetails, UserRegistrationDetails } from './registration-details.ts';

/** What a cell can hold. */
export type CellValue = string | number | boolean | Date | null;

/** A column of a CSV file. */
export interface CsvColumn<Row> {
  readonly name: string;
  value(row: Row): CellValue;
}

/**
 * A cell. What a spreadsheet would take for a formula has an apostrophe before it.
 * @see RFC 4180 §2
 */
export function csvCell(value: CellValue): string {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'string') return String(value);
  const text = /^\s*[=+\-@]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n\t]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A CSV file with a heading, line by line. */
export async function* csvLines<Row>(
  rows: AsyncIterable<Row>,
  columns: readonly CsvColumn<Row>[],
): AsyncGenerator<string> {
  yield csvLine(columns.map(({ name }) => name));
  for await (const row of rows) yield csvLine(columns.map((column) => column.value(row)));
}

/** One object a line. Dates are written as ISO 8601. */
export async function* jsonLines(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

function csvLine(cells: readonly CellValue[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

const plainFields = [
  'id',
  'userPrincipalName',
  'userDisplayName',
  'isAdmin',
  'isDisabled',
  'isInScope',
  'scopeReason',
  'isRegistered',
  'isCapable',
  'methodsRequired',
  'methodsCounted',
  'status',
  'dueAt',
  'snoozedUntil',
  'isLocked',
  'lastUpdatedAt',
  'policyId',
] as const satisfies readonly (keyof UserRegistrationDetails)[];

const methodFields = [
  'verifiedAt',
  'confirmedAt',
  'dueAt',
  'isPrefilled',
  'isCoolingOff',
] as const satisfies readonly (keyof MethodDetails)[];

/** The columns of the registration report; of several methods of a type the one that is due first. */
export const registrationColumns: readonly CsvColumn<UserRegistrationDetails>[] = [
  ...plainFields.map((name) => ({ name, value: (row: UserRegistrationDetails) => row[name] })),
  { name: 'markedBy', value: ({ mark }) => mark?.by ?? null },
  { name: 'markedAt', value: ({ mark }) => mark?.at ?? null },
  { name: 'methodsRegistered', value: ({ methodsRegistered }) => methodsRegistered.join(' ') },
  ...methodTypes.flatMap((type) =>
    methodFields.map((field) => ({
      name: `${type}.${field}`,
      value: ({ methods }: UserRegistrationDetails) => {
        const [first] = methods.filter(({ methodType }) => methodType === type).sort(byDueDate);
        return first?.[field] ?? null;
      },
    })),
  ),
];

function byDueDate(one: MethodDetails, other: MethodDetails): number {
  return (one.dueAt?.getTime() ?? Number.MAX_VALUE) - (other.dueAt?.getTime() ?? Number.MAX_VALUE);
}

/** The columns of a policy's dry run. */
export const previewColumns: readonly CsvColumn<PreviewRow>[] = [
  ...(
    ['id', 'userPrincipalName', 'userDisplayName', 'isAdmin', 'isInScope', 'policyId', 'change'] as const
  ).map((name) => ({ name, value: (row: PreviewRow) => row[name] })),
  ...(['before', 'after'] as const).flatMap((when) =>
    (['at', 'reason', 'missing'] as const).map((name) => ({
      name: `${when}.${name}`,
      value: (row: PreviewRow) => row[when][name],
    })),
  ),
];
