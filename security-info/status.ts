/** What sign-in needs of an account: (policy, record, subject, now) -> status, with the reason. First that holds wins. */
import { scopeOf } from './effective-policy.ts';
import { contractOf } from './methods/registry.ts';
import type { EffectivePolicy, Subject } from './policy.ts';
import type { Mark, MethodType, SignInMethod, SignInRecord } from './record.ts';
import { isVerified } from './record.ts';
import { snoozedUntil } from './snooze.ts';
import { registrationSpreadUntil, spreadDueDate } from './spread.ts';

const dayMilliseconds = 86_400_000;

/** How many days ahead a review looks: it covers all that falls due by then. */
export const reviewAheadDays = 30;

/** What is asked of an account. */
export type Need =
  | {
      readonly kind: 'registration_required';
      readonly required: number;
      readonly counted: number;
      readonly missing: number;
    }
  | {
      readonly kind: 'reconfirmation_due';
      readonly reason: 'interval' | 'admin' | 'campaign';
      readonly dueAt: Date;
    };

/** What sign-in needs, with the reason. */
export type SignInStatus =
  | {
      readonly kind: 'out_of_scope';
      readonly reason: 'scope' | 'excluded_account' | 'excluded_group' | 'exempt_client';
    }
  | Need
  /** Put off by its user: passes until then. */
  | { readonly kind: 'snoozed'; readonly need: Need; readonly untilAt: Date }
  | { readonly kind: 'satisfied'; readonly nextDueAt: Date | null };

/** The client as far as the status cares. */
export type StatusClient = { readonly clientId: string; readonly isExempt: boolean };

/** The settings that decide what counts. */
export type CountingPolicy = Pick<EffectivePolicy, 'methods' | 'questionsToRegister'>;

/** True when the method is proved, offered, enough, and not wanted anew: it may count, whether or not it adds to the number. */
export function mayCount(method: SignInMethod, policy: CountingPolicy): boolean {
  return (
    isVerified(method) &&
    policy.methods.includes(method.type) &&
    contractOf(method.type).isEnough(method, policy) &&
    !isWantedAnew(method)
  );
}

/** True while an admin wants the method proved anew. */
export function isWantedAnew(method: Pick<SignInMethod, 'proveAnewAt' | 'verifiedAt'>): boolean {
  const { proveAnewAt, verifiedAt } = method;
  return proveAnewAt !== null && (verifiedAt === null || verifiedAt <= proveAnewAt);
}

/** The methods that may count under the policy; none when only types are left that count beside another. */
export function countingMethods<M extends SignInMethod>(methods: readonly M[], policy: CountingPolicy): M[] {
  const counting = methods.filter((method) => mayCount(method, policy));
  return counting.some((method) => contractOf(method.type).countsAlone) ? counting : [];
}

/**
 * How many independent methods there are: each type once, and each address once whatever its type; as many as can be
 * told apart at most, in whatever order they stand.
 */
export function independentCount(
  counting: readonly Pick<SignInMethod, 'id' | 'type' | 'addressHash'>[],
): number {
  const addressesOf = new Map<MethodType, string[]>();
  const withoutAddress = new Set<MethodType>();
  for (const { type, addressHash } of counting) {
    if (addressHash === null) withoutAddress.add(type);
    else addressesOf.set(type, [...(addressesOf.get(type) ?? []), addressHash]);
  }
  const taken = new Map<string, MethodType>();
  // Gives the type an address of its own, moving others on where they have another one.
  const place = (type: MethodType, seen: Set<string>): boolean =>
    (addressesOf.get(type) ?? []).some((address) => {
      if (seen.has(address)) return false;
      seen.add(address);
      const holder = taken.get(address);
      if (holder !== undefined && !place(holder, seen)) return false;
      taken.set(address, type);
      return true;
    });
  const placed = [...addressesOf.keys()].filter(
    (type) => !withoutAddress.has(type) && place(type, new Set()),
  );
  return withoutAddress.size + placed.length;
}

/** The oldest `confirmedAt` of some methods; null when there are none. */
export function oldestConfirmation(methods: readonly Pick<SignInMethod, 'confirmedAt'>[]): Date | null {
  let oldest: Date | null = null;
  for (const { confirmedAt } of methods) {
    if (confirmedAt !== null && (oldest === null || confirmedAt < oldest)) oldest = confirmedAt;
  }
  return oldest;
}

/** When something confirmed at a date must be reconfirmed; null where the interval is 0. */
export function dueDate(
  confirmedAt: Date | null,
  policy: Pick<EffectivePolicy, 'reconfirmAfterDays' | 'spreadAt' | 'spreadFormerDays'>,
): Date | null {
  if (confirmedAt === null || policy.reconfirmAfterDays === 0) return null;
  const dueAt = new Date(confirmedAt.getTime() + policy.reconfirmAfterDays * dayMilliseconds);
  return spreadDueDate(dueAt, confirmedAt, policy);
}

