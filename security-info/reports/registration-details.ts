/** What the registration report says of one person: pure, from account, record and policies. No number, no address. */
import { effectivePolicy, isReachable, scopeOf } from '../effective-policy.ts';
import { contractOf } from '../methods/registry.ts';
import { subjectOf } from '../operations/situation.ts';
import type { EffectivePolicy, PolicySet, SenderAvailability } from '../policy.ts';
import type { Mark, MethodType, SignInMethod } from '../record.ts';
import { isPrefilled, isVerified, methodTypes } from '../record.ts';
import { isIndependent, methodsForReset } from '../reset-rules.ts';
import {
  countingMethods,
  dueDate,
  independentCount,
  isWantedAnew,
  type SignInStatus,
  signInStatus,
} from '../status.ts';
import { closedUntil } from '../wrong-proofs.ts';
import type { Person } from './people.ts';

/** One method of a person, as a report tells of it. */
export interface MethodDetails {
  readonly methodType: MethodType;
  readonly verifiedAt: Date | null;
  readonly confirmedAt: Date | null;
  /** When it must be reconfirmed; null where it does not count, or never. */
  readonly dueAt: Date | null;
  /** It counts towards what the policy asks. */
  readonly counts: boolean;
  readonly isPrefilled: boolean;
  readonly isCoolingOff: boolean;
  /** An admin wants it proved anew. */
  readonly mustBeProvedAnew: boolean;
}

/** Every status of a person in the report. */
export const reportStatuses = [
  'satisfied',
  'registration_required',
  'reconfirmation_due',
  'snoozed',
  'out_of_scope',
] as const satisfies readonly SignInStatus['kind'][];

/** A row of the registration report; names as in Graph's `userRegistrationDetails` where it has them. */
export interface UserRegistrationDetails {
  readonly id: string;
  /** The login name. */
  readonly userPrincipalName: string;
  readonly userDisplayName: string;
  readonly isAdmin: boolean;
  readonly isDisabled: boolean;
  readonly isInScope: boolean;
  /** Why they are asked nothing, or `in_scope`. */
  readonly scopeReason: 'in_scope' | 'scope' | 'excluded_account' | 'excluded_group' | 'account_disabled';
  /** As many methods count as the policy asks. */
  readonly isRegistered: boolean;
  /** Registered, in scope, and able to reset a password with it now. */
  readonly isCapable: boolean;
  /** Types that are verified. */
  readonly methodsRegistered: readonly MethodType[];
  readonly methodsRequired: number;
  readonly methodsCounted: number;
  readonly methods: readonly MethodDetails[];
  /** Sign-in's answer, at no app in particular. */
  readonly status: SignInStatus['kind'];
  /** Since when it is due, or when it will be; null for never, and where methods are missing. */
  readonly dueAt: Date | null;
  readonly mark: Mark | null;
  readonly snoozedUntil: Date | null;
  /** A counter of wrong proofs is closed. */
  readonly isLocked: boolean;
  /** When a method was last filled in, proved or confirmed. */
  readonly lastUpdatedAt: Date | null;
  readonly policyId: string;
}

/** Makes the row of a person. */
export function registrationDetails(
  { account, record }: Person,
  policies: PolicySet,
  senders: SenderAvailability,
  now: Date,
): UserRegistrationDetails {
  const subject = subjectOf(account);
  const policy = effectivePolicy(policies, subject);
  const status = signInStatus(policy, record, subject, null, now);
  const scopeReason = account.isDisabled ? 'account_disabled' : scopeWithoutClient(policy, subject);
  const isInScope = scopeReason === 'in_scope';
  const counting = countingMethods(record.methods, policy);
  const methodsCounted = independentCount(counting);
  const isRegistered = methodsCounted >= policy.methodsToRegister;
  const present = record.methods.filter(({ replacedById }) => replacedById === null);
  return {
    id: account.id,
    userPrincipalName: account.loginName,
    userDisplayName: account.displayName,
    isAdmin: account.isAdmin,
    isDisabled: account.isDisabled,
    isInScope,
    scopeReason,
    isRegistered,
    isCapable: isInScope && isRegistered && canReset(record.methods, policy, senders, now),
    methodsRegistered: methodTypes.filter((type) =>
      present.some((method) => method.type === type && isVerified(method)),
    ),
    methodsRequired: policy.methodsToRegister,
    methodsCounted,
    methods: present.map((method) => methodDetails(method, counting.includes(method), policy, now)),
    status: isInScope ? status.kind : 'out_of_scope',
    dueAt: isInScope ? dueAtOf(status) : null,
    mark: record.mark,
    snoozedUntil: isInScope && status.kind === 'snoozed' ? status.untilAt : null,
    isLocked: (['stranger', 'known_browser', 'signed_in'] as const).some(
      (caller) => closedUntil(record, caller, now) !== null,
    ),
    lastUpdatedAt: latest(present.flatMap((one) => [one.prefilledAt, one.verifiedAt, one.confirmedAt])),
    policyId: policy.id,
  };
}

function scopeWithoutClient(
  policy: EffectivePolicy,
  subject: Parameters<typeof scopeOf>[1],
): UserRegistrationDetails['scopeReason'] {
  const scope = scopeOf(policy, subject, null);
  if (scope === 'exempt_client') throw new TypeError('there is no client to be exempt');
  return scope;
}

function methodDetails(
  method: SignInMethod,
  counts: boolean,
  policy: EffectivePolicy,
  now: Date,
): MethodDetails {
  const { type, verifiedAt, confirmedAt, coolingOffUntilAt } = method;
  return {
    methodType: type,
    verifiedAt,
    confirmedAt,
    dueAt: counts ? dueDate(confirmedAt, policy) : null,
    counts,
    isPrefilled: isPrefilled(method),
    isCoolingOff: coolingOffUntilAt !== null && coolingOffUntilAt > now,
    mustBeProvedAnew: isWantedAnew(method),
  };
}

/** Since when, or from when on, a status asks for a reconfirmation. */
function dueAtOf(status: SignInStatus): Date | null {
  if (status.kind === 'satisfied') return status.nextDueAt;
  const need = status.kind === 'snoozed' ? status.need : status;
  return need.kind === 'reconfirmation_due' ? need.dueAt : null;
}

/** Whether what can be used now is enough for a reset: questions only at its second gate, two kinds where it takes two. */
function canReset(
  methods: readonly SignInMethod[],
  policy: EffectivePolicy,
  senders: SenderAvailability,
  now: Date,
): boolean {
  const usable = methodsForReset({ methods }, policy, now).filter(({ type }) =>
    isReachable(type, policy, senders),
  );
  const first = usable.filter(({ type }) => contractOf(type).proof !== 'answers');
  if (policy.methodsToReset < 2) return first.length > 0;
  return first.some((one) => usable.some((other) => isIndependent(one, other)));
}

function latest(dates: readonly (Date | null)[]): Date | null {
  let found: Date | null = null;
  for (const date of dates) if (date !== null && (found === null || date > found)) found = date;
  return found;
}
