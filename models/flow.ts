/** `flows`: unproved, sealed input of a person in the middle of something. Gone 15 minutes after the last write. */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import type { Clock, DataKeys, Flow, FlowProof, FlowStore, SealedDraft } from '../security-info/ports.ts';
import { publishEvents } from './audit-event.ts';
import { compareAndSwap, KeyQueue } from './compare-and-swap.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import { type CollectionSchema, modelOn, partOptions, schemaOptions } from './schema-options.ts';

/** How long a flow lives after its last write. */
export const FLOW_MINUTES = 15;

/** A flow as it is stored. */
export interface StoredFlow extends Omit<Flow, 'id'> {
  /** Keyed digest of the flow's key: the key may be a cookie's value, and then opens the flow. */
  readonly _id: string;
  readonly flowId: string;
  readonly expiresAt: Date;
}

const schema = new Schema<StoredFlow>(
  {
    _id: { type: String, required: true },
    flowId: { type: String, required: true },
    version: { type: Number, required: true },
    accountId: { type: String, required: true },
    drafts: {
      type: Map,
      of: new Schema<SealedDraft>({ id: String, createdAt: Date, draftCiphertext: String }, partOptions),
    },
    proofs: [
      new Schema<FlowProof>(
        {
          by: String,
          methodId: String,
          amr: String,
          at: Date,
          coolingOff: Boolean,
          ofFirstRegistration: Boolean,
        },
        partOptions,
      ),
    ],
    acknowledged: [String],
    oneTimePasswordSetAt: Date,
    expiresAt: { type: Date, required: true },
  },
  schemaOptions,
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** The collection of flows. */
export const flows: CollectionSchema<StoredFlow> = { name: 'flows', schema };

const storedFlow = z.object({
  flowId: z.string(),
  version: z.int(),
  accountId: z.string(),
  drafts: z
    .record(z.string(), z.looseObject({ id: z.string(), createdAt: z.date(), draftCiphertext: z.string() }))
    .default({}),
  proofs: z
    .array(
      z.looseObject({
        by: z.enum(['method', 'access_pass']),
        methodId: z.string().nullable().default(null),
        amr: z.string().nullable().default(null),
        at: z.date(),
        coolingOff: z.boolean().default(false),
        ofFirstRegistration: z.boolean().default(false),
      }),
    )
    .default([]),
  acknowledged: z.array(z.string()).default([]),
  oneTimePasswordSetAt: z.date().nullable().default(null),
  expiresAt: z.date(),
});
type ReadFlow = z.infer<typeof storedFlow>;

/** Makes the flow store on a connection. */
export function createFlowStore(
  connection: Connection,
  { clock, keys }: { readonly clock: Clock; readonly keys: DataKeys },
): FlowStore {
  const model = modelOn(connection, flows);
  const queue = new KeyQueue();
  const idOf = (key: string): string => keys.hash(key, 'flow-key');

  async function readStored(_id: string): Promise<ReadFlow | null> {
    const document = await model.findById(_id).lean();
    return document === null ? null : storedFlow.parse(document);
  }

  /** The store deletes expired flows about once a minute; until then they are there but not alive. */
  function live(stored: ReadFlow | null): Flow | null {
    if (stored === null || stored.expiresAt <= clock.now()) return null;
    const { flowId, expiresAt: _, ...flow } = stored;
    return { ...flow, id: flowId };
  }

  async function write(_id: string, stored: ReadFlow | null, next: Flow): Promise<boolean> {
    const { id: flowId, version: _, ...rest } = next;
    const expiresAt = new Date(clock.now().getTime() + FLOW_MINUTES * 60_000);
    const fields = { ...rest, flowId, version: (stored?.version ?? 0) + 1, expiresAt };
    if (stored === null) {
      try {
        await model.create([{ _id, ...fields }]);
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    }
    // The version alone would not do: a flow that was ended and begun anew counts from 1 again.
    const { matchedCount } = await model.updateOne(
      { _id, flowId: stored.flowId, version: stored.version },
      { $set: fields },
    );
    return matchedCount === 1;
  }

  return {
    read: async (key) => live(await readStored(idOf(key))),

    change(key, transition) {
      const _id = idOf(key);
      return queue.run(_id, () =>
        compareAndSwap({
          read: () => readStored(_id),
          state: live,
          transition,
          async write(stored, next, events) {
            if (!(await write(_id, stored, next))) return false;
            await publishEvents(connection, events);
            return true;
          },
        }),
      );
    },

    async end(key) {
      await model.deleteOne({ _id: idOf(key) });
    },
  };
}
