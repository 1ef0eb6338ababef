/** `campaigns`: the CampaignStore port. Its members are campaign-member.ts's. */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import { type Campaign, type CampaignStore, campaignInputSchema } from '../security-info/admin/campaign.ts';
import type { DomainEvent } from '../security-info/events.ts';
import { publishEvents } from './audit-event.ts';
import { createMemberStore } from './campaign-member.ts';
import { domainEventSchema, storedEvent } from './domain-event.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

/** A campaign as it is stored. */
export interface StoredCampaign extends Omit<Campaign, 'id'> {
  /** The campaign's id. */
  readonly _id: string;
  /** Written with the change that they tell of, published afterwards. */
  readonly pendingEvents: readonly DomainEvent[];
}

const schema = new Schema<StoredCampaign>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    name: { type: String, required: true },
    target: { type: Schema.Types.Mixed, required: true },
    days: { type: Number, required: true },
    reason: { type: String, required: true },
    confirmedUntilAt: Date,
    state: { type: String, required: true },
    createdAt: { type: Date, required: true },
    createdBy: { type: String, required: true },
    endedAt: Date,
    listCursor: String,
    total: Number,
    day: String,
    dayUntilOrder: String,
    pendingEvents: [domainEventSchema],
  },
  schemaOptions,
);
schema.index({ state: 1, createdAt: 1 });
schema.index({ createdAt: -1 });

/** The collection of campaigns. */
export const campaigns: CollectionSchema<StoredCampaign> = { name: 'campaigns', schema };

// Not strict: what a newer release has written must not stop this one from reading the rest.
const storedCampaign = campaignInputSchema.strip().extend({
  _id: z.string(),
  version: z.int().min(1),
  state: z.enum(['running', 'paused', 'finished', 'ended']),
  createdAt: z.date(),
  createdBy: z.string(),
  endedAt: z.date().nullable().default(null),
  listCursor: z.string().nullable().default(null),
  total: z.int().nullable().default(null),
  day: z.string().default(''),
  dayUntilOrder: z.string().default(''),
  pendingEvents: z.array(storedEvent).default([]),
});

/** Makes the store on a connection. */
export function createCampaignStore(connection: Connection): CampaignStore {
  const model = modelOn(connection, campaigns);
  const members = createMemberStore(connection);

  /** Publishes first what a node left that ended between its write and the audit log. */
  async function readStored(document: unknown): Promise<Campaign> {
    const { _id: id, pendingEvents, ...campaign } = storedCampaign.parse(document);
    if (pendingEvents.length > 0) {
      await publishEvents(connection, pendingEvents);
      await model.updateOne({ _id: id, version: campaign.version }, { $set: { pendingEvents: [] } });
    }
    return { ...campaign, id };
  }

  async function readAll(documents: readonly unknown[]): Promise<Campaign[]> {
    const found: Campaign[] = [];
    for (const document of documents) found.push(await readStored(document));
    return found;
  }

  async function read(id: string): Promise<Campaign | null> {
    const document = await model.findById(id).lean();
    return document === null ? null : readStored(document);
  }

  return {
    ...members,
    read,

    async insert({ id, ...campaign }, events) {
      await model.create([{ _id: id, ...campaign, pendingEvents: events }]);
      await read(id);
    },

    list: async (limit) => readAll(await model.find().sort({ createdAt: -1 }).limit(limit).lean()),

    running: async () => readAll(await model.find({ state: 'running' }).sort({ createdAt: 1 }).lean()),

    async change(id, expectedVersion, fields, events) {
      const { matchedCount } = await model.updateOne(
        { _id: id, version: expectedVersion },
        { $set: fields, $inc: { version: 1 }, $push: { pendingEvents: { $each: [...events] } } },
      );
      if (matchedCount === 0) return false;
      await read(id);
      return true;
    },

    async advanceListing(id, from, to) {
      const { matchedCount } = await model.updateOne(
        { _id: id, total: null, listCursor: from },
        { $set: { listCursor: to } },
      );
      return matchedCount === 1;
    },

    async finishListing(id) {
      const total = await members.count(id);
      await model.updateOne({ _id: id, total: null }, { $set: { total } });
    },

    async beginDay(id, day, share) {
      const dayUntilOrder = await members.lastOf(id, share);
      await model.updateOne(
        { _id: id, state: 'running', day: { $lt: day } },
        { $set: { day, dayUntilOrder } },
      );
    },
  };
}
