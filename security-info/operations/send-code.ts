/** Sends a one-time code: the limits first, then the challenge in the record, then the message. */
import { randomUUID } from 'node:crypto';
import type { Act } from '../act.ts';
import { eventOf } from '../act.ts';
import { codeOf, findChallenge, issueChallenge, takeBackSend, withChannel } from '../challenges.ts';
import { isDestinationAllowed, usableChannels } from '../effective-policy.ts';
import { DestinationNotAllowed, SenderUnavailable } from '../errors.ts';
import type { Policy, SenderAvailability } from '../policy.ts';
import type { Challenge, ChallengePurpose, Channel, MethodType } from '../record.ts';
import { addressHash, destinationHash } from '../sealing.ts';
import { settle } from '../settle.ts';
import { sendLimits } from '../throttles.ts';
import type { DeskParts } from './situation.ts';
import { spendBudget } from './spend-budget.ts';
import { giveBackSends, takeSends } from './take-sends.ts';

const minute = 60_000;

/** Where a code goes and what for. */
export interface CodeOrder {
  readonly purpose: ChallengePurpose;
  readonly methodType: MethodType;
  readonly address: string;
  readonly channel: Channel;
}

/** Whom a code is for, under which policy, with which senders. */
export interface Destination {
  readonly type: MethodType;
  readonly address: string;
  readonly policy: Policy;
  readonly senders: SenderAvailability;
}

/**
 * The way that was wished for where it can be used, else the first that can.
 * @throws {DestinationNotAllowed} `destination_not_allowed`
 * @throws {SenderUnavailable} `sender_unavailable`, when none can
 */
export function chooseChannel(
  { type, address, policy, senders }: Destination,
  wished: string | null,
): Channel {
  if (!isDestinationAllowed(type, policy, address)) throw new DestinationNotAllowed();
  const usable = usableChannels(type, policy, senders, address);
  const channel = usable.find((one) => one === wished) ?? usable[0];
  if (channel === undefined) throw new SenderUnavailable({ cause: 'not_set_up' });
  return channel;
}

/**
 * Sends the code of the live challenge for this address, or of a new one.
 * @returns true where the code is one that went out before
 * @throws {TooManySends} `too_many_sends`
 * @throws {DestinationNotAllowed} `destination_not_allowed`
 * @throws {SenderUnavailable} `sender_unavailable`, also where the service has sent all that it may today
 */
export async function sendCode(parts: DeskParts, act: Act, order: CodeOrder): Promise<boolean> {
  const { ports } = parts;
  const { account, asker, now } = act;
  const { channel } = order;
  const hash = destinationHash(act.keys, order.address);
  if (!isDestinationAllowed(order.methodType, act.policy, order.address)) throw new DestinationNotAllowed();
  const limits = sendLimits({
    accountId: account.id,
    destinationHash: addressHash(act.keys, order.methodType, order.address),
    callerAddress: asker.callerAddress,
    caller: asker.caller,
  });
  await takeSends(ports, limits, now);
  if (!(await spendBudget(ports, order))) {
    await giveBackSends(ports, limits, now);
    throw new SenderUnavailable({ cause: 'budget' });
  }
  const target = { purpose: order.purpose, methodType: order.methodType, destinationHash: hash, channel };
  const id = randomUUID();
  const { challenge, before } = await ports.records.change(account.id, (record) => {
    const issued = issueChallenge(record, target, id, now);
    const sent = eventOf(act, 'code_sent', { methodType: order.methodType, reason: order.purpose });
    const result = { challenge: issued.challenge, before: findChallenge(record, target, now) };
    return { next: settle(issued.next, act.policy, now), events: [sent], result };
  });
  parts.published(account.id);
  try {
    await handOver(parts, act, order, challenge);
  } catch (error) {
    if (error instanceof SenderUnavailable) {
      const failed = eventOf(act, 'code_not_sent', { result: 'failure', methodType: order.methodType });
      await ports.eventLog.insert([failed]);
      await ports.records.change(account.id, (record) => ({
        next: takeBackSend(record, challenge, before),
        events: [],
        result: undefined,
      }));
    }
    throw error;
  }
  const isSameCode = before !== undefined && before.id === challenge.id;
  if (challenge.channel === channel) return isSameCode;
  await ports.records.change(account.id, (record) => ({
    next: withChannel(record, challenge.id, channel),
    events: [],
    result: undefined,
  }));
  return isSameCode;
}

async function handOver(
  { ports }: DeskParts,
  { account, asker, policy, keys, now }: Act,
  { address, channel }: CodeOrder,
  challenge: Challenge,
): Promise<void> {
  const minutesLeft = Math.floor((challenge.expiresAt.getTime() - now.getTime()) / minute);
  const message = {
    kind: 'code' as const,
    to: address,
    locale: asker.locale,
    code: codeOf(keys, account.id, challenge),
    expiresInMinutes: Math.max(1, minutesLeft),
  };
  // Each send is a message of its own: a gateway that drops repeats must not drop what was asked for again.
  const messageId = `code.${challenge.id}.${randomUUID()}`;
  if (channel !== 'mail') return ports[channel].send(message, messageId);
  return ports.mail.send({ ...message, helpdeskUrl: policy.helpdeskUrl }, messageId);
}
