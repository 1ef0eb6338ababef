/** What a row says of a person beside their methods: only what differs from what is there. */
import type { FieldError } from '../../errors.ts';
import type { Account } from '../../ports.ts';
import { type ImportColumn, type ProfileColumn, profileColumns } from './columns.ts';
import { groupsCell, readGroupsCell } from './csv-cell.ts';
import { readPersonLocale, readPersonMailbox, readPersonName } from './person-fields.ts';

/** What is to be set; what is not named stays. */
export type ProfileChanges = Partial<Pick<Account, ProfileColumn>>;

/** Something wrong with a cell. */
export interface CellError extends Pick<FieldError, 'code' | 'values'> {
  readonly column: ImportColumn;
}

/** A cell as an export writes it. */
export function profileCell(account: Account, column: ProfileColumn): string {
  return column === 'groups' ? groupsCell(account.groups) : (account[column] ?? '');
}

/** Reads the cells of a profile. What stands there already is not judged, whoever wrote it. */
export function judgeProfile(
  texts: ReadonlyMap<ImportColumn, string>,
  account: Account,
  { mayChange }: { readonly mayChange: boolean },
): { readonly changes: ProfileChanges; readonly errors: readonly CellError[] } {
  let changes: ProfileChanges = {};
  const errors: CellError[] = [];
  for (const column of profileColumns) {
    const text = texts.get(column);
    if (text === undefined || text === profileCell(account, column).trim()) continue;
    const read = column === 'groups' ? readGroups(text, account) : readText(column, text, account);
    if ('code' in read) errors.push({ ...read, column });
    else if ('changes' in read && !mayChange) errors.push({ column, code: 'person_not_changeable' });
    else if ('changes' in read) changes = { ...changes, ...read.changes };
  }
  return { changes, errors };
}

type ReadCell =
  | { readonly changes: ProfileChanges }
  | { readonly isSame: true }
  | Pick<FieldError, 'code' | 'values'>;

function readGroups(text: string, account: Account): ReadCell {
  const groups: string[] = [];
  for (const read of readGroupsCell(text).map(readPersonName)) {
    if ('code' in read) return read;
    groups.push(read.value);
  }
  const isSame =
    groups.length === account.groups.length && groups.every((name) => account.groups.includes(name));
  return isSame ? { isSame } : { changes: { groups } };
}

function readText(column: Exclude<ProfileColumn, 'groups'>, text: string, account: Account): ReadCell {
  const readers = { mailbox: readPersonMailbox, locale: readPersonLocale };
  const read = column === 'mailbox' || column === 'locale' ? readers[column](text) : readPersonName(text);
  if ('code' in read) return read;
  return read.value === account[column] ? { isSame: true } : { changes: { [column]: read.value } };
}
