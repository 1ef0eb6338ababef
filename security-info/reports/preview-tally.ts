/** Counts what a change of policy does to everybody: whom it interrupts, when and why, and whom it frees. */
import type { Policy } from '../policy.ts';
import type { Interruption, JudgedPerson, PreviewChange, PreviewSituation } from './preview-person.ts';
import { type PreviewWarning, previewWarnings } from './preview-warnings.ts';
import { proposeSpread, type SpreadProposal } from './spread-proposal.ts';
import { dayOf, daysFrom, dueDays, increase } from './tallies.ts';

/** What a change of policy would do, as counts. Disabled accounts are not counted. */
export interface PolicyPreview {
  readonly accounts: number;
  readonly inScope: { readonly before: number; readonly after: number };
  /** Who is interrupted at the next sign-in, and why. */
  readonly interruptedNow: {
    readonly before: number;
    readonly after: number;
    readonly reasons: readonly { readonly reason: string; readonly count: number }[];
    /** Of those with too few methods: how many of them miss how many. */
    readonly missing: readonly { readonly methods: number; readonly count: number }[];
  };
  readonly changes: Readonly<Record<PreviewChange, number>>;
  /** Who becomes due at once by this change. */
  readonly dueAtOnce: number;
  /** Of these, whom a spread of the proposed policy can put off. */
  readonly spreadable: number;
  /** The settings to add for a spread; null where one day takes them all, or where none is possible. */
  readonly spread: SpreadProposal | null;
  /** Interruptions by date on each of the next 90 days (UTC), today first, without those of `interruptedNow`. */
  readonly days: readonly { readonly date: string; readonly before: number; readonly after: number }[];
  readonly later: { readonly before: number; readonly after: number };
  readonly never: { readonly before: number; readonly after: number };
  /** Admins who could not do what they would be asked. */
  readonly adminsLockedOut: { readonly count: number; readonly of: number; readonly isActingAdmin: boolean };
  readonly warnings: readonly PreviewWarning[];
}

/** The change itself: the policy as it is proposed, or the id of one that is removed. */
export type PolicyProposal = { readonly save: Policy } | { readonly remove: string };

/** Counts one after the other. */
export interface PreviewTally {
  add(person: JudgedPerson, wasInScope: boolean): void;
  result(): PolicyPreview;
}

/** Begins to count. @param actingAdminId the account of the admin who asks, or null */
export function createPreviewTally(
  proposal: PolicyProposal,
  { senders, now }: PreviewSituation,
  actingAdminId: string | null,
): PreviewTally {
  const counts = { accounts: 0, scopeBefore: 0, scopeAfter: 0, spreadable: 0, usersLockedOut: 0 };
  const changes = { newly_interrupted: 0, freed: 0, sooner: 0, later: 0, unchanged: 0 };
  const admins = { of: 0, count: 0 };
  const reasons = new Map<string, number>();
  const missing = new Map<number, number>();
  const [before, after] = [createCalendar(now), createCalendar(now)];
  let former: { days: number; methods: number } | null = null;
  let acting: { isLockedOut: boolean; isInterrupted: boolean } | null = null;

  function addSpreadable({ formerDays, formerMethods }: JudgedPerson): void {
    counts.spreadable += 1;
    // The longest interval, of which 0 is the longest; the smallest number.
    const days = former === null ? formerDays : longer(former.days, formerDays);
    former = { days, methods: Math.min(former?.methods ?? formerMethods, formerMethods) };
  }

  return {
    add(person, wasInScope) {
      const { row, isLockedOut } = person;
      counts.accounts += 1;
      if (wasInScope) counts.scopeBefore += 1;
      if (row.isInScope) counts.scopeAfter += 1;
      changes[row.change] += 1;
      if (wasInScope) before.add(row.before);
      if (row.isInScope) after.add(row.after);
      if (row.after.at === 'now' && row.after.reason !== null) {
        reasons.set(row.after.reason, (reasons.get(row.after.reason) ?? 0) + 1);
        if (row.after.missing > 0) missing.set(row.after.missing, (missing.get(row.after.missing) ?? 0) + 1);
      }
      if ('save' in proposal && row.policyId === proposal.save.id && person.isSpreadable)
        addSpreadable(person);
      if (row.isAdmin) admins.of += 1;
      if (isLockedOut && row.isAdmin) admins.count += 1;
      if (isLockedOut && !row.isAdmin) counts.usersLockedOut += 1;
      if (row.id === actingAdminId) acting = { isLockedOut, isInterrupted: row.after.at === 'now' };
    },

    result() {
      const proposed = 'save' in proposal ? proposal.save : null;
      const dueAtOnce = changes.newly_interrupted;
      const need = {
        count: counts.spreadable,
        inScope: counts.scopeAfter,
        formerDays: former?.days ?? 0,
        formerMethods: former?.methods ?? 0,
        intervalDays: proposed?.reconfirmAfterDays ?? 0,
      };
      return {
        accounts: counts.accounts,
        inScope: { before: counts.scopeBefore, after: counts.scopeAfter },
        interruptedNow: {
          before: before.now(),
          after: after.now(),
          reasons: [...reasons].sort(byCount).map(([reason, count]) => ({ reason, count })),
          missing: [...missing].sort(([a], [b]) => a - b).map(([methods, count]) => ({ methods, count })),
        },
        changes,
        dueAtOnce,
        spreadable: counts.spreadable,
        spread: proposed === null ? null : proposeSpread(need, dayOf(now)),
        days: after.days().map(([date, count], place) => ({
          date,
          before: before.days()[place]?.[1] ?? 0,
          after: count,
        })),
        later: { before: before.later(), after: after.later() },
        never: { before: before.never(), after: after.never() },
        adminsLockedOut: { ...admins, isActingAdmin: acting?.isLockedOut === true },
        warnings: previewWarnings({
          proposed,
          senders,
          actingAdmin: acting,
          admins: admins.of,
          adminsLockedOut: admins.count,
          usersLockedOut: counts.usersLockedOut,
          dueAtOnce,
          inScope: counts.scopeAfter,
        }),
      };
    },
  };
}

function longer(one: number, other: number): number {
  return one === 0 || other === 0 ? 0 : Math.max(one, other);
}

function byCount([, a]: [string, number], [, b]: [string, number]): number {
  return b - a;
}

/** Counts interruptions by their day. */
function createCalendar(now: Date) {
  const perDay = new Map(daysFrom(now, dueDays).map((day) => [day, 0]));
  const counts = { now: 0, later: 0, never: 0 };
  return {
    add({ at }: Interruption): void {
      if (at === 'now') counts.now += 1;
      else if (at === null) counts.never += 1;
      else if (!increase(perDay, dayOf(at))) counts.later += 1;
    },
    now: () => counts.now,
    later: () => counts.later,
    never: () => counts.never,
    days: () => [...perDay],
  };
}
