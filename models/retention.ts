/** What is kept for a time and then deleted, and records in which something expires: the stores of the purging job. */
import type { Connection } from 'mongoose';
import { z } from 'zod';
import type { ExpiringRecords, Retained } from '../security-info/retention.ts';
import { auditEvents } from './audit-event.ts';
import { jobRuns } from './job-run.ts';
import { outbox } from './outbox.ts';
import { modelOn } from './schema-options.ts';
import { securityInfos } from './security-info-record.ts';

/** Long enough for whoever has to restore a key or a relay; what lies longer has no reader any more, in days. */
export const keepDeadLettersDays = 90;
/** The newest runs of each job that are kept. */
export const keepRuns = 100;
/** Ids per read of a long list. */
const idsPerRead = 200;
const dayMilliseconds = 86_400_000;

const groups = z.array(z.object({ _id: z.string(), count: z.number() }));

/** Those whose date in `field` is past, found by its index and looked at again as they go. */
function pastDate(
  connection: Connection,
  { name: collection }: { readonly name: string },
  field: string,
  counted: { readonly as: string; readonly until: (now: Date) => Date },
): Retained {
  const documents = connection.collection<{ _id: string }>(collection);
  const filter = (now: Date) => ({ [field]: { $lte: counted.until(now) } });
  async function deleteExpired(now: Date, limit: number): Promise<number> {
    for (;;) {
      const found = await documents
        .find(filter(now), { projection: { _id: 1 } })
        .sort({ [field]: 1 })
        .limit(limit)
        .toArray();
      if (found.length === 0) return 0;
      const ids = found.map(({ _id }) => _id);
      const { deletedCount } = await documents.deleteMany({ ...filter(now), _id: { $in: ids } });
      // None: another node deleted just these, so there may be more behind them.
      if (deletedCount > 0) return deletedCount;
    }
  }
  return { name: counted.as, deleteExpired, countExpired: (now) => documents.countDocuments(filter(now)) };
}

/** The runs of each job beyond its newest. */
function olderRuns(connection: Connection): Retained {
  const model = modelOn(connection, jobRuns);
  async function beyond(): Promise<z.infer<typeof groups>> {
    const counted = groups.parse(await model.aggregate([{ $group: { _id: '$job', count: { $sum: 1 } } }]));
    return counted.filter(({ count }) => count > keepRuns);
  }
  return {
    name: 'jobRuns',
    countExpired: async () => (await beyond()).reduce((sum, { count }) => sum + count - keepRuns, 0),
    async deleteExpired(_, limit) {
      for (const { _id: job } of await beyond()) {
        const found = await model
          .find({ job }, { _id: 1 })
          .sort({ startedAt: -1 })
          .skip(keepRuns)
          .limit(limit)
          .lean();
        const { deletedCount } = await model.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } });
        if (deletedCount > 0) return deletedCount;
      }
      return 0;
    },
  };
}

/**
 * Everything that is kept for a time. What a TTL index deletes by the store's own clock is not among it, but for
 * messages that were sent, which must be gone when they are said to be.
 * @param auditDays how long audit entries are kept, in days; 0 for ever
 */
export function createRetained(
  connection: Connection,
  { auditDays }: { readonly auditDays: number },
): readonly Retained[] {
  const after = (days: number) => (now: Date) => new Date(now.getTime() - days * dayMilliseconds);
  return [
    ...(auditDays === 0
      ? []
      : [pastDate(connection, auditEvents, 'at', { as: 'auditEvents', until: after(auditDays) })]),
    pastDate(connection, outbox, 'expiresAt', { as: 'sentMessages', until: after(0) }),
    pastDate(connection, outbox, 'diedAt', { as: 'deadLetters', until: after(keepDeadLettersDays) }),
    olderRuns(connection),
  ];
}

/** Makes the ExpiringRecords port on a connection. */
export function createExpiringRecords(connection: Connection): ExpiringRecords {
  const model = modelOn(connection, securityInfos);
  return {
    async *withExpired(now) {
      const cursor = connection
        .collection<{ _id: string }>(securityInfos.name)
        .find({ purgeAt: { $lte: now } }, { projection: { _id: 1 }, batchSize: idsPerRead });
      for await (const { _id } of cursor) yield _id;
    },
    async lookAgain({ accountId, version }, now, lookAt) {
      await model.updateOne(
        { _id: accountId, version, purgeAt: { $lte: now } },
        { $set: { purgeAt: lookAt }, $inc: { version: 1 } },
      );
    },
  };
}
