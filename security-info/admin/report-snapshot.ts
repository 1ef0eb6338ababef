/** A day's coverage in numbers, for charts over time: counted account by account, so that nothing has to be held. */
import { effectivePolicy, isReachable, scopeOf } from '../effective-policy.ts';
import { contractOf } from '../methods/registry.ts';
import { subjectOf } from '../operations/situation.ts';
import type { EffectivePolicy, PolicySet, SenderAvailability } from '../policy.ts';
import type { Account } from '../ports.ts';
import { type MethodType, methodTypes, type SecurityInfoRecord } from '../record.ts';
import { methodsForReset, resetProgress } from '../reset-rules.ts';
import { countingMethods, independentCount, reviewAheadDays, signInStatus } from '../status.ts';
import { closedUntil } from '../wrong-proofs.ts';

const dayMilliseconds = 86_400_000;
/** How many days ahead it is counted who becomes due, the day itself included. */
const dueDays = 90;

/** What is counted of the accounts. All but `accounts` and `locked` are of those whom a policy asks. */
export interface Coverage {
  /** Every account of the directory that is not disabled. */
  readonly accounts: number;
  /** Whom a policy asks. */
  readonly inScope: number;
  /** As many verified, independent methods as the policy asks for, or more. */
  readonly registered: number;
  /** Could reset their password now: enough methods that prove, and a sender that reaches them. */
  readonly capable: number;
  /** Accounts with a method of this type that counts. */
  readonly byMethod: Readonly<Record<MethodType, number>>;
  /** Not asked to reconfirm yet, but within 30 days. */
  readonly due: number;
  /** How many become due on each of the next 90 days (UTC), the day of the snapshot first; empty before it was counted. */
  readonly dueByDay: readonly number[];
  /** Asked to reconfirm, by the date or by a mark, put off or not. */
  readonly overdue: number;
  /** Put off what is asked. */
  readonly snoozed: number;
  /** Too many wrong proofs: some counter is closed. */
  readonly locked: number;
}

/** How often something happened. */
export interface EventCount {
  readonly type: string;
  readonly success: number;
  readonly failure: number;
}

/** The numbers of one day. */
export interface ReportSnapshot extends Coverage {
  /** UTC, YYYY-MM-DD. */
  readonly day: string;
  readonly takenAt: Date;
  /** Sign-ins of the day before that were interrupted, by how they went on: finished, put off or given up. */
  readonly interrupted: number;
  /** Everything of the day before that failed. */
  readonly failed: number;
  /** The events of the day before (UTC), by type. */
  readonly events: readonly EventCount[];
}

/** The snapshots, and what they are counted from. */
export interface ReportSnapshotStore {
  has(day: string): Promise<boolean>;
  /** Keeps the first of a day. @returns false where there is one */
  add(snapshot: ReportSnapshot): Promise<boolean>;
  /** Those of some days, both included, the oldest first. */
  list(days: { readonly from: string; readonly to: string }): Promise<readonly ReportSnapshot[]>;
  /** Those of these accounts that have a record. */
  records(accountIds: readonly string[]): Promise<readonly SecurityInfoRecord[]>;
  /** The events of the audit log from a date on and before another. */
  countEvents(from: Date, before: Date): Promise<readonly EventCount[]>;
}

/** What is counted from: the counts so far, changed in place. */
export type CoverageSoFar = {
  -readonly [Key in Exclude<keyof Coverage, 'byMethod' | 'dueByDay'>]: number;
} & {
  readonly byMethod: Record<MethodType, number>;
  readonly dueByDay: number[];
};

/** Nothing counted yet. */
export function noCoverage(): CoverageSoFar {
  const none = {
    accounts: 0,
    inScope: 0,
    registered: 0,
    capable: 0,
    due: 0,
    overdue: 0,
    snoozed: 0,
    locked: 0,
  };
  return { ...none, byMethod: noMethods(), dueByDay: Array.from({ length: dueDays }, () => 0) };
}

function noMethods(): Record<MethodType, number> {
  return {
    authenticator_app: 0,
    mobile_phone: 0,
    alternate_phone: 0,
    office_phone: 0,
    email: 0,
    security_questions: 0,
  };
}

/** Counts one account. @param record undefined where it has none */
export function countAccount(
  counts: CoverageSoFar,
  {
    set,
    senders,
    now,
  }: { readonly set: PolicySet; readonly senders: SenderAvailability; readonly now: Date },
  account: Account,
  record: SecurityInfoRecord | undefined,
): void {
  if (account.isDisabled) return;
  counts.accounts += 1;
  const callers = ['stranger', 'known_browser', 'signed_in'] as const;
  if (record !== undefined && callers.some((caller) => closedUntil(record, caller, now) !== null))
    counts.locked += 1;
  const subject = subjectOf(account);
  const policy = effectivePolicy(set, subject);
  if (scopeOf(policy, subject, null) !== 'in_scope') return;
  counts.inScope += 1;
  if (record === undefined) return;
  const counting = countingMethods(record.methods, policy);
  if (independentCount(counting) >= policy.methodsToRegister) counts.registered += 1;
  if (canReset(record, policy, senders, now)) counts.capable += 1;
  for (const type of methodTypes) {
    if (counting.some((method) => method.type === type)) counts.byMethod[type] += 1;
  }
  const status = signInStatus(policy, record, subject, null, now);
  const need = status.kind === 'snoozed' ? status.need : status;
  if (status.kind === 'snoozed') counts.snoozed += 1;
  if (need.kind === 'reconfirmation_due') counts.overdue += 1;
  if (need.kind === 'satisfied' && need.nextDueAt !== null) countDue(counts, need.nextDueAt, now);
}

function countDue(counts: CoverageSoFar, dueAt: Date, now: Date): void {
  if (dueAt.getTime() <= now.getTime() + reviewAheadDays * dayMilliseconds) counts.due += 1;
  const day = (at: Date): number => Math.floor(at.getTime() / dayMilliseconds);
  const ahead = day(dueAt) - day(now);
  const before = counts.dueByDay[ahead];
  if (before !== undefined) counts.dueByDay[ahead] = before + 1;
}

/** Whether the methods that can prove now open a reset. */
function canReset(
  record: SecurityInfoRecord,
  policy: EffectivePolicy,
  senders: SenderAvailability,
  now: Date,
): boolean {
  return methodsForReset(record, policy, now).some(({ id: methodId, type }) => {
    if (contractOf(type).proof === 'answers' || !isReachable(type, policy, senders)) return false;
    const proof = {
      by: 'method',
      methodId,
      amr: null,
      at: now,
      coolingOff: false,
      ofFirstRegistration: false,
    } as const;
    const progress = resetProgress(record, [proof], policy, senders, now);
    return progress.kind === 'open' || (progress.kind === 'second_gate' && progress.choices.length > 0);
  });
}

const endsOfInterruptions: readonly string[] = [
  'registration_finished',
  'review_finished',
  'registration_snoozed',
  'registration_cancelled',
];

/** What the events of a day come to. */
export function eventTotals(
  events: readonly EventCount[],
): Pick<ReportSnapshot, 'interrupted' | 'failed' | 'events'> {
  const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
  return {
    interrupted: sum(events.map(({ type, success }) => (endsOfInterruptions.includes(type) ? success : 0))),
    failed: sum(events.map(({ failure }) => failure)),
    events,
  };
}
