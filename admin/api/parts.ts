/** What the operations work with, and finding whom an address names. */
import type { CampaignPorts } from '../../security-info/admin/campaign-members.ts';
import type { ImportPorts } from '../../security-info/admin/import/import-ports.ts';
import type { PeopleDesk } from '../../security-info/admin/people-desk.ts';
import type { PolicyDesk } from '../../security-info/admin/policy-desk.ts';
import type { ReportSnapshotStore } from '../../security-info/admin/report-snapshot.ts';
import type { AuditLog } from '../../security-info/audit.ts';
import type { DeadLetterStore } from '../../security-info/dead-letters.ts';
import { PersonNotFound } from '../../security-info/errors.ts';
import type { Account, Ports } from '../../security-info/ports.ts';
import type { PasswordDelays, ReportPorts } from '../../security-info/reports/ports.ts';

/** What the operations are given. */
export interface ApiParts {
  readonly ports: Ports;
  readonly people: PeopleDesk;
  readonly policies: PolicyDesk;
  readonly reports: ReportPorts;
  readonly passwordDelays: PasswordDelays;
  readonly snapshots: ReportSnapshotStore;
  readonly auditLog: AuditLog;
  readonly campaigns: CampaignPorts;
  readonly imports: ImportPorts;
  readonly deadLetters: DeadLetters;
  /** Every job with its last and next run. */
  readonly listJobs: () => Promise<readonly JobState[]>;
  /** Runs work that no answer waits for; what is lost with the process is taken up by a job. */
  readonly inBackground: (work: (signal: AbortSignal) => Promise<unknown>) => void;
}

/** The messages that could not be delivered. */
export type DeadLetters = Pick<DeadLetterStore, 'listDead' | 'retryDead' | 'retryAllDead'>;

/** A job as admins see it. */
export interface JobState {
  readonly name: string;
  readonly schedule: string;
  readonly isRunning: boolean;
  readonly nextRunAt: Date | null;
  readonly lastDoneAt: Date | null;
  readonly lastRun: JobRunState | null;
}

/** The latest run of a job. */
export interface JobRunState {
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly result: string | null;
  readonly error: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly durationMilliseconds: number | null;
}

const byName = 'name:';

/**
 * The account that `{id}` names: by its id, or by the login name after `name:`.
 * @throws {PersonNotFound} `person_not_found`
 */
export async function personOf({ directory }: Pick<Ports, 'directory'>, id: string): Promise<Account> {
  const account = id.startsWith(byName)
    ? await directory.findByLoginName(id.slice(byName.length))
    : await directory.findById(id);
  if (account === undefined) throw new PersonNotFound();
  return account;
}
