/** `report_snapshots`: the numbers of each day, one document a day, and the reads that they are counted from. */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import type {
  EventCount,
  ReportSnapshot,
  ReportSnapshotStore,
} from '../security-info/admin/report-snapshot.ts';
import { auditEvents } from './audit-event.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import { type CollectionSchema, modelOn, partOptions, schemaOptions } from './schema-options.ts';
import { readRecord, securityInfos } from './security-info-record.ts';

/** A snapshot as it is stored: `_id` is the day. */
export interface StoredSnapshot extends Omit<ReportSnapshot, 'day'> {
  readonly _id: string;
}

const count = { type: Number, required: true };

const schema = new Schema<StoredSnapshot>(
  {
    _id: { type: String, required: true },
    takenAt: { type: Date, required: true },
    ...{ accounts: count, inScope: count, registered: count, capable: count },
    byMethod: { type: Schema.Types.Mixed, required: true },
    dueByDay: [Number],
    ...{ due: count, overdue: count, snoozed: count, locked: count, interrupted: count, failed: count },
    events: [
      new Schema<EventCount>({ type: { type: String }, success: Number, failure: Number }, partOptions),
    ],
  },
  schemaOptions,
);

/** The collection of snapshots. */
export const reportSnapshots: CollectionSchema<StoredSnapshot> = { name: 'report_snapshots', schema };

const number = z.number().default(0);
const storedSnapshot = z.object({
  _id: z.string(),
  takenAt: z.date(),
  ...{ accounts: number, inScope: number, registered: number, capable: number },
  // A type that came later was not counted then.
  byMethod: z.object({
    ...{ authenticator_app: number, mobile_phone: number, alternate_phone: number, office_phone: number },
    ...{ email: number, security_questions: number },
  }),
  dueByDay: z.array(z.number()).default([]),
  ...{ due: number, overdue: number, snoozed: number, locked: number, interrupted: number, failed: number },
  events: z.array(z.object({ type: z.string(), success: number, failure: number })).default([]),
});
const counted = z.array(z.object({ _id: z.string(), count: z.int() }));

/** Makes the store on a connection. */
export function createReportSnapshotStore(connection: Connection): ReportSnapshotStore {
  const model = modelOn(connection, reportSnapshots);
  const records = modelOn(connection, securityInfos);
  const events = modelOn(connection, auditEvents);

  async function countBy(result: 'success' | 'failure', from: Date, before: Date) {
    return counted.parse(
      await events.aggregate([
        { $match: { at: { $gte: from, $lt: before }, result } },
        { $group: { _id: '$type', count: { $sum: 1 } } },
      ]),
    );
  }

  return {
    has: async (day) => (await model.findById(day, { _id: 1 }).lean()) !== null,

    async add({ day, ...snapshot }) {
      try {
        await model.create([{ _id: day, ...snapshot }]);
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    async list({ from, to }) {
      const found = await model
        .find({ _id: { $gte: from, $lte: to } })
        .sort({ _id: 1 })
        .lean();
      return found.map((document) => {
        const { _id: day, ...snapshot } = storedSnapshot.parse(document);
        return { day, ...snapshot };
      });
    },

    async records(accountIds) {
      // Neither counts here, and both may be long.
      const without = { challenges: 0, pendingEvents: 0 };
      const found = await records.find({ _id: { $in: [...accountIds] } }, without).lean();
      return found.map((document) => readRecord(document._id, document));
    },

    async countEvents(from, before) {
      const [successes, failures] = await Promise.all([
        countBy('success', from, before),
        countBy('failure', from, before),
      ]);
      const types = [...new Set([...successes, ...failures].map(({ _id }) => _id))].sort();
      const of = (list: z.infer<typeof counted>, type: string): number =>
        list.find(({ _id }) => _id === type)?.count ?? 0;
      return types.map((type) => ({ type, success: of(successes, type), failure: of(failures, type) }));
    },
  };
}
