/** Once a day, how many are registered, due, put off and locked, and what happened the day before: the numbers of the charts. */
import { dayOf } from '../security-info/admin/campaign.ts';
import {
  countAccount,
  eventTotals,
  noCoverage,
  type ReportSnapshotStore,
} from '../security-info/admin/report-snapshot.ts';
import { availableSenders } from '../security-info/operations/situation.ts';
import type { Ports } from '../security-info/ports.ts';
import type { Job } from './job.ts';
import { createPace, type PaceOptions } from './pace.ts';

const pageSize = 200;
const dayMilliseconds = 86_400_000;

/** What the job works on. */
export interface ReportSnapshotOptions
  extends Pick<Ports, 'clock' | 'policies' | 'directory' | 'mail' | 'sms' | 'voice'>,
    PaceOptions {
  readonly snapshots: ReportSnapshotStore;
}

/** The job, on this directory and these records. */
export function reportSnapshot(options: ReportSnapshotOptions): Job {
  const { snapshots, directory, policies, clock } = options;
  return {
    name: 'report-snapshot',
    hasDryRun: false,
    run: async ({ onProgress, signal }) => {
      const now = clock.now();
      const day = dayOf(now);
      const counts = { accounts: 0, snapshots: 0 };
      if (await snapshots.has(day)) return counts;
      const pause = createPace(options, signal);
      const seen = { set: await policies.latest(), senders: availableSenders({ ports: options }), now };
      const coverage = noCoverage();
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof directory.list>> = await directory.list({
          cursor,
          limit: pageSize,
        });
        const records = await snapshots.records(page.accounts.map(({ id }) => id));
        const byId = new Map(records.map((record) => [record.accountId, record] as const));
        for (const account of page.accounts) countAccount(coverage, seen, account, byId.get(account.id));
        counts.accounts += page.accounts.length;
        onProgress({ ...counts });
        cursor = page.nextCursor;
        // Half a day's numbers are none: a run that is stopped leaves nothing, and the next one counts anew.
        if (await pause()) return counts;
      } while (cursor !== null);
      const today = new Date(`${day}T00:00:00Z`);
      const events = await snapshots.countEvents(new Date(today.getTime() - dayMilliseconds), today);
      const isNew = await snapshots.add({ day, takenAt: now, ...coverage, ...eventTotals(events) });
      return { ...counts, snapshots: isNew ? 1 : 0 };
    },
  };
}
