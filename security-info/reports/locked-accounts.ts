/** Who is locked out at the moment: counters of wrong proofs that are closed, and delays after wrong passwords. */
import { readCursor, writeCursor } from '../cursor.ts';
import type { Caller } from '../record.ts';
import { closedUntil } from '../wrong-proofs.ts';
import { type PeopleQuery, type Person, pageOfPeople, peopleInBatches } from './people.ts';
import type { PasswordDelays, ReportPorts } from './ports.ts';

/** Somebody who is locked out somewhere. */
export interface LockedAccount {
  readonly id: string;
  /** The login name. */
  readonly userPrincipalName: string;
  readonly userDisplayName: string;
  /** Until when each kind of caller may give no more proofs; null while it may. */
  readonly proofsClosedUntil: Readonly<Record<Caller, Date | null>>;
  /** Until when a password is not looked at, whoever types it; null without a delay. */
  readonly passwordDelayedUntil: Date | null;
}

type LockPorts = Pick<ReportPorts, 'clock' | 'directory' | 'reportRecords'> & {
  readonly passwordDelays: PasswordDelays;
};

/**
 * One page of who is locked out; looks at a bounded number of accounts.
 * @throws {InvalidCursor} `invalid_cursor`
 */
export async function lockedAccounts(
  ports: LockPorts,
  query: PeopleQuery,
  page: { readonly cursor: string | null; readonly limit: number },
): Promise<{ readonly rows: readonly LockedAccount[]; readonly nextCursor: string | null }> {
  const asked = ['locked-accounts', query.group ?? null, query.loginNamePrefix ?? null];
  const cursor = page.cursor === null ? null : readCursor(asked, page.cursor);
  const { rows, nextCursor } = await pageOfPeople(ports, query, { ...page, cursor }, rowMaker(ports));
  return { rows, nextCursor: nextCursor === null ? null : writeCursor(asked, nextCursor) };
}

/** Everybody who is locked out, one after the other. */
export async function* streamLockedAccounts(
  ports: LockPorts,
  query: PeopleQuery = {},
  signal?: AbortSignal,
): AsyncGenerator<LockedAccount> {
  const makeRows = rowMaker(ports);
  for await (const people of peopleInBatches(ports, query, signal)) yield* await makeRows(people);
}

function rowMaker({ clock, passwordDelays }: LockPorts) {
  const now = clock.now();
  return async (people: readonly Person[]): Promise<LockedAccount[]> => {
    const delays = await passwordDelays.readMany(
      people.map(({ account }) => account.loginName),
      now,
    );
    return people
      .map(({ account, record }) => ({
        id: account.id,
        userPrincipalName: account.loginName,
        userDisplayName: account.displayName,
        proofsClosedUntil: {
          stranger: closedUntil(record, 'stranger', now),
          known_browser: closedUntil(record, 'known_browser', now),
          signed_in: closedUntil(record, 'signed_in', now),
        },
        passwordDelayedUntil: delays.get(account.loginName) ?? null,
      }))
      .filter(
        ({ proofsClosedUntil, passwordDelayedUntil }) =>
          passwordDelayedUntil !== null || Object.values(proofsClosedUntil).some((until) => until !== null),
      );
  };
}
