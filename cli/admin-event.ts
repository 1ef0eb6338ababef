/** The audit event of what is done at the command line. */
import {
  accountEvent as accountEventBy,
  adminEvent as adminEventBy,
  atCommandLine,
  type EventAbout,
} from '../security-info/admin/acting-admin.ts';
import type { DomainEvent, EventType } from '../security-info/events.ts';
import type { Account, DataKeys } from '../security-info/ports.ts';

/** An event by the command line. */
export function adminEvent(type: EventType, at: Date, about: EventAbout): DomainEvent {
  return adminEventBy(atCommandLine, type, at, about);
}

/** An event about an account, of which its own mailbox is told. */
export function accountEvent(type: EventType, at: Date, account: Account, keys: DataKeys): DomainEvent {
  return accountEventBy(atCommandLine, type, at, account, keys);
}
