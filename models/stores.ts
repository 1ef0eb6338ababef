/** All stores on one connection. Who gets which is the composition's. */
import type { Connection } from 'mongoose';
import type { MailboxStore } from '../delivery/development-mailbox.ts';
import type { ActivityLog } from '../security-info/activity.ts';
import type { CampaignStore } from '../security-info/admin/campaign.ts';
import type { ReportSnapshotStore } from '../security-info/admin/report-snapshot.ts';
import type { BacklogStore, DeadLetterStore } from '../security-info/dead-letters.ts';
import type { JobRunStore } from '../security-info/job-runs.ts';
import type { LeaseStore } from '../security-info/leases.ts';
import type {
  Clock,
  DataKeys,
  EventLog,
  FlowStore,
  OutboxStore,
  PolicyStore,
  RecordStore,
  ThrottleStore,
} from '../security-info/ports.ts';
import type { DirectorySyncStore } from '../security-info/reconfirmation/directory-sync.ts';
import type { MarkingStore } from '../security-info/reconfirmation/marking-store.ts';
import type { ReminderStore } from '../security-info/reconfirmation/reminders.ts';
import { createActivityLog } from './activity.ts';
import { createEventLog } from './audit-event.ts';
import { createCampaignStore } from './campaign.ts';
import { type ClientStore, createClientStore } from './client.ts';
import { createBacklogStore, createDeadLetterStore } from './dead-letter.ts';
import { createMailboxStore } from './development-mailbox.ts';
import { createDirectorySyncStore } from './directory-sync.ts';
import { createFlowStore } from './flow.ts';
import { createJobRunStore } from './job-run.ts';
import { createLeaseStore } from './lease.ts';
import { createMarkingStore } from './marking-store.ts';
import { createOutboxStore } from './outbox.ts';
import { createPolicyStore } from './policy.ts';
import { createRecordStore } from './record-store.ts';
import { createReminderStore } from './reminder.ts';
import { createReportSnapshotStore } from './report-snapshot.ts';
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
  readonly deadLetters: DeadLetterStore;
  readonly backlog: BacklogStore;
  readonly leases: LeaseStore;
  readonly jobRuns: JobRunStore;
  readonly clients: ClientStore;
  readonly campaigns: CampaignStore;
  readonly marking: MarkingStore;
  readonly reminders: ReminderStore;
  readonly sync: DirectorySyncStore;
  readonly snapshots: ReportSnapshotStore;
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
    deadLetters: createDeadLetterStore(connection, options),
    backlog: createBacklogStore(connection),
    leases: createLeaseStore(connection),
    jobRuns: createJobRunStore(connection, options),
    clients: createClientStore(connection, options),
    campaigns: createCampaignStore(connection),
    marking: createMarkingStore(connection),
    reminders: createReminderStore(connection),
    sync: createDirectorySyncStore(connection),
    snapshots: createReportSnapshotStore(connection),
    mailbox: createMailboxStore(connection, options.keys),
  };
}
