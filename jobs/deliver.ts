/**
 * Drains the events that a record still holds, and sends the notices that wait in the outbox: mail at least once or
 * given up in the end, SMS and calls at most once and within the day's budget. What a notice says is the sender's.
 */

import type { BacklogStore, DeadLetterStore } from '../security-info/dead-letters.ts';
import { effectivePolicy } from '../security-info/effective-policy.ts';
import { SenderUnavailable } from '../security-info/errors.ts';
import { subjectOf } from '../security-info/operations/situation.ts';
import { type BudgetPorts, spendBudget } from '../security-info/operations/spend-budget.ts';
import type { Account, OutboxMessage, OutboxStore, Ports } from '../security-info/ports.ts';
import { type UndoOffer, undoCode } from '../security-info/undo-code.ts';
import { giveUp, isHopeless } from './give-up.ts';
import type { Job } from './job.ts';

/** Records per step. */
const batchSize = 100;
/** A claim outlives a send with all its waits; past it another node may send the message again. */
const claimSeconds = 120;
/** So many failures in a row are the sender's, not a message's: the rest waits for the next run. */
const failuresInARow = 3;
const minute = 60_000;
const longestWaitMinutes = 60;

/** What the job works on. */
export interface DeliverOptions
  extends BudgetPorts,
    Pick<Ports, 'records' | 'directory' | 'mail' | 'sms' | 'voice'> {
  readonly outbox: OutboxStore;
  readonly deadLetters: Pick<DeadLetterStore, 'bury'>;
  readonly backlog: BacklogStore;
  /** The page on which a change is undone; absent or null where there is none. */
  readonly undoUrl?: string | null;
  /** Opens the sealed address of a notice. @throws {Error} when its key is gone */
  readonly openAddress: (message: OutboxMessage) => string;
}

/** The job, on these stores and senders. */
export function deliver(options: DeliverOptions): Job {
  const { records, outbox, backlog } = options;
  return {
    name: 'deliver',
    hasDryRun: true,
    run: async ({ dryRun, onProgress, signal }) => {
      if (dryRun) return { ...(await backlog.count()) };
      const counts = { drained: 0, sent: 0, failed: 0, dropped: 0, dead: 0 };
      while (!signal.aborted) {
        const drained = await records.drainEvents(null, batchSize);
        if (drained === 0) break;
        counts.drained += drained;
        onProgress({ ...counts });
      }
      let inARow = 0;
      while (!signal.aborted && inARow < failuresInARow) {
        const message = await outbox.claim(claimSeconds, options.mail.isAvailable ? [] : ['mail']);
        if (message === null) break;
        const outcome = await send(message, options);
        counts[countOf[outcome]] += 1;
        inARow = outcome === 'sender_failed' || outcome === 'dead' ? inARow + 1 : 0;
        onProgress({ ...counts });
      }
      return counts;
    },
  };
}

type Outcome = 'sent' | 'sender_failed' | 'unreadable' | 'dropped' | 'dead';

const countOf = {
  sent: 'sent',
  sender_failed: 'failed',
  unreadable: 'failed',
  dropped: 'dropped',
  dead: 'dead',
} as const satisfies Readonly<Record<Outcome, string>>;

async function send(message: OutboxMessage, options: DeliverOptions): Promise<Outcome> {
  const to = attempt(() => options.openAddress(message));
  if (to === undefined) {
    // Its data key is not configured: a mistake that someone mends by hand, so it keeps, and waits long.
    const isBack = await putBack(message, options, 'address_unreadable', longestWaitMinutes);
    return isBack ? 'unreadable' : 'dead';
  }
  return message.recipient.channel === 'mail'
    ? sendMail(message, to, options)
    : sendToPhone(message, to, message.recipient.channel, options);
}

/** At most once: what ends between the claim and the gateway's answer is not tried again. */
async function sendToPhone(
  message: OutboxMessage,
  to: string,
  channel: 'sms' | 'voice',
  options: DeliverOptions,
): Promise<Outcome> {
  const { event, recipient } = message;
  const sender = options[channel];
  if (!(await options.outbox.markSent(message))) return 'dropped';
  if (!sender.isAvailable || !(await spendBudget(options, { channel, address: to }))) return 'dropped';
  try {
    const notice = { kind: 'notice', to, locale: recipient.locale, event } as const;
    await sender.send({ ...notice, ...undoOf(message, options) }, message.key);
  } catch (error) {
    if (!(error instanceof SenderUnavailable)) throw error;
    return 'dropped';
  }
  return 'sent';
}

async function sendMail(message: OutboxMessage, to: string, options: DeliverOptions): Promise<Outcome> {
  const { event, recipient } = message;
  const { directory, mail, outbox } = options;
  const account = event.accountId === null ? undefined : await directory.findById(event.accountId);
  try {
    await mail.send(
      {
        kind: 'notice',
        to,
        locale: recipient.locale,
        event,
        ...undoOf(message, options),
        displayName: account?.displayName ?? '',
        helpdeskUrl: account === undefined ? null : await helpdeskOf(account, options),
      },
      message.key,
    );
  } catch (error) {
    const wait = Math.min(2 ** message.tries, longestWaitMinutes);
    const isBack = await putBack(message, options, reasonOf(error), wait);
    if (!(error instanceof SenderUnavailable)) throw error;
    return isBack ? 'sender_failed' : 'dead';
  }
  await outbox.markSent(message);
  return 'sent';
}

/** The code is derived only here, on its way out. */
function undoOf(
  { event, recipient }: OutboxMessage,
  { keys, undoUrl }: DeliverOptions,
): { undo?: UndoOffer } {
  const { accountId, undoOf: methodId } = event;
  if (recipient.mayUndo !== true || undoUrl == null || methodId == null || accountId === null) return {};
  return { undo: { code: undoCode(keys, accountId, methodId), url: undoUrl } };
}

async function helpdeskOf(account: Account, { policies }: DeliverOptions): Promise<string | null> {
  return effectivePolicy(await policies.current(), subjectOf(account)).helpdeskUrl;
}

/** The code, and where the sender told more than that, its word for it, which holds no address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof SenderUnavailable)) return 'failed';
  const cause = String(error.values['cause'] ?? '');
  return /^[A-Z_]{1,40}$/.test(cause) ? `${error.code} ${cause}` : error.code;
}

/** @returns false where it was not put back but given up */
async function putBack(
  message: OutboxMessage,
  options: DeliverOptions,
  error: string,
  minutes: number,
): Promise<boolean> {
  const now = options.clock.now();
  if (isHopeless(message, now)) {
    await giveUp(message, error, options);
    return false;
  }
  await options.outbox.putBack(message, { error, retryAt: new Date(now.getTime() + minutes * minute) });
  return true;
}

function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
