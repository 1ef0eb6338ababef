/** What admins do with campaigns: begin one, see how far it is, pause it, let it go on, end it. */
import { randomUUID } from 'node:crypto';
import { policiesInForce } from '../effective-policy.ts';
import { CampaignChangedMeanwhile, CampaignNotFound, CampaignOver, InvalidInput } from '../errors.ts';
import type { EventType } from '../events.ts';
import { type ActingAdmin, adminEvent } from './acting-admin.ts';
import {
  type Campaign,
  type CampaignInput,
  type CampaignState,
  campaignInputSchema,
  dayOf,
  shareOf,
} from './campaign.ts';
import type { CampaignPorts } from './campaign-members.ts';
import { refreshDone } from './campaign-share.ts';

const dayMilliseconds = 86_400_000;
/** Members that one look at a campaign asks anew whether they have confirmed; the job asks all. */
const refreshedAtOnce = 2_000;
/** The most that a list shows. */
const longestList = 1_000;

/** How far a campaign is. */
export interface CampaignProgress {
  /** Null while its members are being listed. */
  readonly total: number | null;
  /** Those who were asked, whether or not they have done it. */
  readonly asked: number;
  /** Those who have confirmed everything since it began, asked or not. */
  readonly reconfirmed: number;
  readonly waiting: number;
  /** Those who turned out to have nothing to confirm, or not to be asked by their policy any more. */
  readonly skipped: number;
  /** The most on one day; null while the members are being listed. */
  readonly perDay: number | null;
  /** How many were asked on each day (UTC), and, while it runs, how many will be at most. */
  readonly days: readonly { readonly day: string; readonly count: number; readonly isPlanned: boolean }[];
  /** The next day that has a share; null where there is none to come, or it is paused. */
  readonly nextDay: string | null;
}

/** A campaign and how far it is. */
export interface CampaignWithProgress {
  readonly campaign: Campaign;
  readonly progress: CampaignProgress;
}

/**
 * Begins a campaign. Its members are listed by `listMembers`, which the marking job calls, and the caller may; from
 * then on the job asks each day's share.
 *
 * With `reason: 'policy_change'` it spreads what a shorter interval would make due on one day. A campaign asks and
 * holds nobody back, so it comes first: begin one for the policy with `confirmedUntilAt` = now less the new interval,
 * which is just those whom the new interval makes due at once, let it run, and save the shorter interval when it has
 * finished. Whoever has confirmed by then is not due under it; whoever has not was asked on a day of their own.
 * @throws {ZodError} where the input is not `campaignInputSchema`'s
 * @throws {InvalidInput} `invalid_input`, where there is no such policy
 */
export async function createCampaign(
  { campaigns, policies, clock }: CampaignPorts,
  by: ActingAdmin,
  input: CampaignInput,
): Promise<Campaign> {
  const read = campaignInputSchema.parse(input);
  const { target } = read;
  if (
    target.kind === 'policy' &&
    !policiesInForce(await policies.latest()).some(({ id }) => id === target.policyId)
  ) {
    throw new InvalidInput([{ field: 'target.policyId', code: 'unknown_policy' }]);
  }
  const now = clock.now();
  const campaign: Campaign = {
    ...read,
    id: randomUUID(),
    version: 1,
    state: 'running',
    createdAt: now,
    createdBy: by.actor,
    endedAt: null,
    listCursor: null,
    total: null,
    day: '',
    dayUntilOrder: '',
  };
  await campaigns.insert(campaign, [adminEvent(by, 'campaign_created', now, { reason: campaign.id })]);
  return campaign;
}

/** All campaigns, the newest first. */
export function listCampaigns({ campaigns }: Pick<CampaignPorts, 'campaigns'>): Promise<readonly Campaign[]> {
  return campaigns.list(longestList);
}

/** A campaign and how far it is. @throws {CampaignNotFound} `campaign_not_found` */
export async function readCampaign(ports: CampaignPorts, id: string): Promise<CampaignWithProgress> {
  const found = await ports.campaigns.read(id);
  if (found === null) throw new CampaignNotFound();
  await refreshDone(ports, found, refreshedAtOnce);
  const { states, days } = await ports.campaigns.counts(id);
  const campaign = (await ports.campaigns.read(id)) ?? found;
  const { total } = campaign;
  const asked = days.reduce((sum, { count }) => sum + count, 0);
  const perDay = total === null ? null : shareOf(campaign, total);
  const planned = perDay === null ? [] : await planOf(ports, campaign, perDay, states.waiting);
  return {
    campaign,
    progress: {
      total,
      asked,
      reconfirmed: states.done,
      waiting: states.waiting,
      skipped: states.skipped,
      perDay,
      days: [...days.map((one) => ({ ...one, isPlanned: false })), ...planned],
      nextDay: planned[0]?.day ?? null,
    },
  };
}

/** The shares to come, as they stand if the job runs every day. */
async function planOf(
  { campaigns, clock }: CampaignPorts,
  { id, state, day, dayUntilOrder }: Campaign,
  perDay: number,
  waiting: number,
): Promise<CampaignProgress['days']> {
  if (state !== 'running') return [];
  const today = dayOf(clock.now());
  const leftOfDay = day === today ? await campaigns.countWaiting(id, dayUntilOrder) : 0;
  let left = waiting - leftOfDay;
  const planned: { day: string; count: number; isPlanned: boolean }[] = [];
  const start = Date.parse(today) + (day >= today ? dayMilliseconds : 0);
  for (let at = start; left > 0; at += dayMilliseconds) {
    planned.push({ day: dayOf(new Date(at)), count: Math.min(perDay, left), isPlanned: true });
    left -= perDay;
  }
  return planned;
}

/** Who acts, on which campaign, and the version that they have seen. */
type Change = [ports: CampaignPorts, by: ActingAdmin, id: string, expectedVersion: number];

/**
 * Asks nobody more until it is resumed; the days of the pause have no share. Nothing happens where it is paused.
 * @throws {CampaignNotFound | CampaignChangedMeanwhile | CampaignOver}
 */
export function pauseCampaign(...change: Change): Promise<Campaign> {
  return changeState(change, 'paused', 'campaign_paused');
}

/**
 * Goes on with the next share. Nothing happens where it is running.
 * @throws {CampaignNotFound | CampaignChangedMeanwhile | CampaignOver}
 */
export function resumeCampaign(...change: Change): Promise<Campaign> {
  return changeState(change, 'running', 'campaign_resumed');
}

/**
 * Ends it for good: nobody more is asked; who was asked already stays asked.
 * @throws {CampaignNotFound | CampaignChangedMeanwhile | CampaignOver}
 */
export function endCampaign(...change: Change): Promise<Campaign> {
  return changeState(change, 'ended', 'campaign_ended');
}

async function changeState(
  [{ campaigns, clock }, by, id, expectedVersion]: Change,
  state: CampaignState,
  type: EventType,
): Promise<Campaign> {
  const campaign = await campaigns.read(id);
  if (campaign === null) throw new CampaignNotFound();
  if (campaign.version !== expectedVersion) throw new CampaignChangedMeanwhile();
  if (campaign.state === state) return campaign;
  if (campaign.endedAt !== null) throw new CampaignOver();
  const now = clock.now();
  const endedAt = state === 'ended' ? now : null;
  const event = adminEvent(by, type, now, { reason: id });
  if (!(await campaigns.change(id, expectedVersion, { state, endedAt }, [event]))) {
    throw new CampaignChangedMeanwhile();
  }
  return { ...campaign, state, endedAt, version: expectedVersion + 1 };
}
