/** Which node has a job's turn: one document per job in `leases`, taken by one conditional write. */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import type { Lease, LeaseStore } from '../security-info/leases.ts';
import { insertNew, isDuplicateKey } from './duplicate-key.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

/** One job's latest tick: who took it, and until when it counts as running. */
export interface StoredLease {
  readonly _id: string;
  readonly tickAt: Date;
  /** Empty where nobody ran the tick. */
  readonly holder: string;
  readonly expiresAt: Date;
  /** Begun and not finished, whether or not its holder still lives. */
  readonly isRunning: boolean;
}

const schema = new Schema<StoredLease>(
  {
    _id: { type: String, required: true },
    tickAt: { type: Date, required: true },
    holder: { type: String, required: true },
    expiresAt: { type: Date, required: true },
    isRunning: Boolean,
  },
  schemaOptions,
);

/** The collection of leases: one document per job, so whole reads need no index. */
export const leases: CollectionSchema<StoredLease> = { name: 'leases', schema };

const runningLease = z.object({ _id: z.string(), tickAt: z.date(), holder: z.string(), expiresAt: z.date() });

/** The LeaseStore port. */
export function createLeaseStore(connection: Connection): LeaseStore {
  const model = modelOn(connection, leases);
  const mine = ({ job, tickAt, holder }: Lease) => ({ _id: job, tickAt, holder });
  return {
    begin: (job, tickAt) =>
      insertNew(connection, leases, [{ _id: job, tickAt, holder: '', expiresAt: tickAt, isRunning: false }]),
    take: async ({ job, tickAt, holder }, now, seconds) => {
      try {
        // Where the job's document does not match, the upsert runs into its `_id`: taken, decided by the store.
        await model.updateOne(
          { _id: job, tickAt: { $lt: tickAt }, expiresAt: { $lte: now } },
          { $set: { tickAt, holder, expiresAt: after(now, seconds), isRunning: true } },
          { upsert: true },
        );
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    renew: async (lease, now, seconds) => {
      const { matchedCount } = await model.updateOne(mine(lease), {
        $set: { expiresAt: after(now, seconds) },
      });
      return matchedCount === 1;
    },
    release: async (lease, isFinished) => {
      // The tick's own time, not this node's: a clock that is ahead must not keep the others from the next tick.
      await model.updateOne(mine(lease), { $set: { expiresAt: lease.tickAt, isRunning: !isFinished } });
    },
    running: async () => {
      const documents = await model.find({ isRunning: true }).lean();
      return documents.map((document) => {
        const { _id: job, ...lease } = runningLease.parse(document);
        return { job, ...lease };
      });
    },
    takeOver: async ({ expiresAt, ...lease }, holder, now, seconds) => {
      const { matchedCount } = await model.updateOne(
        { ...mine(lease), expiresAt, isRunning: true },
        { $set: { holder, expiresAt: after(now, seconds) } },
      );
      return matchedCount === 1;
    },
  };
}

function after(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}
