/** What reports read: people from the directory's pages, their records by one batch a page. Nothing sealed. */
import type { SenderPorts } from '../operations/situation.ts';
import type { AccountDirectory, Clock, PolicyStore } from '../ports.ts';
import type { SecurityInfoRecord, SignInRecord } from '../record.ts';

/** The part of a record that reports need: what sign-in reads, and the wrong proofs. */
export type ReportRecord = SignInRecord & Pick<SecurityInfoRecord, 'wrongProofs'>;

/** Many records at once. */
export interface ReportRecords {
  /** By account id, in one read with a projection; an account without a record is not in it. */
  readMany(accountIds: readonly string[]): Promise<ReadonlyMap<string, ReportRecord>>;
}

/** Delays after wrong passwords, many at once. */
export interface PasswordDelays {
  /** Until when a password is not looked at, by login name as it was given; nothing for a name without a delay. */
  readMany(loginNames: readonly string[], now: Date): Promise<ReadonlyMap<string, Date>>;
}

/** The ports that reports are given. */
export interface ReportPorts extends SenderPorts {
  readonly clock: Clock;
  readonly policies: Pick<PolicyStore, 'latest'>;
  readonly directory: Pick<AccountDirectory, 'list'>;
  readonly reportRecords: ReportRecords;
}
