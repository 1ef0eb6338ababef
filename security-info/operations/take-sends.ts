/**
 * Takes one send from every counter that stands before it, or from none: what is not sent leaves each counter as it
 * was. A node that ends in between leaves one too many counted, never one too few.
 */
import { TooManySends } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { giveBackSend, keepThrottleSeconds, type SendLimit, takeSend } from '../throttles.ts';

/**
 * Takes one send from all of the counters.
 * @throws {TooManySends} `too_many_sends`, with the moment from which on all of them let one through
 */
export async function takeSends(
  { throttles }: Pick<Ports, 'throttles'>,
  limits: readonly SendLimit[],
  now: Date,
): Promise<void> {
  const taken: SendLimit[] = [];
  let until: Date | null = null;
  for (const limit of limits) {
    try {
      await throttles.change(limit.key, keepThrottleSeconds, takeSend(limit, now));
      taken.push(limit);
    } catch (refusal) {
      if (!(refusal instanceof TooManySends)) throw refusal;
      const { until: next } = refusal.values;
      if (next instanceof Date && (until === null || next > until)) until = next;
    }
  }
  if (until === null) return;
  await giveBackSends({ throttles }, taken, now);
  throw new TooManySends({ until });
}

/** Gives back what was taken for something that was not sent after all. */
export async function giveBackSends(
  { throttles }: Pick<Ports, 'throttles'>,
  limits: readonly SendLimit[],
  now: Date,
): Promise<void> {
  for (const { key } of limits) await throttles.change(key, keepThrottleSeconds, giveBackSend(now));
}
