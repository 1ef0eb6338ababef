/** `idempotency_keys`: requests that are carried out once, with their answers, sealed, for a day. */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import type { IdempotencyStore } from '../security-info/admin/idempotency.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

/** A key as it is stored. */
export interface StoredIdempotencyKey {
  /** The digest of the key and of whose it is. */
  readonly _id: string;
  readonly requestDigest: string;
  /** Names the attempt that has it. */
  readonly claimId: string;
  /** From then on another attempt may take it; unset once it is answered. */
  readonly claimableAt?: Date;
  /** Null until it is answered. */
  readonly answerCiphertext: string | null;
  readonly expiresAt: Date;
}

const schema = new Schema<StoredIdempotencyKey>(
  {
    _id: { type: String, required: true },
    requestDigest: { type: String, required: true },
    claimId: { type: String, required: true },
    claimableAt: Date,
    answerCiphertext: String,
    expiresAt: { type: Date, required: true },
  },
  schemaOptions,
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** The collection of keys. */
export const idempotencyKeys: CollectionSchema<StoredIdempotencyKey> = { name: 'idempotency_keys', schema };

const storedKey = z.object({
  requestDigest: z.string(),
  claimId: z.string(),
  claimableAt: z.date().nullable().default(null),
  answerCiphertext: z.string().nullable().default(null),
  expiresAt: z.date(),
});

/** The IdempotencyStore port. */
export function createIdempotencyStore(connection: Connection): IdempotencyStore {
  const model = modelOn(connection, idempotencyKeys);

  return {
    async claim({ id: _id, claimId, requestDigest }, { now, claimableAt, expiresAt }) {
      const fields = { requestDigest, claimId, claimableAt, answerCiphertext: null, expiresAt };
      // The store deletes what has expired when it comes to it: until then it counts as gone.
      await model.deleteOne({ _id, expiresAt: { $lte: now } });
      try {
        // One that is held or answered does not match, and the upsert runs into its `_id`; of two only one makes it.
        await model.updateOne(
          { _id, requestDigest, claimableAt: { $lte: now } },
          { $set: fields },
          { upsert: true },
        );
        return { kind: 'taken' };
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const document = await model.findById(_id).lean();
      // Forgotten or expired in between: whoever had it is just done with it.
      if (document === null) return { kind: 'running' };
      const stored = storedKey.parse(document);
      if (stored.requestDigest !== requestDigest) return { kind: 'other_request' };
      const { answerCiphertext } = stored;
      if (answerCiphertext === null) return { kind: 'running' };
      return { kind: 'answered', claimId: stored.claimId, answerCiphertext };
    },

    async keep({ id: _id, claimId }, answerCiphertext) {
      await model.updateOne({ _id, claimId }, { $set: { answerCiphertext }, $unset: { claimableAt: 1 } });
    },

    async forget({ id: _id, claimId }) {
      await model.deleteOne({ _id, claimId });
    },
  };
}
