/**
 * Drains the events that a record still holds, and sends the notices that wait in the outbox, each at least once.
 * What a notice says and who carries it are the sender's matter.
 */
import { SenderUnavailable } from '../security-info/errors.ts';
import type { OutboxMessage, OutboxStore, Ports } from '../security-info/ports.ts';
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
export interface DeliverOptions extends Pick<Ports, 'records' | 'directory' | 'mail' | 'clock'> {
  readonly outbox: OutboxStore;
  /** Opens the sealed address of a notice. @throws {Error} when its key is gone */
  readonly openAddress: (message: OutboxMessage) => string;
}

/** The job, on these stores and senders. */
export function deliver(options: DeliverOptions): Job {
  const { records, outbox, mail } = options;
  return {
    name: 'deliver',
    hasDryRun: false,
    run: async ({ onProgress, signal }) => {
      const counts = { drained: 0, sent: 0, failed: 0 };
      while (!signal.aborted) {
        const drained = await records.drainEvents(null, batchSize);
        if (drained === 0) break;
        counts.drained += drained;
        onProgress({ ...counts });
      }
      let inARow = 0;
      while (!signal.aborted && mail.isAvailable && inARow < failuresInARow) {
        const message = await outbox.claim(claimSeconds);
        if (message === null) break;
        const outcome = await send(message, options);
        counts[outcome === 'sent' ? 'sent' : 'failed'] += 1;
        inARow = outcome === 'sender_failed' ? inARow + 1 : 0;
        onProgress({ ...counts });
      }
      return counts;
    },
  };
}

async function send(
  message: OutboxMessage,
  { outbox, directory, mail, clock, openAddress }: DeliverOptions,
): Promise<'sent' | 'sender_failed' | 'unreadable'> {
  const { event, recipient } = message;
  const to = attempt(() => openAddress(message));
  if (to === undefined) {
    // Its data key is not configured: a mistake that someone mends by hand, so it keeps, and waits long.
    await putBack('address_unreadable', longestWaitMinutes);
    return 'unreadable';
  }
  const account = event.accountId === null ? undefined : await directory.findById(event.accountId);
  try {
    await mail.send(
      { kind: 'notice', to, locale: recipient.locale, event, displayName: account?.displayName ?? '' },
      message.key,
    );
  } catch (error) {
    await putBack(
      error instanceof SenderUnavailable ? error.code : 'failed',
      Math.min(2 ** message.tries, longestWaitMinutes),
    );
    if (!(error instanceof SenderUnavailable)) throw error;
    return 'sender_failed';
  }
  await outbox.markSent(message);
  return 'sent';

  async function putBack(error: string, minutes: number): Promise<void> {
    await outbox.putBack(message, { error, retryAt: new Date(clock.now().getTime() + minutes * minute) });
  }
}

function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
