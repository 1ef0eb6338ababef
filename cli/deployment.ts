/**
 * What the commands need of a deployment, and no more. `provider/composition.ts` makes one; tests bring their own.
 */
import type { Job } from '../jobs/job.ts';
import type { JobStatus } from '../jobs/list-jobs.ts';
import type { RunRecorder } from '../jobs/recorded-run.ts';
import type { ClientStore } from '../models/client.ts';
import type { AccountStore } from '../provider/account-directory.ts';
import type { CampaignStore } from '../security-info/admin/campaign.ts';
import type { DeadLetterStore } from '../security-info/dead-letters.ts';
import type { Ports } from '../security-info/ports.ts';
import type { MarkingStore } from '../security-info/reconfirmation/marking-store.ts';

/** An open deployment, as its admin at the command line has it. */
export interface AdministeredDeployment {
  readonly ports: Pick<
    Ports,
    'clock' | 'records' | 'throttles' | 'policies' | 'eventLog' | 'mail' | 'sms' | 'voice' | 'keys'
  >;
  readonly directory: AccountStore;
  readonly clients: Pick<ClientStore, 'add' | 'list' | 'remove'>;
  readonly deadLetters: Pick<DeadLetterStore, 'listDead' | 'retryDead' | 'retryAllDead'>;
  readonly jobs: readonly Job[];
  readonly recorder: RunRecorder;
  listJobs(): Promise<readonly JobStatus[]>;
  readonly campaigns: CampaignStore;
  readonly marking: MarkingStore;
  close(): Promise<void>;
}
