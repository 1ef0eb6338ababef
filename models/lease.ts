/** Which node has a job's turn: one document per job in `leases`, taken by one conditional write. */
import { type Connection, Schema } from 'mongoose';
import type { Lease, LeaseStore } from '../security-info/ports.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

/** One job's latest tick: who took it, and until when it counts as running. */
export interface StoredLease {
  readonly _id: string;
  readonly tickAt: Date;
  readonly holder: string;
  readonly expiresAt: Date;
}

const schema = new Schema<StoredLease>(
  {
    _id: { type: String, required: true },
    tickAt: { type: Date, required: true },
    holder: { type: String, required: true },
    expiresAt: { type: Date, required: true },
  },
  schemaOptions,
);

/** The collection of leases. */
export const leases: CollectionSchema<StoredLease> = { name: 'leases', schema };

/** The LeaseStore port. */
export function createLeaseStore(connection: Connection): LeaseStore {
  const model = modelOn(connection, leases);
  const mine = ({ job, tickAt, holder }: Lease) => ({ _id: job, tickAt, holder });
  return {
    take: async ({ job, tickAt, holder }, now, seconds) => {
      try {
        // Where the job's document does not match, the upsert runs into its `_id`: taken, decided by the store.
        await model.updateOne(
          { _id: job, tickAt: { $lt: tickAt }, expiresAt: { $lte: now } },
          { $set: { tickAt, holder, expiresAt: after(now, seconds) } },
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
    release: async (lease, now) => {
      await model.updateOne(mine(lease), { $set: { expiresAt: now } });
    },
  };
}

function after(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}