/** True once every method that counts was confirmed after the mark: the review that it asks for has nothing left. */
export function isMarkMet(mark: Mark, counting: readonly Pick<SignInMethod, 'confirmedAt'>[]): boolean {
  return (
    counting.length > 0 && counting.every(({ confirmedAt }) => confirmedAt !== null && confirmedAt > mark.at)
  );
}

/** What is asked of somebody in scope, whether or not they have put it off; null where nothing is. */
export function needOf(
  policy: EffectivePolicy,
  record: Pick<SignInRecord, 'methods' | 'mark'>,
  now: Date,
): Need | null {
  const counting = countingMethods(record.methods, policy);
  const counted = independentCount(counting);
  const isPutOff = registrationSpreadUntil(policy, counted, now) !== null;
  if (policy.requireRegistration && counted < policy.methodsToRegister && !isPutOff) {
    return {
      kind: 'registration_required',
      required: policy.methodsToRegister,
      counted,
      missing: policy.methodsToRegister - counted,
    };
  }
  const { mark } = record;
  const dueAt = dueDate(oldestConfirmation(counting), policy);
  // Where nothing counts there is nothing to review, and a mark would ask for ever.
  if (mark !== null && mark.by !== 'interval' && counting.length > 0 && !isMarkMet(mark, counting)) {
    // Due by date before it was marked: the mark gives no new grace.
    const isDueBefore = dueAt !== null && dueAt < mark.at;
    return { kind: 'reconfirmation_due', reason: mark.by, dueAt: isDueBefore ? dueAt : mark.at };
  }
  return dueAt !== null && dueAt <= now ? { kind: 'reconfirmation_due', reason: 'interval', dueAt } : null;
}

/** When something is asked next of somebody of whom nothing is asked now. */
function nextDueAt(policy: EffectivePolicy, methods: readonly SignInMethod[], now: Date): Date | null {
  const counting = countingMethods(methods, policy);
  const dueAt = dueDate(oldestConfirmation(counting), policy);
  const moreAt = registrationSpreadUntil(policy, independentCount(counting), now);
  return moreAt !== null && (dueAt === null || moreAt < dueAt) ? moreAt : dueAt;
}

/** What sign-in needs of this account at this moment. */
export function signInStatus(
  policy: EffectivePolicy,
  record: Pick<SignInRecord, 'methods' | 'mark' | 'snooze'>,
  subject: Subject,
  client: StatusClient | null,
  now: Date,
): SignInStatus {
  const scope = scopeOf(policy, subject, client);
  if (scope !== 'in_scope') return { kind: 'out_of_scope', reason: scope };
  const need = needOf(policy, record, now);
  if (need === null) return { kind: 'satisfied', nextDueAt: nextDueAt(policy, record.methods, now) };
  const untilAt = snoozedUntil(record.snooze, need, policy, now, record.mark);
  return untilAt === null ? need : { kind: 'snoozed', need, untilAt };
}

/**
 * Whether a counting method belongs to a review that is open now: due within 30 days, or older than the mark, whose
 * review covers all of them. Where the interval is as short as that, what was confirmed within a day is not asked for
 * again, or the review would never end.
 */
export function isDueForReview(
  method: SignInMethod,
  policy: EffectivePolicy,
  record: Pick<SignInRecord, 'mark'>,
  now: Date,
): boolean {
  const { mark } = record;
  if (mark !== null && method.confirmedAt !== null && method.confirmedAt <= mark.at) return true;
  const dueAt = dueDate(method.confirmedAt, policy);
  const aheadDays = Math.min(reviewAheadDays, policy.reconfirmAfterDays - 1);
  return dueAt !== null && dueAt.getTime() <= now.getTime() + aheadDays * dayMilliseconds;
}

/**
 * Whether `prompt=none` passes in silence: only what is due by date, for some days of grace, and never against a mark
 * by an admin or at a client that is strict.
 */
export function passesSilently(
  status: SignInStatus,
  policy: Pick<EffectivePolicy, 'silentGraceDays'>,
  isStrictClient: boolean,
  now: Date,
): boolean {
  if (status.kind === 'out_of_scope' || status.kind === 'satisfied' || status.kind === 'snoozed') return true;
  if (status.kind === 'registration_required' || isStrictClient || status.reason === 'admin') return false;
  return now.getTime() < status.dueAt.getTime() + policy.silentGraceDays * dayMilliseconds;
}
