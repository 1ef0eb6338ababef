/** Counts over the rows of the registration report: how many per method, and how many become due on which day. */
import { type MethodType, methodTypes } from '../record.ts';
import type { ReportPorts } from './ports.ts';
import type { UserRegistrationDetails } from './registration-details.ts';
import { streamUserRegistrationDetails } from './user-registration-details.ts';

const dayMilliseconds = 86_400_000;
/** How many days ahead the report of due dates looks, today included. */
export const dueDays = 90;

/** How many have which method; Graph's `usersRegisteredByMethod`, with totals. Disabled accounts are not counted. */
export interface UsersRegisteredByMethod {
  readonly totalUserCount: number;
  readonly inScopeUserCount: number;
  /** Of those in scope. */
  readonly registeredUserCount: number;
  readonly capableUserCount: number;
  readonly methods: readonly {
    readonly methodType: MethodType;
    /** Who has a verified one. */
    readonly userCount: number;
    /** Who has only one that an admin filled in. */
    readonly prefilledUserCount: number;
  }[];
}

/** How many become due on each day (UTC); who is out of scope is not counted. */
export interface DuePerDay {
  /** Methods are missing: asked at the next sign-in. */
  readonly registrationRequired: number;
  /** A reconfirmation is due already. */
  readonly overdue: number;
  /** Due, and put off by the user. */
  readonly snoozed: number;
  /** The next 90 days, today first. */
  readonly days: readonly { readonly date: string; readonly count: number }[];
  readonly later: number;
  /** In scope, and not due by date at all. */
  readonly never: number;
}

/** Both at once. */
export interface RegistrationOverview {
  readonly byMethod: UsersRegisteredByMethod;
  readonly due: DuePerDay;
}

/** The day (UTC) of a moment: YYYY-MM-DD. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** The days (UTC) from a moment on. */
export function daysFrom(now: Date, count: number): string[] {
  return Array.from({ length: count }, (_, day) => dayOf(new Date(now.getTime() + day * dayMilliseconds)));
}

/** Goes through everybody once and counts for both reports. */
export async function registrationOverview(
  ports: ReportPorts,
  query: { readonly group?: string | undefined } = {},
  signal?: AbortSignal,
): Promise<RegistrationOverview> {
  const tally = createTally(ports.clock.now());
  for await (const row of streamUserRegistrationDetails(ports, query, signal)) tally.add(row);
  return tally.result();
}

/** How many have which method. */
export async function usersRegisteredByMethod(
  ...parts: Parameters<typeof registrationOverview>
): Promise<UsersRegisteredByMethod> {
  return (await registrationOverview(...parts)).byMethod;
}

/** How many become due on which of the next 90 days. */
export async function duePerDay(...parts: Parameters<typeof registrationOverview>): Promise<DuePerDay> {
  return (await registrationOverview(...parts)).due;
}

function createTally(now: Date) {
  const totals = { totalUserCount: 0, inScopeUserCount: 0, registeredUserCount: 0, capableUserCount: 0 };
  const verified = new Map<MethodType, number>();
  const prefilled = new Map<MethodType, number>();
  const due = { registrationRequired: 0, overdue: 0, snoozed: 0, later: 0, never: 0 };
  const perDay = new Map(daysFrom(now, dueDays).map((day) => [day, 0]));

  function addDue({ status, dueAt }: UserRegistrationDetails): void {
    if (status === 'registration_required') due.registrationRequired += 1;
    else if (status === 'snoozed') due.snoozed += 1;
    else if (status === 'reconfirmation_due') due.overdue += 1;
    else if (dueAt === null) due.never += 1;
    else if (!increase(perDay, dayOf(dueAt))) due.later += 1;
  }

  return {
    add(row: UserRegistrationDetails): void {
      if (row.isDisabled) return;
      totals.totalUserCount += 1;
      for (const type of methodTypes) {
        if (row.methodsRegistered.includes(type)) verified.set(type, (verified.get(type) ?? 0) + 1);
        else if (row.methods.some((method) => method.methodType === type && method.isPrefilled))
          prefilled.set(type, (prefilled.get(type) ?? 0) + 1);
      }
      if (!row.isInScope) return;
      totals.inScopeUserCount += 1;
      if (row.isRegistered) totals.registeredUserCount += 1;
      if (row.isCapable) totals.capableUserCount += 1;
      addDue(row);
    },

    result: (): RegistrationOverview => ({
      byMethod: {
        ...totals,
        methods: methodTypes.map((methodType) => ({
          methodType,
          userCount: verified.get(methodType) ?? 0,
          prefilledUserCount: prefilled.get(methodType) ?? 0,
        })),
      },
      due: { ...due, days: [...perDay].map(([date, count]) => ({ date, count })) },
    }),
  };
}

/** Counts one for a day; false where it is none of those that are counted. */
export function increase(perDay: Map<string, number>, day: string): boolean {
  const count = perDay.get(day);
  if (count === undefined) return false;
  perDay.set(day, count + 1);
  return true;
}
