/** All stores on one connection. Who gets which is the composition's. */
import type { Connection } from 'mongoose';
import type { MailboxStore } from '../delivery/development-mailbox.ts';
import type { ActivityLog } from '../security-info/activity.ts';
import type { IdempotencyStore } from '../security-info/admin/idempotency.ts';
import type { ImportStore } from '../security-info/admin/import/import-ports.ts';
import type {
  Clock,
  DataKeys,
  EventLog,
  FlowStore,
  LeaseStore,
  OutboxStore,
  PolicyStore,
  RecordStore,
  ThrottleStore,
} from '../security-info/ports.ts';
import { createActivityLog } from './activity.ts';
import { createEventLog } from './audit-event.ts';
import { type ClientStore, createClientStore } from './client.ts';
import { createMailboxStore } from './development-mailbox.ts';
import { createFlowStore } from './flow.ts';
import { createIdempotencyStore } from './idempotency-key.ts';
import { createImportStore } from './import-store.ts';
import { createLeaseStore } from './lease.ts';
import { createOutboxStore } from './outbox.ts';
import { createPolicyStore } from './policy.ts';
import { createRecordStore } from './record-store.ts';
import { createThrottleStore } from './throttle.ts';

/** Every store of a deployment but its accounts. */
export interface Stores {
  readonly records: RecordStore;
  readonly flows: FlowStore;
  readonly throttles: ThrottleStore;
  readonly policies: PolicyStore;
  readonly eventLog: EventLog;
  readonly activity: ActivityLog;
  readonly outbox: OutboxStore;
  readonly leases: LeaseStore;
  readonly clients: ClientStore;
  readonly imports: ImportStore;
  readonly idempotency: IdempotencyStore;
  /** Only for development: whether it is used is the composition's. */
  readonly mailbox: MailboxStore;
}

/** Makes the stores. Make them once per connection: what one process writes to one key waits in their queues. */
export function createStores(
  connection: Connection,
  options: { readonly keys: DataKeys; readonly clock: Clock },
): Stores {
  return {
    records: createRecordStore(connection, options),
    flows: createFlowStore(connection, options),
    throttles: createThrottleStore(connection, options),
    policies: createPolicyStore(connection, options),
    eventLog: createEventLog(connection),
    activity: createActivityLog(connection),
    outbox: createOutboxStore(connection, options),
    leases: createLeaseStore(connection),
    clients: createClientStore(connection, options),
    imports: createImportStore(connection),
    idempotency: createIdempotencyStore(connection),
    mailbox: createMailboxStore(connection, options.keys),
  };
}
