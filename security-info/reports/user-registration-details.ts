/** The registration report: a row for each person, by page or as a stream, with filters. */
import { readCursor, writeCursor } from '../cursor.ts';
import { availableSenders } from '../operations/situation.ts';
import type { MethodType } from '../record.ts';
import { type PeopleQuery, type Person, pageOfPeople, peopleInBatches } from './people.ts';
import type { ReportPorts } from './ports.ts';
import { registrationDetails, type UserRegistrationDetails } from './registration-details.ts';

/** Whose rows are wanted; all conditions that are given must hold. */
export interface RegistrationFilter extends PeopleQuery {
  /** A verified method of this type. */
  readonly methodType?: MethodType | undefined;
  readonly status?: UserRegistrationDetails['status'] | undefined;
  readonly isRegistered?: boolean | undefined;
  readonly isCapable?: boolean | undefined;
  readonly isInScope?: boolean | undefined;
  readonly isAdmin?: boolean | undefined;
  readonly isLocked?: boolean | undefined;
  /** Due before this moment: what is due already, too. */
  readonly dueBefore?: Date | undefined;
}

/** A page of rows. It may have fewer than were asked for, even none, and yet not be the last. */
export interface RegistrationPage {
  readonly rows: readonly UserRegistrationDetails[];
  /** Null at the end. */
  readonly nextCursor: string | null;
}

/**
 * One page of the registration report, in the directory's order; looks at a bounded number of accounts.
 * @param page.limit 1 to 1,000
 * @throws {InvalidCursor} `invalid_cursor`, also for a cursor of another filter
 */
export async function userRegistrationDetails(
  ports: ReportPorts,
  filter: RegistrationFilter,
  page: { readonly cursor: string | null; readonly limit: number },
): Promise<RegistrationPage> {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  const query = ['user-registration-details', ...given.sort()];
  const cursor = page.cursor === null ? null : readCursor(query, page.cursor);
  const makeRows = await rowMaker(ports, filter);
  const { rows, nextCursor } = await pageOfPeople(ports, filter, { cursor, limit: page.limit }, makeRows);
  return { rows, nextCursor: nextCursor === null ? null : writeCursor(query, nextCursor) };
}

/** The whole report, one row after the other: no more than a batch is in memory. */
export async function* streamUserRegistrationDetails(
  ports: ReportPorts,
  filter: RegistrationFilter = {},
  signal?: AbortSignal,
): AsyncGenerator<UserRegistrationDetails> {
  const makeRows = await rowMaker(ports, filter);
  for await (const people of peopleInBatches(ports, filter, signal)) yield* makeRows(people);
}

/** One moment and one set of policies for a whole page or stream. */
async function rowMaker(
  ports: ReportPorts,
  filter: RegistrationFilter,
): Promise<(people: readonly Person[]) => UserRegistrationDetails[]> {
  const policies = await ports.policies.latest();
  const senders = availableSenders({ ports });
  const now = ports.clock.now();
  return (people) =>
    people
      .map((person) => registrationDetails(person, policies, senders, now))
      .filter((row) => isWanted(row, filter));
}

const flags = ['status', 'isRegistered', 'isCapable', 'isInScope', 'isAdmin', 'isLocked'] as const;

function isWanted(row: UserRegistrationDetails, filter: RegistrationFilter): boolean {
  const { methodType, dueBefore } = filter;
  if (methodType !== undefined && !row.methodsRegistered.includes(methodType)) return false;
  if (dueBefore !== undefined && (row.dueAt === null || row.dueAt >= dueBefore)) return false;
  return flags.every((flag) => filter[flag] === undefined || filter[flag] === row[flag]);
}
