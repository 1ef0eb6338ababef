/** What in a record has expired, and when more of it will. What each write of a record tidies up by itself is settle.ts's. */
import type { EffectivePolicy } from './policy.ts';
import { findMethod, type Method, type SecurityInfoRecord } from './record.ts';
import { snoozeFor } from './snooze.ts';
import { needOf } from './status.ts';

/** A snooze past its deadline that still says how much was used is looked at again after so many days. */
const lookAgainDays = 30;
const dayMilliseconds = 86_400_000;

/** How much of each kind has expired. */
export interface Expired {
  readonly challenges: number;
  readonly accessPasses: number;
  readonly replacedMethods: number;
  readonly snoozes: number;
}

/** When something in the record expires next, or has; null where nothing can. */
export function nextExpiry(record: SecurityInfoRecord, now: Date): Date | null {
  const { challenges, accessPass, snooze } = record;
  const times = [
    ...challenges.map(({ expiresAt }) => expiresAt),
    ...(accessPass === null ? [] : [accessPass.expiresAt]),
    ...record.methods.flatMap((method) => endOfReplaced(record, method) ?? []),
    ...(snooze?.deadlineAt ? [laterOr(snooze.deadlineAt, now)] : []),
  ];
  return times.reduce<Date | null>((first, time) => (first === null || time < first ? time : first), null);
}

/** Until when a method that was replaced is kept: its successor may be undone till then. Null for every other. */
function endOfReplaced(record: SecurityInfoRecord, { replacedById }: Method): Date | null {
  if (replacedById === null) return null;
  return findMethod(record, replacedById)?.coolingOffUntilAt ?? new Date(0);
}

function laterOr(deadlineAt: Date, now: Date): Date {
  return deadlineAt > now ? deadlineAt : new Date(now.getTime() + lookAgainDays * dayMilliseconds);
}

/**
 * The record without what has expired, and how much that was; null where nothing has.
 * @param policy of the account, or null where that is not known: what depends on it stays
 */
export function withoutExpired(
  record: SecurityInfoRecord,
  policy: EffectivePolicy | null,
  now: Date,
): { readonly next: SecurityInfoRecord; readonly expired: Expired } | null {
  const challenges = record.challenges.filter(({ expiresAt }) => expiresAt > now);
  const methods = record.methods.filter((method) => {
    const end = endOfReplaced(record, method);
    return end === null || end > now;
  });
  const isPassOver = record.accessPass !== null && record.accessPass.expiresAt <= now;
  const isSnoozeOver = hasMeaninglessSnooze(record, policy, now);
  const expired: Expired = {
    challenges: record.challenges.length - challenges.length,
    accessPasses: isPassOver ? 1 : 0,
    replacedMethods: record.methods.length - methods.length,
    snoozes: isSnoozeOver ? 1 : 0,
  };
  if (Object.values(expired).every((count) => count === 0)) return null;
  const isPreferredThere = methods.some(({ id }) => id === record.preferredMethodId);
  return {
    expired,
    next: {
      ...record,
      challenges,
      methods,
      accessPass: isPassOver ? null : record.accessPass,
      snooze: isSnoozeOver ? null : record.snooze,
      preferredMethodId: isPreferredThere ? record.preferredMethodId : null,
    },
  };
}

/** Whether what has become of the snooze depends on the policy. */
export function hasUndecidedSnooze({ snooze }: Pick<SecurityInfoRecord, 'snooze'>, now: Date): boolean {
  return snooze !== null && snooze.reason !== null && snooze.deadlineAt !== null && snooze.deadlineAt <= now;
}

/**
 * A snooze past its deadline stays as long as what it put off is asked: it says that there is no more of it. It is
 * over once that was done, or where it was granted and never begun.
 */
function hasMeaninglessSnooze(
  record: SecurityInfoRecord,
  policy: EffectivePolicy | null,
  now: Date,
): boolean {
  const { snooze } = record;
  if (snooze === null || snooze.deadlineAt === null || snooze.deadlineAt > now) return false;
  if (snooze.reason === null) return true;
  if (policy === null) return false;
  const need = needOf(policy, record, now);
  return need === null || snoozeFor(snooze, need, now) === null;
}
