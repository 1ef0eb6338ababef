/**
 * `key_canaries`: one document, digested and sealed with the keys of the deployment, by which a process learns whether
 * its keys are those that the store was filled with. What follows from the answer is the provider's.
 */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import type { DataKeys } from '../security-info/ports.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import { type DataKeyRing, isSealedByNewest } from './field-encryption.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

const CANARY_ID = 'keys';
const CONTEXT = 'key-canary';
const PLAINTEXT = 'the keys of this deployment';

/** The canary as it is stored. */
export interface StoredCanary {
  readonly _id: string;
  /** A digest under the hash key: the same for ever. */
  readonly hash: string;
  /** A text sealed under the newest data key that a process has started with. */
  readonly canaryCiphertext: string;
}

const schema = new Schema<StoredCanary>(
  {
    _id: { type: String, required: true },
    hash: { type: String, required: true },
    canaryCiphertext: { type: String, required: true },
  },
  schemaOptions,
);

/** The collection of the canary. */
export const keyCanaries: CollectionSchema<StoredCanary> = { name: 'key_canaries', schema };

const storedCanary = z.object({ hash: z.string(), canaryCiphertext: z.string() });

/** What the canary says of the keys of this process. */
export type KeyVerdict = 'right' | 'wrong_hash_key' | 'wrong_data_keys';

/** Tells the keys of another deployment apart. */
export interface KeyCanary {
  /** Judges the keys; in a store without a canary, where nothing tells against them, they are right. */
  judge(): Promise<KeyVerdict>;
  /** Judges, too; leaves a canary where there is none, and seals the one that is there under the newest key. */
  plant(): Promise<KeyVerdict>;
}

/** Makes the canary of a connection. @param ring the keys that `keys` was made of */
export function createKeyCanary(
  connection: Connection,
  keys: Pick<DataKeys, 'hash' | 'seal' | 'open'>,
  ring: Pick<DataKeyRing, 'keys'>,
): KeyCanary {
  const model = modelOn(connection, keyCanaries);
  const hash = keys.hash(PLAINTEXT, CONTEXT);
  const seal = (): string => keys.seal(PLAINTEXT, CONTEXT);

  async function read(): Promise<z.infer<typeof storedCanary> | null> {
    const document = await model.findById(CANARY_ID).lean();
    return document === null ? null : storedCanary.parse(document);
  }

  function verdictOn(canary: z.infer<typeof storedCanary>): KeyVerdict {
    if (canary.hash !== hash) return 'wrong_hash_key';
    try {
      keys.open(canary.canaryCiphertext, CONTEXT);
      return 'right';
    } catch {
      return 'wrong_data_keys';
    }
  }

  async function plantNew(): Promise<boolean> {
    try {
      await model.create([{ _id: CANARY_ID, hash, canaryCiphertext: seal() }]);
      return true;
    } catch (error) {
      // Another process was first: its canary is the one to judge by.
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  return {
    async judge() {
      const canary = await read();
      return canary === null ? 'right' : verdictOn(canary);
    },
    async plant() {
      const before = await read();
      if (before === null && (await plantNew())) return 'right';
      const canary = before ?? (await read());
      if (canary === null) throw new Error('the key canary was removed while it was being read');
      const verdict = verdictOn(canary);
      const { canaryCiphertext } = canary;
      if (verdict === 'right' && !isSealedByNewest(canaryCiphertext, ring)) {
        await model.updateOne({ _id: CANARY_ID, canaryCiphertext }, { $set: { canaryCiphertext: seal() } });
      }
      return verdict;
    },
  };
}
