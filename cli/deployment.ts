/**
 * What the commands need of a deployment, and no more. `provider/composition.ts` makes one; tests bring their own.
 */
import type { Job } from '../jobs/job.ts';
import type { ClientStore } from '../models/client.ts';
import type { AccountStore } from '../provider/account-directory.ts';
import type { ImportStore } from '../security-info/admin/import/import-ports.ts';
import type { Ports } from '../security-info/ports.ts';

/** An open deployment, as its admin at the command line has it. */
export interface AdministeredDeployment {
  readonly ports: Pick<
    Ports,
    'clock' | 'records' | 'throttles' | 'policies' | 'eventLog' | 'mail' | 'sms' | 'voice' | 'keys'
  >;
  readonly directory: AccountStore;
  readonly clients: Pick<ClientStore, 'add' | 'list' | 'remove'>;
  readonly imports: ImportStore;
  readonly jobs: readonly Job[];
  close(): Promise<void>;
}
