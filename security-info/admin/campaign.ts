/**
 * A campaign: it asks many to reconfirm, spread over days, and keeps who is asked on which day. What admins do with
 * one is campaigns.ts's, who belongs to it campaign-members.ts's; the marking job asks each day's share.
 */
import { z } from 'zod';
import type { DomainEvent } from '../events.ts';

/** What an admin says of a new campaign. */
export const campaignInputSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u)
    .describe('What admins call it.'),
  target: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('everyone') }),
      z.strictObject({ kind: z.literal('group'), group: z.string().trim().min(1).max(200) }),
      z.strictObject({ kind: z.literal('policy'), policyId: z.string().regex(/^[a-z0-9_-]{1,64}$/) }),
    ])
    .describe('Who is asked: everyone, the members of a directory group, or those whom a policy applies to.'),
  days: z.int().min(1).max(365).describe('Days that it is spread over.'),
  reason: z
    .enum(['requested', 'policy_change'])
    .default('requested')
    .describe('Whether an admin asks, or a change of policy is to come.'),
  confirmedUntilAt: z
    .date()
    .nullable()
    .default(null)
    .describe('Only who last confirmed at or before that; null is whoever has anything to confirm.'),
});
/** What an admin says of a new campaign; what is left out has its default. */
export type CampaignInput = z.input<typeof campaignInputSchema>;

/** `running` until all are asked, then `finished`; `ended` where an admin ended it before that. */
export type CampaignState = 'running' | 'paused' | 'finished' | 'ended';

/** One campaign. */
export interface Campaign extends z.output<typeof campaignInputSchema> {
  readonly id: string;
  /** Raised by whatever changes its state; the work of the job leaves it as it is. */
  readonly version: number;
  readonly state: CampaignState;
  /** Who confirms all after that has done what it asks. */
  readonly createdAt: Date;
  /** As events name it. */
  readonly createdBy: string;
  /** When it finished or was ended; null before. */
  readonly endedAt: Date | null;
  /** How far the directory has been gone through for its members. */
  readonly listCursor: string | null;
  /** Its members; null until all are listed, and nobody is asked before. */
  readonly total: number | null;
  /** The latest day (UTC, YYYY-MM-DD) that has a share; empty before the first. */
  readonly day: string;
  /** The last in that day's share, by the members' order; empty where none is left. */
  readonly dayUntilOrder: string;
}

/** Where a member stands: `skipped` has nothing to confirm, or is not asked by the policy. */
export type MemberState = 'waiting' | 'asked' | 'done' | 'skipped';

/** A member: each has a place of its own in the order in which they are asked. */
export interface CampaignMember {
  readonly accountId: string;
  /** A keyed digest: who comes when cannot be guessed, and no part of the organisation comes first. */
  readonly order: string;
}

/** What became of a member. */
export interface MemberOutcome {
  readonly accountId: string;
  readonly state: Exclude<MemberState, 'waiting'>;
  /** The day on which it was asked; null where it never was. */
  readonly day: string | null;
}

/** The members by state, and by the day on which they were asked. */
export interface MemberCounts {
  readonly states: Readonly<Record<MemberState, number>>;
  readonly days: readonly { readonly day: string; readonly count: number }[];
}

/** The campaigns and their members. */
export interface CampaignStore {
  /** Keeps a new one, with its events. */
  insert(campaign: Campaign, events: readonly DomainEvent[]): Promise<void>;
  /** The newest first. */
  list(limit: number): Promise<readonly Campaign[]>;
  /** Those that have members to be listed or asked, the oldest first. */
  running(): Promise<readonly Campaign[]>;
  read(id: string): Promise<Campaign | null>;
  /** Changes its state and raises its version. @returns false, and nothing changes, where it is another version */
  change(
    id: string,
    expectedVersion: number,
    fields: Pick<Campaign, 'state' | 'endedAt'>,
    events: readonly DomainEvent[],
  ): Promise<boolean>;
  /** Adds members to one whose members are being listed; those that are there stay as they are. */
  addMembers(id: string, members: readonly CampaignMember[]): Promise<void>;
  /** Remembers how far the listing has come. False where another has gone on from there meanwhile. */
  advanceListing(id: string, from: string | null, to: string): Promise<boolean>;
  /** Ends the listing: the members are those that are there. */
  finishListing(id: string): Promise<void>;
  /**
   * Begins a day with its share: the first so many that wait, in their order. Nothing happens where the day, or a
   * later one, has begun, or the campaign is not running.
   */
  beginDay(id: string, day: string, share: number): Promise<void>;
  /** Members that wait, up to a place in the order, the first first. */
  waiting(id: string, untilOrder: string, limit: number): Promise<readonly CampaignMember[]>;
  /** How many wait up to a place in the order, or at all. */
  countWaiting(id: string, untilOrder: string | null): Promise<number>;
  /** Records what became of members that wait. @returns how many there were */
  settle(id: string, outcomes: readonly MemberOutcome[]): Promise<number>;
  /** Members that were asked and are not known to be done, the longest unseen first, seen at `now`. */
  look(id: string, now: Date, limit: number): Promise<readonly string[]>;
  /** Records that members who were asked have done it. */
  markDone(id: string, accountIds: readonly string[]): Promise<void>;
  counts(id: string): Promise<MemberCounts>;
}

/** The most that are asked on one day. */
export function shareOf({ days }: Pick<Campaign, 'days'>, total: number): number {
  return Math.ceil(total / days);
}

/** The day of a moment, in UTC. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
