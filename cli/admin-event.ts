/** The audit event of an admin's act at the command line, and telling the account's own mailbox of it. */
import { randomUUID } from 'node:crypto';
import type { DomainEvent, EventType } from '../security-info/events.ts';
import type { Account, DataKeys } from '../security-info/ports.ts';
import { sealNoticeAddress } from '../security-info/sealing.ts';

/** An event by the command line. */
export function adminEvent(
  type: EventType,
  at: Date,
  about: Partial<Pick<DomainEvent, 'accountId' | 'clientId' | 'reason' | 'notify'>>,
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
  const { id: accountId, mailbox, locale } = account;
  const event = adminEvent(type, at, { accountId });
  if (mailbox === null) return event;
  const addressCiphertext = sealNoticeAddress(keys, event.id, mailbox);
  return { ...event, notify: [{ addressCiphertext, locale: locale ?? 'en' }] };
}
