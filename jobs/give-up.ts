/** When a notice is given up, and that somebody learns of it. Trying it until then is deliver.ts's. */
import type { DeadLetterStore } from '../security-info/dead-letters.ts';
import type { OutboxMessage, Ports } from '../security-info/ports.ts';

/**
 * Both must be past. The age, because a relay may be away for a long weekend, and a notice that comes days late still
 * tells of a thief; the tries, because in such an outage most of the queue is hardly tried at all.
 * @see RFC 5321 §4.5.4.1 (the give-up time is at least 4 to 5 days)
 */
export const giveUpAfter = { tries: 12, hours: 5 * 24 };

/** What giving up takes. */
export interface GiveUpPorts extends Pick<Ports, 'eventLog' | 'keys' | 'clock'> {
  readonly deadLetters: Pick<DeadLetterStore, 'bury'>;
}

/** Whether a message that has just failed is not to be tried again. */
export function isHopeless({ tries, createdAt }: OutboxMessage, now: Date): boolean {
  const hours = (now.getTime() - createdAt.getTime()) / 3_600_000;
  return tries >= giveUpAfter.tries && hours >= giveUpAfter.hours;
}

/** Gives a message up. The event comes first: what is cut off in between is told twice under one id, that is once. */
export async function giveUp(message: OutboxMessage, error: string, ports: GiveUpPorts): Promise<void> {
  const { key, createdAt, event } = message;
  await ports.eventLog.insert([
    {
      id: ports.keys.hash(`delivery_failed:${key}:${createdAt.getTime()}`, 'event-id'),
      type: 'delivery_failed',
      at: ports.clock.now(),
      accountId: event.accountId,
      actor: 'job:deliver',
      result: 'failure',
      reason: error,
      methodType: null,
      notify: [],
      callerAddress: null,
      clientId: null,
    },
  ]);
  await ports.deadLetters.bury(message, error);
}
