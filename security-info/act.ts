/** Who does something to a record, when and under which policy, and the event that tells of it. */
import { randomUUID } from 'node:crypto';
import type { DomainEvent, EventType, NoticeRecipient } from './events.ts';
import { normaliseEmailAddress } from './methods/email.ts';
import { takesSms } from './methods/phone-number.ts';
import { contractOf } from './methods/registry.ts';
import type { EffectivePolicy } from './policy.ts';
import type { Account, Asker, DataKeys, Flow } from './ports.ts';
import type { Channel, Method, MethodType, SecurityInfoRecord } from './record.ts';
import { openAddress, sealNoticeAddress } from './sealing.ts';

/** What every transition that a user causes is given. */
export interface Act {
  readonly account: Account;
  readonly asker: Asker;
  readonly policy: EffectivePolicy;
  readonly flow: Pick<Flow, 'id' | 'proofs'>;
  readonly keys: DataKeys;
  readonly now: Date;
}

/** An address in clear and how it is told. */
export interface Recipient {
  readonly channel: Channel;
  readonly address: string;
  /** Whoever reads it there may undo the change. */
  readonly mayUndo?: boolean;
}

/** What an event says besides what its act says. */
export interface EventDetail {
  readonly result?: 'success' | 'failure';
  readonly reason?: string;
  /** Of an event that is to be there once, however often it is told of; random where absent. */
  readonly id?: string;
  /** The method that cools off since. */
  readonly undoOf?: string | null;
  readonly methodType?: MethodType;
  /** Who is told; the addresses are sealed here. */
  readonly tell?: readonly Recipient[];
}

/** Makes the event of an act. */
export function eventOf(
  act: Pick<Act, 'account' | 'asker' | 'keys' | 'now'>,
  type: EventType,
  detail: EventDetail = {},
): DomainEvent {
  const id = detail.id ?? randomUUID();
  const locale = act.account.locale ?? act.asker.locale;
  return {
    id,
    type,
    at: act.now,
    accountId: act.account.id,
    actor: 'user',
    result: detail.result ?? 'success',
    reason: detail.reason ?? null,
    methodType: detail.methodType ?? null,
    notify: sealRecipients(act.keys, id, detail.tell ?? [], locale),
    callerAddress: act.asker.callerAddress,
    clientId: act.asker.clientId,
    device: act.asker.device ?? null,
    undoOf: detail.undoOf ?? null,
  };
}

/** Whom an event tells, sealed for it, each address once. */
export function sealRecipients(
  keys: DataKeys,
  eventId: string,
  recipients: readonly Recipient[],
  locale: string,
): readonly NoticeRecipient[] {
  return distinctRecipients(recipients).map(({ channel, address, mayUndo }) => ({
    channel,
    addressCiphertext: sealNoticeAddress(keys, eventId, address),
    locale,
    ...(mayUndo === true ? { mayUndo } : {}),
  }));
}

/** The account's own mailbox, as whom to tell. */
export function ownMailbox(account: Account): readonly Recipient[] {
  return account.mailbox === null ? [] : [{ channel: 'mail', address: account.mailbox }];
}

/**
 * Whom a change of the methods tells: the own mailbox and every address and number that the record knew before it,
 * prefilled ones included, so that a thief cannot change anything in silence.
 */
export function everyKnownAddress(
  act: Pick<Act, 'account' | 'keys'>,
  record: Pick<SecurityInfoRecord, 'methods'>,
): readonly Recipient[] {
  return [...ownMailbox(act.account), ...record.methods.flatMap((method) => recipientsOf(act, method))];
}

/**
 * The same, of a change that can be undone: by the own mailbox and what is still there and not cooling off itself. What
 * was said to be lost undoes nothing, nor does what a thief may have added the day before.
 */
export function everyKnownUndoer(
  act: Pick<Act, 'account' | 'keys' | 'now'>,
  record: Pick<SecurityInfoRecord, 'methods'>,
  next: Pick<SecurityInfoRecord, 'methods'>,
): readonly Recipient[] {
  const mayUndo = ({ id, coolingOffUntilAt }: Method): boolean =>
    (coolingOffUntilAt === null || coolingOffUntilAt <= act.now) &&
    next.methods.some((method) => method.id === id);
  return [
    ...ownMailbox(act.account).map((recipient) => ({ ...recipient, mayUndo: true })),
    ...record.methods.flatMap((method) =>
      recipientsOf(act, method).map((recipient) => ({ ...recipient, mayUndo: mayUndo(method) })),
    ),
  ];
}

function recipientsOf(
  { account, keys }: Pick<Act, 'account' | 'keys'>,
  method: Method,
): readonly Recipient[] {
  const channel = contractOf(method.type).noticeChannel;
  const address = channel === null ? null : openAddress(keys, account.id, method);
  if (channel === null || address === null) return [];
  return [{ channel: channel === 'sms' && !takesSms(address) ? 'voice' : channel, address }];
}

/** Each address once: a number that is registered twice is told once. */
function distinctRecipients(recipients: readonly Recipient[]): readonly Recipient[] {
  const byAddress = new Map<string, Recipient>();
  for (const recipient of recipients) {
    const spelling = normaliseEmailAddress(recipient.address) ?? recipient.address;
    if (!byAddress.has(spelling)) byAddress.set(spelling, recipient);
  }
  return [...byAddress.values()];
}
