/**
 * Holds the records against the directory: which policy applies to each account by its groups, and which accounts are
 * gone. Page by page; what was killed goes on where it was.
 */
import { randomUUID } from 'node:crypto';
import type { PolicySet } from '../security-info/policy.ts';
import type { Account, Ports } from '../security-info/ports.ts';
import {
  type DirectoryPass,
  type DirectorySyncStore,
  derivedFields,
  isOutdated,
} from '../security-info/reconfirmation/directory-sync.ts';
import type { Job, JobRun } from './job.ts';
import { createPace, inSteps, type PaceOptions } from './pace.ts';

/** Accounts per page, and records per step. */
const pageSize = 200;
/** A pass that was left longer ago begins anew: the directory has changed since. */
const resumableHours = 12;

/** What the job works on. */
export interface SyncDirectoryOptions extends Pick<Ports, 'clock' | 'policies' | 'directory'>, PaceOptions {
  readonly sync: DirectorySyncStore;
}

/** One run. */
interface Run extends Pick<JobRun, 'dryRun'> {
  readonly options: SyncDirectoryOptions;
  readonly set: PolicySet;
  readonly now: Date;
  readonly counts: { accounts: number; changed: number; gone: number };
  /** After each step; true where the job is to end. */
  readonly step: (pass: DirectoryPass) => Promise<boolean>;
}

/** The job, on this directory and these records. */
export function syncDirectory(options: SyncDirectoryOptions): Job {
  return {
    name: 'sync-directory',
    hasDryRun: true,
    run: async ({ dryRun, onProgress, signal }) => {
      const { sync, clock, policies } = options;
      const counts = { accounts: 0, changed: 0, gone: 0 };
      const pause = createPace(options, signal);
      const now = clock.now();
      const runId = randomUUID();
      const run: Run = {
        options,
        now,
        counts,
        dryRun,
        set: await policies.latest(),
        step: async (pass) => {
          onProgress({ ...counts });
          if (dryRun) return signal.aborted;
          await sync.savePass(pass);
          return pause();
        },
      };
      const begun: DirectoryPass = dryRun
        ? { runId, startedAt: now, phase: 'accounts', cursor: null, matched: 0 }
        : await sync.beginPass(runId, now, new Date(now.getTime() - resumableHours * 3_600_000));
      const pass = begun.phase === 'accounts' ? await passAccounts(run, begun) : begun;
      if (pass !== null && (await passRecords(run, pass)) && !dryRun) await sync.endPass(runId);
      return counts;
    },
  };
}

/** Every account of the directory. @returns the pass in its second phase; null where the job is to end */
async function passAccounts(run: Run, begun: DirectoryPass): Promise<DirectoryPass | null> {
  const { directory } = run.options;
  let pass = begun;
  for (;;) {
    const page = await directory.list({ cursor: pass.cursor, limit: pageSize });
    const matched = pass.matched + (await refreshPage(run, page.accounts));
    const isLast = page.nextCursor === null;
    pass = isLast
      ? { ...pass, matched, phase: 'records', cursor: null }
      : { ...pass, matched, cursor: page.nextCursor };
    if (await run.step(pass)) return null;
    if (isLast) return pass;
  }
}

/** @returns how many of the accounts have a record */
async function refreshPage(
  { options, set, counts, dryRun }: Run,
  accounts: readonly Account[],
): Promise<number> {
  const { sync } = options;
  const records = await sync.records(accounts.map(({ id }) => id));
  const byId = new Map(accounts.map((account) => [account.id, account] as const));
  const changes = records.flatMap((record) => {
    const account = byId.get(record.accountId);
    if (account === undefined) return [];
    const fields = derivedFields(set, account, record);
    const { accountId, version } = record;
    return isOutdated(record, fields) ? [{ accountId, version, ...fields }] : [];
  });
  counts.accounts += accounts.length;
  counts.changed += dryRun ? changes.length : await sync.refresh(changes);
  return records.length;
}

/** Where records are left over, asks for the account of each. @returns false where the job is to end */
async function passRecords(run: Run, begun: DirectoryPass): Promise<boolean> {
  const { options, counts, dryRun, now } = run;
  const { sync, directory } = options;
  // In a dry run those who are back still count as gone, so the numbers say nothing.
  if (!dryRun && begun.cursor === null && begun.matched >= (await sync.countPresent())) return true;
  for await (const accountIds of inSteps(sync.present(begun.cursor), pageSize)) {
    const gone: string[] = [];
    for (const accountId of accountIds) {
      if ((await directory.findById(accountId)) === undefined) gone.push(accountId);
    }
    counts.gone += dryRun ? gone.length : await sync.markGone(gone, now);
    if (await run.step({ ...begun, cursor: accountIds.at(-1) ?? begun.cursor })) return false;
  }
  return true;
}
