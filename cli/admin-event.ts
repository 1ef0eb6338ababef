/** The audit event of an admin's act at the command line, and telling the account's own mailbox of it. */
import { randomUUID } from 'node:crypto';
import { ownMailbox, sealRecipients } from '../security-info/act.ts';
import type { DomainEvent, EventType } from '../security-info/events.ts';
import type { Account, DataKeys } from '../security-info/ports.ts';

/** An event by the command line. */
export function adminEvent(
  type: EventType,
  at: Date,
  about: Partial<Pick<DomainEvent, 'accountId' | 'clientId' | 'reason' | 'methodType' | 'notify'>>,
): DomainEvent {
  return {
    id: randomUUID(),
    type,
    at,
    accountId: null,
    actor: 'cli',
    result: 'success',
    reason: null,
    methodType: null,
    notify: [],
    callerAddress: null,
    clientId: null,
    ...about,
  };
}

/** An event about an account, of which its own mailbox is told. */
export function accountEvent(type: EventType, at: Date, account: Account, keys: DataKeys): DomainEvent {
  const event = adminEvent(type, at, { accountId: account.id });
  const notify = sealRecipients(keys, event.id, ownMailbox(account), account.locale ?? 'en');
  return { ...event, notify };
}
