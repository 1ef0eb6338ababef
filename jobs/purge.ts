/**
 * Deletes what was kept long enough, and takes out of the records what has expired in them. What is kept how long is
 * the stores' and the settings' matter.
 */
import { effectivePolicy } from '../security-info/effective-policy.ts';
import { type Expired, hasUndecidedSnooze, nextExpiry, withoutExpired } from '../security-info/expiry.ts';
import { subjectOf } from '../security-info/operations/situation.ts';
import type { EffectivePolicy } from '../security-info/policy.ts';
import type { Change, Ports } from '../security-info/ports.ts';
import type { SecurityInfoRecord } from '../security-info/record.ts';
import type { ExpiringRecords, Retained } from '../security-info/retention.ts';
import type { Job, JobCounts } from './job.ts';

/** Documents that are deleted per step. */
const batchSize = 500;
/** Records between two words of progress. */
const recordsPerStep = 100;

/** What the job works on. */
export interface PurgeOptions extends Pick<Ports, 'records' | 'policies' | 'directory' | 'clock'> {
  readonly retained: readonly Retained[];
  readonly expiring: ExpiringRecords;
}

/** The job, on these stores. */
export function purge(options: PurgeOptions): Job {
  const { retained, expiring, clock } = options;
  return {
    name: 'purge',
    hasDryRun: true,
    run: async ({ dryRun, onProgress, signal }) => {
      const now = clock.now();
      let counts: JobCounts = Object.fromEntries(retained.map(({ name }) => [name, 0]));
      const add = (more: JobCounts): void => {
        counts = sum(counts, more);
      };
      for (const { name, countExpired, deleteExpired } of retained) {
        if (dryRun) {
          add({ [name]: await countExpired(now) });
          continue;
        }
        while (!signal.aborted) {
          const deleted = await deleteExpired(now, batchSize);
          if (deleted === 0) break;
          add({ [name]: deleted });
          onProgress(counts);
        }
      }
      let looked = 0;
      add(nothing);
      for await (const accountId of expiring.withExpired(now)) {
        if (signal.aborted) break;
        const expired = await (dryRun ? look : tidy)(accountId, now, options);
        if (expired !== null) add({ records: 1, ...expired });
        looked += 1;
        if (looked % recordsPerStep === 0) onProgress(counts);
      }
      onProgress(counts);
      return counts;
    },
  };
}

const nothing: JobCounts = {
  records: 0,
  challenges: 0,
  accessPasses: 0,
  replacedMethods: 0,
  snoozes: 0,
};

function sum(counts: JobCounts, more: JobCounts): JobCounts {
  const next: Record<string, number> = { ...counts };
  for (const [name, count] of Object.entries(more)) next[name] = (next[name] ?? 0) + count;
  return next;
}

async function look(accountId: string, now: Date, options: PurgeOptions): Promise<Expired | null> {
  const record = await options.records.read(accountId);
  return withoutExpired(record, await policyOf(record, now, options), now)?.expired ?? null;
}

async function tidy(accountId: string, now: Date, options: PurgeOptions): Promise<Expired | null> {
  const { records, expiring } = options;
  const read = await records.read(accountId);
  const policy = await policyOf(read, now, options);
  const expired = await records.change(accountId, (record) => tidied(record, policy, now));
  // Else it would be looked at in every run. One that was changed since it was read has been seen to by that.
  if (expired === null) await expiring.lookAgain(read, now, nextExpiry(read, now));
  return expired;
}

function tidied(
  record: SecurityInfoRecord,
  policy: EffectivePolicy | null,
  now: Date,
): Change<SecurityInfoRecord, Expired | null> {
  const without = withoutExpired(record, policy, now);
  if (without === null) return { unchanged: true, result: null };
  return { next: without.next, events: [], result: without.expired };
}

/** Asks the directory only where something depends on it; null where the account is gone. */
async function policyOf(
  record: SecurityInfoRecord,
  now: Date,
  { directory, policies }: PurgeOptions,
): Promise<EffectivePolicy | null> {
  if (!hasUndecidedSnooze(record, now)) return null;
  const account = await directory.findById(record.accountId);
  return account === undefined ? null : effectivePolicy(await policies.current(), subjectOf(account));
}
