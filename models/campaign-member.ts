/** `campaign_members`: who belongs to a campaign, in which order they are asked, and what became of each. */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import type { CampaignStore, MemberState } from '../security-info/admin/campaign.ts';
import { insertNew } from './duplicate-key.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

/** A member as it is stored. */
export interface StoredMember {
  /** The campaign's id and the account's. */
  readonly _id: string;
  readonly campaignId: string;
  readonly accountId: string;
  readonly order: string;
  readonly state: MemberState;
  /** The day on which it was asked; null before, and where it never was. */
  readonly day: string | null;
  /** When it was last looked whether it has confirmed. */
  readonly seenAt: Date;
}

const schema = new Schema<StoredMember>(
  {
    _id: { type: String, required: true },
    campaignId: { type: String, required: true },
    accountId: { type: String, required: true },
    order: { type: String, required: true },
    state: { type: String, required: true },
    day: String,
    seenAt: { type: Date, required: true },
  },
  schemaOptions,
);
schema.index({ campaignId: 1, state: 1, order: 1 });
schema.index({ campaignId: 1, state: 1, seenAt: 1 });

/** The collection of members. */
export const campaignMembers: CollectionSchema<StoredMember> = { name: 'campaign_members', schema };

const counted = z.array(z.object({ _id: z.string().nullable(), count: z.int() }));
const neverSeen = new Date(0);

function idOf(campaignId: string, accountId: string): string {
  return `${campaignId}:${accountId}`;
}

/** The part of the CampaignStore port that is about members, and what the other part needs of them. */
export interface MemberStore
  extends Pick<
    CampaignStore,
    'addMembers' | 'waiting' | 'countWaiting' | 'settle' | 'look' | 'markDone' | 'counts'
  > {
  /** How many members there are. */
  count(campaignId: string): Promise<number>;
  /** The place of the last of the first so many that wait; empty where nobody does. */
  lastOf(campaignId: string, share: number): Promise<string>;
}

/** Makes the store of members on a connection. */
export function createMemberStore(connection: Connection): MemberStore {
  const model = modelOn(connection, campaignMembers);
  const waiting = (campaignId: string) => ({ campaignId, state: 'waiting' as const });

  return {
    count: (campaignId) => model.countDocuments({ campaignId }),

    async lastOf(campaignId, share) {
      if (share === 0) return '';
      const nth = await model
        .findOne(waiting(campaignId), { order: 1 })
        .sort({ order: 1 })
        .skip(share - 1)
        .lean();
      const last = nth ?? (await model.findOne(waiting(campaignId), { order: 1 }).sort({ order: -1 }).lean());
      return last?.order ?? '';
    },

    addMembers: (campaignId, members) =>
      insertNew(
        connection,
        campaignMembers,
        members.map(({ accountId, order }) => ({
          _id: idOf(campaignId, accountId),
          campaignId,
          accountId,
          order,
          state: 'waiting' as const,
          day: null,
          seenAt: neverSeen,
        })),
      ),

    waiting: (campaignId, untilOrder, limit) =>
      model
        .find({ ...waiting(campaignId), order: { $lte: untilOrder } }, { _id: 0, accountId: 1, order: 1 })
        .sort({ order: 1 })
        .limit(limit)
        .lean(),

    countWaiting: (campaignId, untilOrder) =>
      model.countDocuments({
        ...waiting(campaignId),
        ...(untilOrder === null ? {} : { order: { $lte: untilOrder } }),
      }),

    async settle(campaignId, outcomes) {
      if (outcomes.length === 0) return 0;
      const { matchedCount } = await model.bulkWrite(
        outcomes.map(({ accountId, state, day }) => ({
          updateOne: {
            filter: { _id: idOf(campaignId, accountId), state: 'waiting' as const },
            update: { $set: { state, day } },
          },
        })),
        { ordered: false },
      );
      return matchedCount;
    },

    async look(campaignId, now, limit) {
      const found = await model
        .find({ campaignId, state: 'asked', seenAt: { $lt: now } }, { accountId: 1 })
        .sort({ seenAt: 1 })
        .limit(limit)
        .lean();
      if (found.length === 0) return [];
      await model.updateMany({ _id: { $in: found.map(({ _id }) => _id) } }, { $set: { seenAt: now } });
      return found.map(({ accountId }) => accountId);
    },

    async markDone(campaignId, accountIds) {
      if (accountIds.length === 0) return;
      const _id = { $in: accountIds.map((accountId) => idOf(campaignId, accountId)) };
      await model.updateMany({ _id, state: 'asked' }, { $set: { state: 'done' } });
    },

    async counts(campaignId) {
      const groupedBy = async (field: 'state' | 'day') =>
        counted.parse(
          await model.aggregate([
            { $match: { campaignId } },
            { $group: { _id: `$${field}`, count: { $sum: 1 } } },
          ]),
        );
      const [byState, byDay] = await Promise.all([groupedBy('state'), groupedBy('day')]);
      const of = (state: MemberState): number => byState.find(({ _id }) => _id === state)?.count ?? 0;
      return {
        states: {
          waiting: of('waiting'),
          asked: of('asked'),
          done: of('done'),
          skipped: of('skipped'),
        },
        days: byDay
          .flatMap(({ _id, count }) => (_id === null ? [] : [{ day: _id, count }]))
          .sort((one, other) => (one.day < other.day ? -1 : 1)),
      };
    },
  };
}
