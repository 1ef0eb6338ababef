/** Everybody with their methods in clear, in the shape of an import, a page of people at a time. */

import type { Account, AccountDirectory } from '../../ports.ts';
import { openAddress } from '../../sealing.ts';
import { type ActingAdmin, adminEvent } from '../acting-admin.ts';
import {
  type ImportColumn,
  importColumns,
  type MethodColumn,
  methodTypesByColumn,
  profileColumns,
} from './columns.ts';
import { csvLine } from './csv-cell.ts';
import type { ImportPorts } from './import-ports.ts';
import { inParallel } from './in-parallel.ts';
import { profileCell } from './judge-profile.ts';

/** People per read. */
const pageSize = 200;
/** Records that are read at once. */
const width = 8;

/**
 * The lines of a CSV, the header first. That it was read is in the audit log before any of it is given.
 * @param group only the members of this group
 */
export async function* exportPeople(
  ports: Pick<ImportPorts, 'directory' | 'records' | 'keys' | 'eventLog' | 'clock'>,
  by: ActingAdmin,
  { group }: { readonly group?: string | undefined } = {},
): AsyncGenerator<string, void, undefined> {
  const { directory, eventLog, clock } = ports;
  const reason = group === undefined ? 'everyone' : 'one group';
  await eventLog.insert([adminEvent(by, 'methods_exported', clock.now(), { reason })]);
  yield csvLine(importColumns);
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<AccountDirectory['list']>> = await directory.list({
      ...{ cursor, limit: pageSize },
      ...(group === undefined ? {} : { group }),
    });
    const lines = await inParallel(page.accounts, width, (account) => personLine(ports, account));
    yield lines.join('');
    cursor = page.nextCursor;
    if (cursor === null) return;
  }
}

async function personLine(
  { records, keys }: Pick<ImportPorts, 'records' | 'keys'>,
  account: Account,
): Promise<string> {
  const { methods } = await records.read(account.id);
  const addresses = methodTypesByColumn.map(([column, type]): [MethodColumn, string] => {
    const method = methods.find((one) => one.type === type && one.replacedById === null);
    return [column, (method === undefined ? null : openAddress(keys, account.id, method)) ?? ''];
  });
  const cells = new Map<ImportColumn, string>([
    ['user', account.loginName],
    ...profileColumns.map((column): [ImportColumn, string] => [column, profileCell(account, column)]),
    ...addresses,
  ]);
  return csvLine(importColumns.map((column) => cells.get(column) ?? ''));
}
