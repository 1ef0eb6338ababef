/**
 * A campaign's work of one day: its share is the first so many who wait, fixed once when the day begins, so that two
 * nodes, or a run after a kill, ask the same people and no day has more. What was left of a day belongs to the next.
 */
import { randomUUID } from 'node:crypto';
import type { PolicySet } from '../policy.ts';
import type { MarkState } from '../reconfirmation/marking-store.ts';
import { type Campaign, dayOf, type MemberOutcome, shareOf } from './campaign.ts';
import { type CampaignPorts, isAsked } from './campaign-members.ts';

/** Members per step. */
const batchSize = 200;

/** Waited for after each step, told how many were asked in it; true ends the work there. */
export type BetweenSteps = (asked: number) => Promise<boolean>;

/**
 * Asks a campaign's share of the day. Running it again, or on two nodes at once, asks nobody twice.
 * @returns how many were asked by this run
 */
export async function askShare(
  ports: CampaignPorts,
  campaign: Campaign,
  now: Date,
  betweenSteps: BetweenSteps,
): Promise<number> {
  const { campaigns, policies } = ports;
  const { id, total } = campaign;
  if (total === null) return 0;
  const today = dayOf(now);
  await campaigns.beginDay(id, today, shareOf(campaign, total));
  const set = await policies.latest();
  let asked = 0;
  for (;;) {
    // Read each time: it may have been paused, or the day may be over while this run still works on it.
    const current = await campaigns.read(id);
    if (current === null || current.state !== 'running' || current.day !== today) return asked;
    const members = await campaigns.waiting(id, current.dayUntilOrder, batchSize);
    if (members.length === 0) {
      await finishIfAllAsked(ports, current, now);
      return asked;
    }
    const step = await askMembers(
      ports,
      current,
      set,
      members.map(({ accountId }) => accountId),
      now,
    );
    asked += step.asked;
    // Nobody: whoever is left is in the middle of something else, and is asked next time.
    if ((await betweenSteps(step.asked)) || step.settled === 0) return asked;
  }
}

async function askMembers(
  { campaigns, marking, directory }: CampaignPorts,
  campaign: Campaign,
  set: PolicySet,
  accountIds: readonly string[],
  now: Date,
): Promise<{ readonly asked: number; readonly settled: number }> {
  const inScope = new Set<string>();
  for (const accountId of accountIds) {
    const account = await directory.findById(accountId);
    if (account !== undefined && isAsked(set, account, campaign)) inScope.add(accountId);
  }
  const toAsk = await marking.states([...inScope]);
  const asked = await marking.markForCampaign({
    campaignId: campaign.id,
    accountIds: toAsk
      .filter((state) => outcomeOf(state, campaign) === null)
      .map(({ accountId }) => accountId),
    confirmedUntilAt: campaign.createdAt,
    now,
  });
  // Read again: what somebody else did meanwhile decides. A kill before `settle` finds the mark there next time.
  const states = new Map(
    (await marking.states([...inScope])).map((state) => [state.accountId, state] as const),
  );
  const settled = await campaigns.settle(
    campaign.id,
    accountIds.flatMap((accountId): MemberOutcome[] => {
      const state = states.get(accountId);
      if (state === undefined) return [{ accountId, state: 'skipped', day: null }];
      const outcome = outcomeOf(state, campaign);
      if (outcome === null) return [];
      return [{ accountId, state: outcome, day: outcome === 'asked' ? dayOf(now) : null }];
    }),
  );
  return { asked, settled };
}

/** What a record says of a member; null where it is to be asked still. */
function outcomeOf(
  { mark, oldestConfirmedAt }: MarkState,
  { createdAt }: Campaign,
): MemberOutcome['state'] | null {
  if (oldestConfirmedAt === null) return 'skipped';
  if (oldestConfirmedAt > createdAt) return 'done';
  // An admin's mark outranks, and another campaign's asks for the same.
  return mark === null || mark.by === 'interval' ? null : 'asked';
}

async function finishIfAllAsked({ campaigns }: CampaignPorts, campaign: Campaign, now: Date): Promise<void> {
  const { id, version } = campaign;
  if ((await campaigns.countWaiting(id, null)) > 0) return;
  // Another node may have been first, or an admin: then there is nothing left to do.
  await campaigns.change(id, version, { state: 'finished', endedAt: now }, [
    {
      id: randomUUID(),
      type: 'campaign_finished',
      at: now,
      accountId: null,
      actor: 'job:mark-reconfirmation',
      result: 'success',
      reason: id,
      methodType: null,
      notify: [],
      callerAddress: null,
      clientId: null,
    },
  ]);
}

/** Looks whether members who were asked have confirmed meanwhile, at most so many. */
export async function refreshDone(
  { campaigns, marking, clock }: CampaignPorts,
  campaign: Campaign,
  limit: number,
  betweenSteps: () => Promise<boolean> = async () => false,
): Promise<void> {
  const now = clock.now();
  for (let left = limit; left > 0; left -= batchSize) {
    const accountIds = await campaigns.look(campaign.id, now, Math.min(batchSize, left));
    if (accountIds.length === 0) return;
    const done = (await marking.states(accountIds)).filter(
      ({ oldestConfirmedAt }) => oldestConfirmedAt !== null && oldestConfirmedAt > campaign.createdAt,
    );
    await campaigns.markDone(
      campaign.id,
      done.map(({ accountId }) => accountId),
    );
    if (await betweenSteps()) return;
  }
}
