/** Whom the interval of a policy marks, and whose mark it frees: by the date alone where it can, else by the account. */
import { effectivePolicy, scopeOf } from '../effective-policy.ts';
import { subjectOf } from '../operations/situation.ts';
import type { EffectivePolicy, Policy, PolicySet } from '../policy.ts';
import type { Account } from '../ports.ts';
import { dueDate } from '../status.ts';
import type { Freed } from './marking-store.ts';

const dayMilliseconds = 86_400_000;

/** Whether anybody can be due by date under the policy. */
export function hasInterval({ reconfirmAfterDays, scope }: Policy): boolean {
  return reconfirmAfterDays > 0 && scope.kind !== 'none';
}

/** Who was confirmed at or before that is due by date. */
export function dueUntil({ reconfirmAfterDays }: Policy, now: Date): Date {
  return new Date(now.getTime() - reconfirmAfterDays * dayMilliseconds);
}

/** Whether the groups of an account decide if it is asked: only the directory knows them. */
export function dependsOnGroups({ scope, excludedGroups }: Policy): boolean {
  return scope.kind === 'groups' || excludedGroups.length > 0;
}

/** Whose marks the policy frees, as far as the records tell. No mark is freed by two of them. */
export function freedUnder(policy: Policy, now: Date): readonly Freed[] {
  if (!hasInterval(policy)) return [{ kind: 'all' }];
  const at = dueUntil(policy, now);
  const { excludedAccounts: accountIds } = policy;
  return [
    { kind: 'confirmed_after', at },
    ...(accountIds.length === 0
      ? []
      : [{ kind: 'accounts', accountIds: [...new Set(accountIds)], confirmedUntilAt: at } as const]),
  ];
}

/** What a job is to do about an account's mark by the interval. */
export type IntervalVerdict =
  /** It is due. */
  | 'due'
  /** It is not due yet. */
  | 'not_due'
  /** Its policy does not ask it, or it is gone. */
  | 'not_asked'
  /** Another policy applies to it by now: whoever keeps records and directory together says so in the record. */
  | 'elsewhere';

/** Looks at an account itself. @param confirmedAt the oldest confirmation of what counts */
export function intervalVerdict(
  set: PolicySet,
  policyId: string,
  account: Account | undefined,
  confirmedAt: Date,
  now: Date,
): IntervalVerdict {
  if (account === undefined) return 'not_asked';
  const subject = subjectOf(account);
  const policy: EffectivePolicy = effectivePolicy(set, subject);
  if (policy.id !== policyId) return 'elsewhere';
  if (scopeOf(policy, subject, null) !== 'in_scope') return 'not_asked';
  const dueAt = dueDate(confirmedAt, policy);
  return dueAt !== null && dueAt <= now ? 'due' : 'not_due';
}
