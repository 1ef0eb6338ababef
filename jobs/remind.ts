/**
 * Reminds people by e-mail, at their own mailbox, some days before their methods fall due and again when they are. Each
 * reminder is claimed before it is sent: what ends in between is not sent again.
 */
import { policiesInForce } from '../security-info/effective-policy.ts';
import { SenderUnavailable } from '../security-info/errors.ts';
import type { Policy, PolicySet } from '../security-info/policy.ts';
import type { Ports } from '../security-info/ports.ts';
import { dueUntil, hasInterval } from '../security-info/reconfirmation/interval-marks.ts';
import type { DatedAccount, MarkingStore } from '../security-info/reconfirmation/marking-store.ts';
import {
  type DueReminder,
  dueReminder,
  type ReminderStore,
  remindedUntil,
  reminderOf,
} from '../security-info/reconfirmation/reminders.ts';
import { dueDate } from '../security-info/status.ts';
import type { Job, JobRun } from './job.ts';
import { createPace, inSteps, type PaceOptions } from './pace.ts';

/** Accounts per step. */
const batchSize = 200;
/** So many failures in a row are the sender's: the rest waits for the next run. */
const failuresInARow = 3;
const usualMailsPerRun = 50_000;

/** What the job works on. */
export interface RemindOptions
  extends Pick<Ports, 'clock' | 'records' | 'policies' | 'directory' | 'mail' | 'keys'>,
    PaceOptions {
  readonly marking: Pick<MarkingStore, 'due' | 'marked'>;
  readonly reminders: ReminderStore;
  /** The page on which people see and confirm their methods; null where there is none of its own. */
  readonly ownPageUrl: string | null;
  /** The most that one run sends, so that the relay is not flooded; 50,000 unless told otherwise. */
  readonly mailsPerRun?: number;
}

/** One run. */
interface Run extends Pick<JobRun, 'dryRun'> {
  readonly options: RemindOptions;
  readonly set: PolicySet;
  readonly now: Date;
  readonly counts: { before: number; due: number; failed: number };
  /** True where no more is to be sent in this run. */
  isOver(): boolean;
  failedInARow: number;
}

/** The job, on these stores and this sender. */
export function remind(options: RemindOptions): Job {
  return {
    name: 'remind',
    hasDryRun: true,
    run: async ({ dryRun, onProgress, signal }) => {
      const counts = { before: 0, due: 0, failed: 0 };
      if (!options.mail.isAvailable) return counts;
      const pause = createPace(options, signal);
      const set = await options.policies.latest();
      const most = dryRun ? Number.POSITIVE_INFINITY : (options.mailsPerRun ?? usualMailsPerRun);
      const run: Run = {
        options,
        set,
        now: options.clock.now(),
        counts,
        dryRun,
        failedInARow: 0,
        isOver: () =>
          signal.aborted || run.failedInARow >= failuresInARow || counts.before + counts.due >= most,
      };
      for (const policy of policiesInForce(set)) {
        if (!policy.remindByMail) continue;
        for await (const step of inSteps(candidates(run, policy), batchSize)) {
          await remindAll(run, step);
          onProgress({ ...counts });
          if (run.isOver() || (!dryRun && (await pause()))) return counts;
        }
      }
      return counts;
    },
  };
}

/** An account that may have to be reminded, and of which date, as far as the record alone tells. */
interface Candidate {
  readonly accountId: string;
  readonly dueAt: Date;
}

async function* candidates({ options: { marking }, now }: Run, policy: Policy): AsyncGenerator<Candidate> {
  if (policy.scope.kind === 'none') return;
  const excluded = new Set(policy.excludedAccounts);
  const byDate = async function* (accounts: AsyncIterable<DatedAccount>): AsyncGenerator<Candidate> {
    for await (const { accountId, confirmedAt } of accounts) {
      const dueAt = dueDate(confirmedAt, policy);
      if (dueAt !== null && !excluded.has(accountId)) yield { accountId, dueAt };
    }
  };
  if (hasInterval(policy)) {
    yield* byDate(marking.marked(policy.id, 'interval'));
    yield* byDate(marking.due(policy.id, dueUntil(policy, remindedUntil(policy, now))));
  }
  for await (const { accountId, confirmedAt, markedAt } of marking.marked(policy.id, 'campaign')) {
    const dueAt = dueDate(confirmedAt, policy);
    const isDueBefore = dueAt !== null && dueAt < markedAt;
    if (!excluded.has(accountId)) yield { accountId, dueAt: isDueBefore ? dueAt : markedAt };
  }
}

async function remindAll(run: Run, step: readonly Candidate[]): Promise<void> {
  const { options, set, now, dryRun, counts } = run;
  const { reminders, directory, records } = options;
  // Most of those who are found were reminded long ago: one look at the claims spares the rest.
  const wanted = step.map(({ accountId, dueAt }) => reminderOf(accountId, dueAt, now));
  for (const { accountId } of await reminders.unclaimed(wanted)) {
    if (run.isOver()) return;
    const [account, record] = await Promise.all([
      directory.findById(accountId),
      records.readForSignIn(accountId),
    ]);
    const reminder = dueReminder(set, account, record, now);
    if (reminder === null) continue;
    if (dryRun) {
      if ((await reminders.unclaimed([reminder])).length > 0) counts[reminder.kind] += 1;
    } else if (await reminders.claim(reminder, now)) {
      await send(run, reminder);
    }
  }
}

async function send(run: Run, reminder: DueReminder): Promise<void> {
  const { options, now, counts } = run;
  const { account, kind, dueAt, policy, reason } = reminder;
  try {
    await options.mail.send(
      {
        kind: 'reminder',
        to: reminder.mailbox,
        locale: account.locale ?? 'en',
        displayName: account.displayName,
        reason,
        dueAt,
        isDue: kind === 'due',
        url: options.ownPageUrl,
        helpdeskUrl: policy.helpdeskUrl,
      },
      // A digest: the id of the account stands in no header.
      options.keys.hash(`${account.id}:${kind}:${dueAt.getTime()}`, 'reminder-message-id'),
    );
  } catch (error) {
    if (!(error instanceof SenderUnavailable)) throw error;
    // Not tried again: it may have gone out before the sender failed.
    counts.failed += 1;
    run.failedInARow += 1;
    return;
  }
  run.failedInARow = 0;
  counts[kind] += 1;
  await options.reminders.markSent(reminder, now);
}
