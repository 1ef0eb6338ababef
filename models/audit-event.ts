/** `audit_events`: what happened, one entry per event, never changed. Who may read it is the admin room's. */
import { type Connection, Schema } from 'mongoose';
import type { DomainEvent } from '../security-info/events.ts';
import type { EventLog } from '../security-info/ports.ts';
import { settingChanges } from './domain-event.ts';
import { insertNew } from './duplicate-key.ts';
import { enqueueNotices } from './outbox.ts';
import { type CollectionSchema, schemaOptions } from './schema-options.ts';

/** An audit entry: the event without whom it told, which is only counted. */
export interface AuditEntry extends Omit<DomainEvent, 'id' | 'notify'> {
  /** The event's id. */
  readonly _id: string;
  /** How many notices it gave rise to. */
  readonly noticeCount: number;
}

const schema = new Schema<AuditEntry>(
  {
    _id: { type: String, required: true },
    type: { type: String, required: true },
    at: { type: Date, required: true },
    accountId: String,
    actor: { type: String, required: true },
    result: { type: String, required: true },
    reason: String,
    methodType: String,
    callerAddress: String,
    clientId: String,
    device: String,
    undoOf: String,
    changes: settingChanges,
    noticeCount: { type: Number, required: true },
  },
  schemaOptions,
);
// What audit-log.ts pages along, newest first; activity.ts reads by the one of the account.
schema.index({ accountId: 1, at: -1, _id: -1 });
schema.index({ clientId: 1, at: -1, _id: -1 });
schema.index({ actor: 1, at: -1, _id: -1 });
schema.index({ type: 1, at: -1, _id: -1 });
schema.index({ at: -1, _id: -1 });

/** The collection of audit entries. */
export const auditEvents: CollectionSchema<AuditEntry> = { name: 'audit_events', schema };

/**
 * Copies events into the audit log and their notices into the outbox, each under its own key: doing it again,
 * wholly or in part, adds nothing.
 */
export async function publishEvents(connection: Connection, events: readonly DomainEvent[]): Promise<void> {
  if (events.length === 0) return;
  await insertNew(
    connection,
    auditEvents,
    events.map(({ id, notify, ...event }) => ({ ...event, _id: id, noticeCount: notify.length })),
  );
  await enqueueNotices(connection, events);
}

/** The EventLog port. */
export function createEventLog(connection: Connection): EventLog {
  return { insert: (events) => publishEvents(connection, events) };
}
