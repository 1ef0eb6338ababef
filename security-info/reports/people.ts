/** Walks the directory with its records: a page of accounts, one read of their records, and no more in memory. */
import type { Account, AccountDirectory } from '../ports.ts';
import { emptyRecord } from '../record.ts';
import { foldLoginName } from '../throttles.ts';
import type { ReportPorts, ReportRecord } from './ports.ts';

/** Whom a report is about; the directory narrows by it. */
export interface PeopleQuery {
  readonly group?: string | undefined;
  /** The beginning of the login name, as names are compared. */
  readonly loginNamePrefix?: string | undefined;
}

/** An account with its record. */
export interface Person {
  readonly account: Account;
  readonly record: ReportRecord;
}

/** Accounts per read. */
const pageSize = 200;
/** Accounts that one page looks at, for those that its filter wants. */
const scanLimit = 2_000;

type People = Pick<ReportPorts, 'directory' | 'reportRecords'>;
type DirectoryPage = Awaited<ReturnType<AccountDirectory['list']>>;

/** One step: some accounts with their records, and where the directory goes on. */
async function step(
  { directory, reportRecords }: People,
  { group, loginNamePrefix }: PeopleQuery,
  cursor: string | null,
  limit: number,
): Promise<{
  readonly people: readonly Person[];
  readonly nextCursor: string | null;
  readonly read: number;
}> {
  const { accounts, nextCursor }: DirectoryPage = await directory.list({
    cursor,
    limit,
    ...(group === undefined ? {} : { group }),
    ...(loginNamePrefix === undefined ? {} : { loginNamePrefix }),
  });
  const prefix = foldLoginName(loginNamePrefix ?? '');
  // Not every directory can look for names.
  const wanted = accounts.filter(({ loginName }) => foldLoginName(loginName).startsWith(prefix));
  const records = await reportRecords.readMany(wanted.map(({ id }) => id));
  const people = wanted.map((account) => ({
    account,
    record: records.get(account.id) ?? emptyRecord(account.id),
  }));
  return { people, nextCursor, read: accounts.length };
}

/** Everybody, in batches. */
export async function* peopleInBatches(
  ports: People,
  query: PeopleQuery,
  signal?: AbortSignal,
): AsyncGenerator<readonly Person[]> {
  let cursor: string | null = null;
  do {
    const { people, nextCursor }: Awaited<ReturnType<typeof step>> = await step(
      ports,
      query,
      cursor,
      pageSize,
    );
    yield people;
    cursor = nextCursor;
  } while (cursor !== null && signal?.aborted !== true);
}

/**
 * One page of what is made of people: `make` gets some at a time, and leaves out who is not wanted. Looks at a bounded
 * number, so a page may have fewer than `limit`, even none, and yet not be the last.
 * @param limit 1 to 1,000
 */
export async function pageOfPeople<Row>(
  ports: People,
  query: PeopleQuery,
  { cursor, limit }: { readonly cursor: string | null; readonly limit: number },
  make: (people: readonly Person[]) => readonly Row[] | Promise<readonly Row[]>,
): Promise<{ readonly rows: readonly Row[]; readonly nextCursor: string | null }> {
  const rows: Row[] = [];
  let at = cursor;
  for (let scanned = 0; scanned < scanLimit; ) {
    // Never more than there is room for: the directory's cursor is then the page's.
    const { people, nextCursor, read } = await step(
      ports,
      query,
      at,
      Math.min(pageSize, limit - rows.length),
    );
    rows.push(...(await make(people)));
    at = nextCursor;
    scanned += Math.max(read, 1);
    if (at === null || rows.length >= limit) break;
  }
  return { rows, nextCursor: at };
}
