/**
 * Marks the accounts whose oldest method that counts was confirmed longer ago than their policy's interval, takes its
 * own marks away where the policy has freed somebody, and asks each day's share of the running campaigns.
 * A mark by the interval serves reports, reminders and events; at sign-in the date itself is looked at.
 */
import type { CampaignPorts } from '../security-info/admin/campaign-members.ts';
import { policiesInForce } from '../security-info/effective-policy.ts';
import type { Policy, PolicySet } from '../security-info/policy.ts';
import type { Ports } from '../security-info/ports.ts';
import {
  dependsOnGroups,
  dueUntil,
  freedUnder,
  hasInterval,
  type IntervalVerdict,
  intervalVerdict,
} from '../security-info/reconfirmation/interval-marks.ts';
import type { DatedAccount } from '../security-info/reconfirmation/marking-store.ts';
import { workOnCampaigns } from './campaign-work.ts';
import type { Job, JobRun } from './job.ts';
import { createPace, inSteps, type PaceOptions } from './pace.ts';

/** Accounts per step: bounds what one step holds in memory and how long a stop waits. */
const batchSize = 200;

/** What the job works on. */
export interface MarkingOptions extends Pick<Ports, 'records'>, CampaignPorts, PaceOptions {}

/** One run: what it was given, what it sees, what it has done. */
interface Run extends Pick<JobRun, 'dryRun' | 'signal'> {
  readonly options: MarkingOptions;
  readonly set: PolicySet;
  readonly now: Date;
  readonly counts: { marked: number; cleared: number; campaign: number };
  /** After each step. True where the job is to end. */
  readonly step: (what: keyof Run['counts'], count: number) => Promise<boolean>;
}

/** The job, on these stores. */
export function markReconfirmation(options: MarkingOptions): Job {
  return {
    name: 'mark-reconfirmation',
    hasDryRun: true,
    run: async ({ dryRun, onProgress, signal }) => {
      const counts = { marked: 0, cleared: 0, campaign: 0 };
      const pause = createPace(options, signal);
      const set = await options.policies.latest();
      const run: Run = {
        options,
        set,
        now: options.clock.now(),
        counts,
        dryRun,
        signal,
        step: async (what, count) => {
          counts[what] += count;
          onProgress({ ...counts });
          return dryRun ? signal.aborted : pause();
        },
      };
      for (const policy of policiesInForce(set)) {
        if (!signal.aborted) await clearFreed(run, policy);
        if (!signal.aborted && hasInterval(policy)) await markDue(run, policy);
      }
      if (!signal.aborted) await workOnCampaigns(options, run);
      return counts;
    },
  };
}

/** Takes marks away by what the records tell; where groups decide, each account is looked at. */
async function clearFreed(run: Run, policy: Policy): Promise<void> {
  const { options, dryRun, now } = run;
  const { marking } = options;
  const freed = freedUnder(policy, now);
  for (const rule of freed) {
    if (dryRun) {
      if (await run.step('cleared', await marking.countFreed(policy.id, rule))) return;
      continue;
    }
    for (;;) {
      const clearing = { policyId: policy.id, freed: rule, isSetAside: false, now, limit: batchSize };
      const cleared = await marking.clearFreed(clearing);
      if (cleared === 0) break;
      if (await run.step('cleared', cleared)) return;
    }
  }
  if (!hasInterval(policy) || !dependsOnGroups(policy)) return;
  const confirmedUntilAt = dueUntil(policy, now);
  for await (const step of inSteps(marking.marked(policy.id, 'interval'), batchSize)) {
    const others = step.filter(({ accountId }) => !policy.excludedAccounts.includes(accountId));
    const { not_asked: accountIds } = await verdicts(run, policy, others);
    const rule = { kind: 'accounts', accountIds, confirmedUntilAt } as const;
    const cleared = dryRun
      ? accountIds.length
      : await marking.clearFreed({
          ...{ policyId: policy.id, freed: rule, isSetAside: true, now },
          limit: batchSize,
        });
    if (await run.step('cleared', cleared)) return;
  }
}

async function markDue(run: Run, policy: Policy): Promise<void> {
  const { options, dryRun, now } = run;
  const { records, marking } = options;
  const confirmedUntilAt = dueUntil(policy, now);
  const due = { policyId: policy.id, confirmedUntilAt, excludedAccounts: policy.excludedAccounts };
  if (dependsOnGroups(policy)) {
    for await (const step of inSteps(marking.due(policy.id, confirmedUntilAt), batchSize)) {
      const { due: accountIds, not_asked: notAsked } = await verdicts(run, policy, step);
      if (dryRun) {
        if (await run.step('marked', accountIds.length)) return;
        continue;
      }
      await marking.setAside(notAsked.filter((accountId) => !policy.excludedAccounts.includes(accountId)));
      const marked = await marking.markDue({ policyId: policy.id, accountIds, confirmedUntilAt, now });
      if (await run.step('marked', marked)) return;
    }
    return;
  }
  if (dryRun) {
    await run.step('marked', await records.countDue(due));
    return;
  }
  for (;;) {
    const marked = await records.markDue({ ...due, now, limit: batchSize });
    if (marked === 0 || (await run.step('marked', marked))) return;
  }
}

async function verdicts(
  { options, set, now }: Run,
  { id }: Policy,
  accounts: readonly DatedAccount[],
): Promise<Record<IntervalVerdict, string[]>> {
  const found: Record<IntervalVerdict, string[]> = { due: [], not_due: [], not_asked: [], elsewhere: [] };
  for (const { accountId, confirmedAt } of accounts) {
    const account = await options.directory.findById(accountId);
    found[intervalVerdict(set, id, account, confirmedAt, now)].push(accountId);
  }
  return found;
}
