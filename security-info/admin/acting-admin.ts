/** Who acts for the organisation, and the audit event of what they do to somebody or to a policy. */
import { randomUUID } from 'node:crypto';
import { ownMailbox, sealRecipients } from '../act.ts';
import type { DomainEvent, EventType, RequestContext } from '../events.ts';
import type { Account, DataKeys } from '../ports.ts';

/** An admin at a page, a program with an access token, or whoever is at the command line. */
export interface ActingAdmin extends RequestContext {
  /** As events name it: `admin:<account id>`, `client:<client id>` or `cli`. */
  readonly actor: string;
  /** The admin's own account, or null for a program and for the command line. */
  readonly accountId: string | null;
}

/** Whoever is at the command line. */
export const atCommandLine: ActingAdmin = {
  actor: 'cli',
  accountId: null,
  callerAddress: null,
  clientId: null,
  device: null,
};

/** What an event says beside who acted, when and what. */
export type EventAbout = Partial<
  Pick<
    DomainEvent,
    'id' | 'accountId' | 'clientId' | 'reason' | 'methodType' | 'notify' | 'result' | 'changes'
  >
>;

/** An event by an admin. */
export function adminEvent(by: ActingAdmin, type: EventType, at: Date, about: EventAbout): DomainEvent {
  return {
    id: randomUUID(),
    type,
    at,
    accountId: null,
    actor: by.actor,
    result: 'success',
    reason: null,
    methodType: null,
    notify: [],
    callerAddress: by.callerAddress,
    clientId: by.clientId,
    device: by.device ?? null,
    ...about,
  };
}

/** An event by an admin about an account, of which its own mailbox is told. */
export function accountEvent(
  by: ActingAdmin,
  type: EventType,
  at: Date,
  account: Account,
  keys: DataKeys,
  about: EventAbout = {},
): DomainEvent {
  const event = adminEvent(by, type, at, { ...about, accountId: account.id });
  const notify = sealRecipients(keys, event.id, ownMailbox(account), account.locale ?? 'en');
  return { ...event, notify };
}
