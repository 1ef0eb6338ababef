/** All stores on one connection. Who gets which is the composition's. */
import type { Connection } from 'mongoose';
import type { MailboxStore } from '../delivery/development-mailbox.ts';
import type { ActivityLog } from '../security-info/activity.ts';
import type { AuditLog } from '../security-info/audit.ts';
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
import type { PasswordDelays, ReportRecords } from '../security-info/reports/ports.ts';
import { createActivityLog } from './activity.ts';
import { createEventLog } from './audit-event.ts';
import { createAuditLog } from './audit-log.ts';
import { type ClientStore, createClientStore } from './client.ts';
import { createMailboxStore } from './development-mailbox.ts';
import { createFlowStore } from './flow.ts';
import { createLeaseStore } from './lease.ts';
import { createOutboxStore } from './outbox.ts';
import { createPolicyStore } from './policy.ts';
import { createRecordStore } from './record-store.ts';
import { createPasswordDelays, createReportRecords } from './report-records.ts';
import { createThrottleStore } from './throttle.ts';

/** Every store of a deployment but its accounts. */
export interface Stores {
  readonly records: RecordStore;
  readonly flows: FlowStore;
  readonly throttles: ThrottleStore;
  readonly policies: PolicyStore;
  readonly eventLog: EventLog;
  readonly activity: ActivityLog;
  readonly auditLog: AuditLog;
  readonly reportRecords: ReportRecords;
  readonly passwordDelays: PasswordDelays;
  readonly outbox: OutboxStore;
  readonly leases: LeaseStore;
  readonly clients: ClientStore;
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
    auditLog: createAuditLog(connection),
    reportRecords: createReportRecords(connection),
    passwordDelays: createPasswordDelays(connection, options),
    outbox: createOutboxStore(connection, options),
    leases: createLeaseStore(connection),
    clients: createClientStore(connection, options),
    mailbox: createMailboxStore(connection, options.keys),
  };
}
