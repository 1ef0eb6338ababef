/** `throttles`: the counters that stand before actions, shared by all nodes. Which there are is the domain's. */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import type { Clock, DataKeys, Throttle, ThrottleStore, Transition } from '../security-info/ports.ts';
import { publishEvents } from './audit-event.ts';
import { compareAndSwap, KeyQueue } from './compare-and-swap.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

/** A counter as it is stored. */
export interface StoredThrottle extends Throttle {
  /** Keyed digest of the counter's key: keys hold names, addresses, and what people type into the wrong field. */
  readonly _id: string;
  readonly version: number;
  readonly expiresAt: Date;
}

const schema = new Schema<StoredThrottle>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    times: [Date],
    blockedUntilAt: Date,
    level: { type: Number, required: true },
    expiresAt: { type: Date, required: true },
  },
  schemaOptions,
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** The collection of counters. */
export const throttles: CollectionSchema<StoredThrottle> = { name: 'throttles', schema };

const storedThrottle = z.object({
  version: z.int(),
  times: z.array(z.date()).default([]),
  blockedUntilAt: z.date().nullable().default(null),
  level: z.int().default(0),
  expiresAt: z.date(),
});
type ReadThrottle = z.infer<typeof storedThrottle>;

const fresh: Throttle = { times: [], blockedUntilAt: null, level: 0 };

/** The id of the counter of a key. */
export function throttleIdOf(keys: Pick<DataKeys, 'hash'>, key: string): string {
  return keys.hash(key, 'throttle-key');
}

/** Makes the throttle store on a connection. */
export function createThrottleStore(
  connection: Connection,
  { clock, keys }: { readonly clock: Clock; readonly keys: DataKeys },
): ThrottleStore {
  const model = modelOn(connection, throttles);
  const queue = new KeyQueue();
  const idOf = (key: string): string => throttleIdOf(keys, key);

  async function readStored(_id: string): Promise<ReadThrottle | null> {
    const document = await model.findById(_id).lean();
    return document === null ? null : storedThrottle.parse(document);
  }

  function state(stored: ReadThrottle | null): Throttle {
    if (stored === null || stored.expiresAt <= clock.now()) return fresh;
    const { times, blockedUntilAt, level } = stored;
    return { times, blockedUntilAt, level };
  }

  async function write(
    _id: string,
    stored: ReadThrottle | null,
    next: Throttle,
    keepSeconds: number,
  ): Promise<boolean> {
    const { times, blockedUntilAt, level } = next;
    const expiresAt = new Date(clock.now().getTime() + keepSeconds * 1000);
    const fields = { version: (stored?.version ?? 0) + 1, times, blockedUntilAt, level, expiresAt };
    if (stored === null) {
      try {
        await model.create([{ _id, ...fields }]);
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    }
    const { matchedCount } = await model.updateOne({ _id, version: stored.version }, { $set: fields });
    return matchedCount === 1;
  }

  /** Full, or two first ones met at the upsert and this one lost: the document is there now. */
  async function countAgain(key: string, maximum: number): Promise<number | null> {
    const document = await model
      .findOneAndUpdate(
        { _id: idOf(key), level: { $lt: maximum } },
        { $inc: { level: 1, version: 1 } },
        { returnDocument: 'after' },
      )
      .lean();
    return document === null ? null : storedThrottle.parse(document).level;
  }

  /** In one write where the counter is fresh or not there; where it is not, nothing is done. */
  async function changeFresh<Result>(
    _id: string,
    keepSeconds: number,
    transition: Transition<Throttle, Result>,
  ): Promise<{ readonly won: Result } | null> {
    const change = transition(fresh);
    if ('refusal' in change || 'unchanged' in change || change.events.length > 0) return null;
    const expiresAt = new Date(clock.now().getTime() + keepSeconds * 1000);
    try {
      // One that counts something does not match, and the upsert runs into its `_id`.
      await model.updateOne(
        { _id, level: 0, blockedUntilAt: null, 'times.0': { $exists: false } },
        { $set: { ...change.next, expiresAt }, $inc: { version: 1 } },
        { upsert: true },
      );
      return { won: change.result };
    } catch (error) {
      if (isDuplicateKey(error)) return null;
      throw error;
    }
  }

  return {
    change(key, keepSeconds, transition, { mayBeFresh = false } = {}) {
      const _id = idOf(key);
      return queue.run(_id, async () => {
        const first = mayBeFresh ? await changeFresh(_id, keepSeconds, transition) : null;
        if (first !== null) return first.won;
        return compareAndSwap({
          read: () => readStored(_id),
          state,
          transition,
          async write(stored, next, events) {
            if (!(await write(_id, stored, next, keepSeconds))) return false;
            await publishEvents(connection, events);
            return true;
          },
        });
      });
    },

    async count(key, keepSeconds, maximum) {
      if (maximum <= 0) return null;
      const expiresAt = new Date(clock.now().getTime() + keepSeconds * 1000);
      try {
        // Where the counter is full its document does not match, and the upsert runs into its `_id`: full.
        const document = await model
          .findOneAndUpdate(
            { _id: idOf(key), level: { $lt: maximum } },
            { $inc: { level: 1, version: 1 }, $setOnInsert: { times: [], blockedUntilAt: null, expiresAt } },
            { upsert: true, returnDocument: 'after' },
          )
          .lean();
        return storedThrottle.parse(document).level;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        return countAgain(key, maximum);
      }
    },

    async uncount(key) {
      await model.updateOne({ _id: idOf(key), level: { $gt: 0 } }, { $inc: { level: -1, version: 1 } });
    },

    async reset(key) {
      // Emptied, not deleted: a counter that began again at version 1 could be mistaken for the one before.
      await model.updateOne({ _id: idOf(key) }, { $set: fresh, $inc: { version: 1 } });
    },
  };
}
