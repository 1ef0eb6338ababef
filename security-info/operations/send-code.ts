/** Sends a one-time code: the limits first, then the challenge in the record, then the message. */
import { randomUUID } from 'node:crypto';
import type { Act } from '../act.ts';
import { eventOf } from '../act.ts';
import { codeOf, findChallenge, issueChallenge, takeBackSend, withChannel } from '../challenges.ts';
import { DestinationNotAllowed, SenderUnavailable } from '../errors.ts';
import { isPhoneAllowed } from '../methods/phone-number.ts';
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

/**
 * The way that was wished for where it can be used, else the first that can.
 * @throws {SenderUnavailable} `sender_unavailable`, when none can
 */
export function chooseChannel(usable: readonly Channel[], wished: string | null): Channel {
  const channel = usable.find((one) => one === wished) ?? usable[0];
  if (channel === undefined) throw new SenderUnavailable({ cause: 'not_set_up' });
  return channel;
}

/**
 * Sends the code of the live challenge for this address, or of a new one.
 * @throws {TooManySends} `too_many_sends`
 * @throws {DestinationNotAllowed} `destination_not_allowed`
 * @throws {SenderUnavailable} `sender_unavailable`, also where the service has sent all that it may today
 */
export async function sendCode(parts: DeskParts, act: Act, order: CodeOrder): Promise<void> {
  const { ports } = parts;
  const { account, asker, now } = act;
  const { channel } = order;
  const hash = destinationHash(act.keys, order.address);
  if (!isAllowed(act, order)) throw new DestinationNotAllowed();
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
  if (challenge.channel === channel) return;
  await ports.records.change(account.id, (record) => ({
    next: withChannel(record, challenge.id, channel),
    events: [],
    result: undefined,
  }));
}

/** The policy says to which countries codes go, for numbers that were registered before it did as well. */
function isAllowed({ policy }: Act, { channel, address }: CodeOrder): boolean {
  return channel === 'mail' || isPhoneAllowed(address, policy.phoneCountries);
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
