/** Who does something to a record, when and under which policy, and the event that tells of it. */
import { randomUUID } from 'node:crypto';
import type { DomainEvent, EventType } from './events.ts';
import { normaliseEmailAddress } from './methods/email.ts';
import type { EffectivePolicy } from './policy.ts';
import type { Account, Asker, DataKeys, Flow } from './ports.ts';
import type { Method, MethodType, SecurityInfoRecord } from './record.ts';
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

/** What an event says besides what its act says. */
export interface EventDetail {
  readonly result?: 'success' | 'failure';
  readonly reason?: string;
  readonly methodType?: MethodType;
  /** Addresses in clear that are told by mail; they are sealed here. */
  readonly tell?: readonly string[];
}

/** Makes the event of an act. */
export function eventOf(
  act: Pick<Act, 'account' | 'asker' | 'keys' | 'now'>,
  type: EventType,
  detail: EventDetail = {},
): DomainEvent {
  const id = randomUUID();
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
    notify: distinctAddresses(detail.tell ?? []).map((address) => ({
      addressCiphertext: sealNoticeAddress(act.keys, id, address),
      locale,
    })),
    callerAddress: act.asker.callerAddress,
    clientId: act.asker.clientId,
  };
}

/** The account's own mailbox, as addresses to tell. */
export function ownMailbox(account: Account): readonly string[] {
  return account.mailbox === null ? [] : [account.mailbox];
}

/**
 * Whom a change of the methods tells: the own mailbox and every mailbox that the record knew before it, prefilled
 * ones included, so that a thief cannot change anything in silence.
 */
export function everyKnownMailbox(act: Act, record: SecurityInfoRecord): readonly string[] {
  return [...ownMailbox(act.account), ...record.methods.flatMap((method) => mailboxesOf(act, method))];
}

function mailboxesOf(act: Act, method: Method): readonly string[] {
  if (method.type !== 'email') return [];
  const address = openAddress(act.keys, act.account.id, method);
  return address === null ? [] : [address];
}

function distinctAddresses(addresses: readonly string[]): readonly string[] {
  const bySpelling = new Map(
    addresses.map((address) => [normaliseEmailAddress(address) ?? address, address]),
  );
  return [...bySpelling.values()];
}
