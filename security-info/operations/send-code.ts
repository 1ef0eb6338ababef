/** Sends a one-time code: the limits first, then the challenge in the record, then the message. */
import { randomUUID } from 'node:crypto';
import type { Act } from '../act.ts';
import { eventOf } from '../act.ts';
import { codeOf, issueChallenge } from '../challenges.ts';
import { SenderUnavailable } from '../errors.ts';
import type { ChallengePurpose, MethodType } from '../record.ts';
import { addressHash, destinationHash } from '../sealing.ts';
import { settle } from '../settle.ts';
import { keepThrottleSeconds, sendLimits, takeSend } from '../throttles.ts';
import type { DeskParts } from './situation.ts';

const minute = 60_000;

/** Where a code goes and what for. */
export interface CodeOrder {
  readonly purpose: ChallengePurpose;
  readonly methodType: MethodType;
  readonly address: string;
}

/**
 * Sends the code of the live challenge for this address, or of a new one.
 * @throws {TooManySends} `too_many_sends`
 * @throws {SenderUnavailable} `sender_unavailable`
 */
export async function sendCode(parts: DeskParts, act: Act, order: CodeOrder): Promise<void> {
  const { ports } = parts;
  const { account, asker, now } = act;
  const hash = destinationHash(act.keys, order.address);
  const limits = sendLimits({
    accountId: account.id,
    destinationHash: addressHash(act.keys, order.address),
    callerAddress: asker.callerAddress,
    caller: asker.caller,
  });
  for (const limit of limits) {
    await ports.throttles.change(limit.key, keepThrottleSeconds, takeSend(limit, now));
  }
  const target = { purpose: order.purpose, methodType: order.methodType, destinationHash: hash };
  const id = randomUUID();
  const challenge = await ports.records.change(account.id, (record) => {
    const issued = issueChallenge(record, target, id, now);
    const sent = eventOf(act, 'code_sent', { methodType: order.methodType, reason: order.purpose });
    return { next: settle(issued.next, act.policy, now), events: [sent], result: issued.challenge };
  });
  parts.published(account.id);
  try {
    await ports.mail.send(
      {
        kind: 'code',
        to: order.address,
        locale: asker.locale,
        code: codeOf(act.keys, account.id, challenge),
        expiresInMinutes: Math.max(1, Math.floor((challenge.expiresAt.getTime() - now.getTime()) / minute)),
      },
      `code.${challenge.id}.${challenge.sends}`,
    );
  } catch (error) {
    if (error instanceof SenderUnavailable) {
      const failed = eventOf(act, 'code_not_sent', { result: 'failure', methodType: order.methodType });
      await ports.eventLog.insert([failed]);
      // A code that was never sent is not waited for: the page offers to send one.
      if (challenge.sends === 1) {
        await ports.records.change(account.id, (record) => ({
          next: { ...record, challenges: record.challenges.filter(({ id }) => id !== challenge.id) },
          events: [],
          result: undefined,
        }));
      }
    }
    throw error;
  }
}
