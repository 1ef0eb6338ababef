/** Of what somebody is to be reminded now: that their methods fall due, or are. Claiming and sending are the job's. */
import { effectivePolicy, scopeOf } from '../effective-policy.ts';
import { subjectOf } from '../operations/situation.ts';
import type { EffectivePolicy, Policy, PolicySet } from '../policy.ts';
import type { Account } from '../ports.ts';
import type { SignInRecord } from '../record.ts';
import { countingMethods, dueDate, needOf, oldestConfirmation } from '../status.ts';

const dayMilliseconds = 86_400_000;

/** A reminder: each is sent once for a due date. */
export interface Reminder {
  readonly accountId: string;
  readonly kind: 'before' | 'due';
  readonly dueAt: Date;
}

/** A reminder that is to be sent, to whom and why. */
export interface DueReminder extends Reminder {
  readonly reason: 'interval' | 'campaign';
  readonly account: Account;
  readonly mailbox: string;
  readonly policy: EffectivePolicy;
}

/** Which reminders were sent, or are about to be. */
export interface ReminderStore {
  /** Claims it, for ever. @returns false where it was claimed before */
  claim(reminder: Reminder, now: Date): Promise<boolean>;
  /** Notes that the sender has taken it. */
  markSent(reminder: Reminder, now: Date): Promise<void>;
  /** Those of these that nobody has claimed. */
  unclaimed(reminders: readonly Reminder[]): Promise<readonly Reminder[]>;
}

/** Until which due date somebody is reminded now: never in the first half of an interval, when they have just confirmed. */
export function remindedUntil(
  { remindDaysBefore, reconfirmAfterDays }: Pick<Policy, 'remindDaysBefore' | 'reconfirmAfterDays'>,
  now: Date,
): Date {
  const days = Math.min(remindDaysBefore, Math.floor(reconfirmAfterDays / 2));
  return new Date(now.getTime() + days * dayMilliseconds);
}

/** The reminder that a due date stands for at a moment. */
export function reminderOf(accountId: string, dueAt: Date, now: Date): Reminder {
  return { accountId, kind: dueAt <= now ? 'due' : 'before', dueAt };
}

/**
 * What the account is to be reminded of now; null for whoever is disabled, gone, without a mailbox, not asked, done, or
 * under a policy without reminders. Of an admin's mark its own notice tells, and of missing methods the sign-in.
 */
export function dueReminder(
  set: PolicySet,
  account: Account | undefined,
  record: Pick<SignInRecord, 'methods' | 'mark'>,
  now: Date,
): DueReminder | null {
  if (account === undefined || account.isDisabled || account.mailbox === null) return null;
  const subject = subjectOf(account);
  const policy = effectivePolicy(set, subject);
  if (!policy.remindByMail || scopeOf(policy, subject, null) !== 'in_scope') return null;
  const need = needOf(policy, record, now);
  const of = { account, mailbox: account.mailbox, policy };
  if (need !== null) {
    if (need.kind !== 'reconfirmation_due' || need.reason === 'admin') return null;
    return { ...reminderOf(account.id, need.dueAt, now), reason: need.reason, ...of };
  }
  const dueAt = dueDate(oldestConfirmation(countingMethods(record.methods, policy)), policy);
  if (dueAt === null || dueAt > remindedUntil(policy, now)) return null;
  return { ...reminderOf(account.id, dueAt, now), reason: 'interval', ...of };
}
