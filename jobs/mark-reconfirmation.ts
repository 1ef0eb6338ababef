/**
 * Marks the accounts whose oldest method that counts was confirmed longer ago than their policy's interval.
 * The mark serves reports, reminders and events; at sign-in the date itself is looked at.
 */
import { policiesInForce } from '../security-info/effective-policy.ts';
import type { Policy } from '../security-info/policy.ts';
import type { Ports } from '../security-info/ports.ts';
import { isSpreadOpen, spreadDay } from '../security-info/spread.ts';
import { dueDate } from '../security-info/status.ts';
import type { Job } from './job.ts';

/** Accounts per step: bounds what one step holds in memory and how long a stop waits. */
const batchSize = 200;
const day = 24 * 60 * 60 * 1000;

/** The job, on these stores. */
export function markReconfirmation({
  records,
  policies,
  clock,
}: Pick<Ports, 'records' | 'policies' | 'clock'>): Job {
  return {
    name: 'mark-reconfirmation',
    hasDryRun: true,
    run: async ({ dryRun, onProgress, signal }) => {
      const now = clock.now();
      const set = await policies.latest();
      let marked = 0;
      for (const policy of policiesInForce(set)) {
        if (policy.reconfirmAfterDays === 0 || policy.scope.kind === 'none') continue;
        const due = {
          policyId: policy.id,
          confirmedUntilAt: new Date(now.getTime() - policy.reconfirmAfterDays * day),
          excludedAccounts: policy.excludedAccounts,
          // By the date alone it would mark whose own day of the spread has not come.
          ...(isSpreadOpen(policy, now)
            ? {
                isDue: (accountId: string, confirmedAt: Date) =>
                  isDueUnder(policy, accountId, confirmedAt, now),
              }
            : {}),
        };
        if (dryRun) {
          marked += await records.countDue(due);
          onProgress({ due: marked });
          continue;
        }
        while (!signal.aborted) {
          const batch = await records.markDue({ ...due, now, limit: batchSize });
          if (batch === 0) break;
          marked += batch;
          onProgress({ marked });
        }
      }
      return dryRun ? { due: marked } : { marked };
    },
  };
}

/** What sign-in would say of the date. */
function isDueUnder(policy: Policy, accountId: string, confirmedAt: Date, now: Date): boolean {
  const dueAt = dueDate(confirmedAt, { ...policy, spreadAt: spreadDay(policy, accountId) });
  return dueAt !== null && dueAt <= now;
}
