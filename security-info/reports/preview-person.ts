/** What a change of policy does to one person: asked before and after it, pure. Counting is preview-tally.ts's. */
import { effectivePolicy, isReachable, registrableTypes } from '../effective-policy.ts';
import { contractOf } from '../methods/registry.ts';
import { subjectOf } from '../operations/situation.ts';
import type { EffectivePolicy, PolicySet, SenderAvailability } from '../policy.ts';
import { isPrefilled, isVerified, type MethodType, type SignInMethod } from '../record.ts';
import { missingIn } from '../snooze.ts';
import { independentCount, mayCount, type Need, needOf, type SignInStatus, signInStatus } from '../status.ts';
import type { Person } from './people.ts';

/** What the change is to somebody. `sooner` and `later` are about a date that is still to come. */
export type PreviewChange = 'newly_interrupted' | 'freed' | 'sooner' | 'later' | 'unchanged';

/** When and why somebody is interrupted. */
export interface Interruption {
  /** `now` is at the next sign-in; null is never. */
  readonly at: Date | 'now' | null;
  readonly reason:
    | 'registration_required'
    | 'reconfirmation_interval'
    | 'reconfirmation_admin'
    | 'reconfirmation_campaign'
    | null;
  /** How many methods are missing. */
  readonly missing: number;
}

/** What the change is to one person. */
export interface PreviewRow {
  readonly id: string;
  /** The login name. */
  readonly userPrincipalName: string;
  readonly userDisplayName: string;
  readonly isAdmin: boolean;
  readonly isInScope: boolean;
  /** The policy that applies after the change. */
  readonly policyId: string;
  readonly change: PreviewChange;
  readonly before: Interruption;
  readonly after: Interruption;
}

/** The policies of today and those that are proposed, at one moment. */
export interface PreviewSituation {
  readonly today: PolicySet;
  readonly proposed: PolicySet;
  readonly senders: SenderAvailability;
  readonly now: Date;
}

/** What the tally needs beside the row. */
export interface JudgedPerson {
  readonly row: PreviewRow;
  /** A spread of the proposed policy could put it off: what was enough until today is still there. */
  readonly isSpreadable: boolean;
  readonly formerDays: number;
  readonly formerMethods: number;
  /** They are asked for what they cannot give. */
  readonly isLockedOut: boolean;
}

/** Compares what is asked of somebody under both. A disabled account is asked nothing. */
export function judgePerson(
  { account, record }: Person,
  { today, proposed, senders, now }: PreviewSituation,
): JudgedPerson {
  const subject = subjectOf(account);
  const policies = [effectivePolicy(today, subject), effectivePolicy(proposed, subject)] as const;
  const [former, next] = policies;
  const [statusBefore, statusAfter] = policies.map((policy) =>
    signInStatus(policy, record, subject, null, now),
  );
  if (statusBefore === undefined || statusAfter === undefined) throw new TypeError('there are two policies');
  const isAsked = !account.isDisabled;
  const before = isAsked ? interruptionOf(statusBefore, record, former, now) : none;
  const after = isAsked ? interruptionOf(statusAfter, record, next, now) : none;
  const wasAsked = statusBefore.kind !== 'out_of_scope';
  const formerDays = wasAsked ? former.reconfirmAfterDays : 0;
  const formerMethods = wasAsked && former.requireRegistration ? former.methodsToRegister : 0;
  const change = changeOf(before, after);
  const spread: EffectivePolicy = {
    ...next,
    spreadAt: new Date(now.getTime() + 1),
    spreadFormerDays: formerDays,
    spreadFormerMethods: formerMethods,
  };
  return {
    row: {
      id: account.id,
      userPrincipalName: account.loginName,
      userDisplayName: account.displayName,
      isAdmin: account.isAdmin,
      isInScope: isAsked && statusAfter.kind !== 'out_of_scope',
      policyId: next.id,
      change,
      before,
      after,
    },
    isSpreadable: change === 'newly_interrupted' && needOf(spread, record, now) === null,
    formerDays,
    formerMethods,
    isLockedOut: after.at === 'now' && !canMeet(record.methods, next, statusAfter, senders),
  };
}

const none: Interruption = { at: null, reason: null, missing: 0 };

function interruptionOf(
  status: SignInStatus,
  record: Person['record'],
  policy: EffectivePolicy,
  now: Date,
): Interruption {
  if (status.kind === 'out_of_scope') return none;
  if (status.kind === 'snoozed') return { ...reasonOf(status.need), at: status.untilAt };
  if (status.kind !== 'satisfied') return { ...reasonOf(status), at: 'now' };
  if (status.nextDueAt === null) return none;
  // What will be asked on that day, should nothing change until then.
  const at = status.nextDueAt > now ? status.nextDueAt : now;
  const need = needOf(policy, record, at);
  return need === null ? none : { ...reasonOf(need), at };
}

function reasonOf(need: Need): Pick<Interruption, 'reason' | 'missing'> {
  const reason =
    need.kind === 'registration_required' ? need.kind : (`reconfirmation_${need.reason}` as const);
  return { reason, missing: missingIn(need) };
}

function changeOf(before: Interruption, after: Interruption): PreviewChange {
  if (after.at === 'now') return before.at === 'now' ? 'unchanged' : 'newly_interrupted';
  if (before.at === 'now') return 'freed';
  const [was, is] = [timeOf(before), timeOf(after)];
  if (was === is) return 'unchanged';
  return is < was ? 'sooner' : 'later';
}

function timeOf({ at }: Interruption): number {
  return at instanceof Date ? at.getTime() : Number.POSITIVE_INFINITY;
}

/** Whether somebody could do what is asked: enough types are there or can be registered, and a proof where one is taken. */
function canMeet(
  methods: readonly SignInMethod[],
  policy: EffectivePolicy,
  status: SignInStatus,
  senders: SenderAvailability,
): boolean {
  const verified = methods.filter(isVerified);
  // What a policy no longer allows still proves.
  const canProve = verified.length === 0 || verified.some(({ type }) => isReachable(type, policy, senders));
  if (status.kind === 'reconfirmation_due') return policy.review === 'acknowledge' || canProve;
  const possible = [
    ...methods.filter((method) => mayCount(method, policy)),
    // What an admin has filled in need only be confirmed.
    ...methods.filter((method) => isPrefilled(method) && isOnOffer(method.type, policy, senders)),
    ...registrableTypes(policy, senders).map((type) => ({ id: type, type, addressHash: `new:${type}` })),
  ];
  const isAny = possible.some(({ type }) => contractOf(type).countsAlone);
  return canProve && (isAny ? independentCount(possible) : 0) >= policy.methodsToRegister;
}

function isOnOffer(type: MethodType, policy: EffectivePolicy, senders: SenderAvailability): boolean {
  return policy.methods.includes(type) && isReachable(type, policy, senders);
}
