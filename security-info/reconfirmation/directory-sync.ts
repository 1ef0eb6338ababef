/** What a record keeps of its account's directory entry: the policy that applies, and what follows from it for the jobs. */
import { effectivePolicy, scopeOf } from '../effective-policy.ts';
import { subjectOf } from '../operations/situation.ts';
import type { PolicySet } from '../policy.ts';
import type { Account } from '../ports.ts';
import type { SignInRecord } from '../record.ts';
import { countingMethods, oldestConfirmation } from '../status.ts';

/** The part of a record that follows from the directory. */
export interface DerivedFields {
  readonly policyId: string;
  /** The oldest confirmation of what counts under that policy; null where nothing does. */
  readonly oldestConfirmedAt: Date | null;
  /** The same while the policy asks the account and it carries no mark, else null. */
  readonly markableAt: Date | null;
}

/** A record as the directory is held against it. */
export interface SyncedRecord
  extends Pick<SignInRecord, 'accountId' | 'policyId' | 'methods' | 'mark'>,
    Pick<DerivedFields, 'oldestConfirmedAt' | 'markableAt'> {
  readonly version: number;
  /** Its account was gone at the last look. */
  readonly isGone: boolean;
}

/** Where a pass over the directory, and then over the records, stands. */
export interface DirectoryPass {
  /** Random; whoever goes on with a pass gives it a new one. */
  readonly runId: string;
  readonly startedAt: Date;
  /** First every account of the directory, then, where records are left over, every record. */
  readonly phase: 'accounts' | 'records';
  /** The directory's cursor, or the id of the last record; null at the beginning. */
  readonly cursor: string | null;
  /** Records that belong to the accounts so far. */
  readonly matched: number;
}

/** Records and passes, for the job that holds them against the directory. */
export interface DirectorySyncStore {
  /** Those of these accounts that have a record. */
  records(accountIds: readonly string[]): Promise<readonly SyncedRecord[]>;
  /** Writes what is derived, each by the version that was read; a gone account is back. @returns how many */
  refresh(changes: readonly (DerivedFields & Pick<SyncedRecord, 'accountId' | 'version'>)[]): Promise<number>;
  /** How many records there are whose account is not known to be gone. */
  countPresent(): Promise<number>;
  /** Their ids in order, after one of them, streamed. */
  present(afterId: string | null): AsyncIterable<string>;
  /** Notes that accounts are gone, once each, with an event; their records are kept. @returns how many */
  markGone(accountIds: readonly string[], now: Date): Promise<number>;
  /** Begins a pass, or goes on with one that was begun after a date and not ended. */
  beginPass(runId: string, now: Date, resumableSince: Date): Promise<DirectoryPass>;
  /** Remembers where the pass stands; nothing happens where another run has taken it over. */
  savePass(pass: DirectoryPass): Promise<void>;
  endPass(runId: string): Promise<void>;
}

/** What a record should keep of its account. */
export function derivedFields(set: PolicySet, account: Account, record: SyncedRecord): DerivedFields {
  const subject = subjectOf(account);
  const policy = effectivePolicy(set, subject);
  const oldestConfirmedAt = oldestConfirmation(countingMethods(record.methods, policy));
  const isAsked = scopeOf(policy, subject, null) === 'in_scope';
  // Who is excluded by id is left out by the jobs themselves, so that no run is needed to let them in again.
  const isExcludedById = policy.excludedAccounts.includes(account.id);
  const isMarkable = record.mark === null && (isAsked || isExcludedById);
  return { policyId: policy.id, oldestConfirmedAt, markableAt: isMarkable ? oldestConfirmedAt : null };
}

/** Whether the record says something else. */
export function isOutdated(record: SyncedRecord, fields: DerivedFields): boolean {
  return (
    record.isGone ||
    record.policyId !== fields.policyId ||
    record.oldestConfirmedAt?.getTime() !== fields.oldestConfirmedAt?.getTime() ||
    record.markableAt?.getTime() !== fields.markableAt?.getTime()
  );
}
