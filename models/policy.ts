/** `policies`: what an admin has set, one document per policy: the default and those for some groups. */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import { inOrder } from '../security-info/effective-policy.ts';
import { PolicyChangedMeanwhile } from '../security-info/errors.ts';
import type { DomainEvent } from '../security-info/events.ts';
import {
  defaultPolicy,
  defaultPolicyId,
  type Policy,
  type PolicySet,
  policySchema,
} from '../security-info/policy.ts';
import type { Clock, PolicyStore } from '../security-info/ports.ts';
import { publishEvents } from './audit-event.ts';
import { domainEventSchema, storedEvent } from './domain-event.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

/** How old a cached policy may be: less than the 5 seconds that are promised, for the read takes time too. */
const CACHE_MILLISECONDS = 4_000;

/** A policy as it is stored. */
export interface StoredPolicy {
  /** The policy's id. */
  readonly _id: string;
  readonly version: number;
  /** All settings but id and version. */
  readonly settings: Omit<Policy, 'id' | 'version'>;
  /** It was removed: what stays keeps its versions from being counted anew. */
  readonly isRemoved: boolean;
  /** Written with the change that they tell of, published afterwards. */
  readonly pendingEvents: readonly DomainEvent[];
}

const schema = new Schema<StoredPolicy>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    settings: { type: Schema.Types.Mixed, required: true },
    isRemoved: Boolean,
    pendingEvents: [domainEventSchema],
  },
  schemaOptions,
);

/** The collection of policies. */
export const policies: CollectionSchema<StoredPolicy> = { name: 'policies', schema };

const storedPolicy = z.object({
  _id: z.string(),
  version: z.int().min(1),
  settings: z.record(z.string(), z.unknown()),
  isRemoved: z.boolean().default(false),
  pendingEvents: z.array(storedEvent).default([]),
});
// Not strict: a setting that a newer release has written must not stop this one from reading the others.
const readableSettings = policySchema.strip();

/** The PolicyStore port. */
export function createPolicyStore(connection: Connection, { clock }: { readonly clock: Clock }): PolicyStore {
  const model = modelOn(connection, policies);
  let cached: { readonly since: number; readonly read: Promise<PolicySet> } | null = null;

  async function readStored() {
    return (await model.find().lean()).map((document) => storedPolicy.parse(document));
  }

  async function latest(): Promise<PolicySet> {
    const stored = await readStored();
    // Left over by a node that ended between its save and the audit log.
    for (const { _id, version, pendingEvents } of stored) await publishPending(_id, version, pendingEvents);
    const found = stored
      .filter(({ isRemoved }) => !isRemoved)
      .map(({ _id: id, version, settings }) => readableSettings.parse({ ...settings, id, version }));
    return {
      defaultPolicy: found.find(({ id }) => id === defaultPolicyId) ?? defaultPolicy(),
      groupPolicies: inOrder(found.filter(({ id }) => id !== defaultPolicyId)),
    };
  }

  async function publishPending(_id: string, version: number, events: readonly DomainEvent[]): Promise<void> {
    if (events.length === 0) return;
    await publishEvents(connection, events);
    await model.updateOne({ _id, version }, { $set: { pendingEvents: [] } });
  }

  /** Of one that is not there the version is 0, removed or never made. */
  async function write(
    _id: string,
    expectedVersion: number,
    fields: Partial<Pick<StoredPolicy, 'settings' | 'isRemoved'>>,
    events: readonly DomainEvent[],
  ): Promise<void> {
    const pendingEvents = { $each: [...events] };
    if (expectedVersion > 0) {
      const { matchedCount } = await model.updateOne(
        { _id, version: expectedVersion, isRemoved: { $ne: true } },
        { $set: fields, $inc: { version: 1 }, $push: { pendingEvents } },
      );
      if (matchedCount === 0) throw new PolicyChangedMeanwhile();
      return;
    }
    try {
      await model.updateOne(
        { _id, isRemoved: true },
        { $set: fields, $inc: { version: 1 }, $push: { pendingEvents } },
        { upsert: true },
      );
    } catch (error) {
      if (isDuplicateKey(error)) throw new PolicyChangedMeanwhile();
      throw error;
    }
  }

  async function change(...parts: Parameters<typeof write>): Promise<void> {
    try {
      await write(...parts);
    } finally {
      cached = null;
    }
    await latest();
  }

  return {
    latest,

    current() {
      const now = clock.now().getTime();
      if (cached === null || now < cached.since || now - cached.since >= CACHE_MILLISECONDS) {
        const entry = { since: now, read: latest() };
        cached = entry;
        entry.read.catch(() => {
          if (cached === entry) cached = null;
        });
      }
      return cached.read;
    },

    async save(policy, expectedVersion, events) {
      const { id, version: _, ...settings } = policy;
      await change(id, expectedVersion, { settings, isRemoved: false }, events);
    },

    async remove(policyId, expectedVersion, events) {
      // Without the default nobody would have a policy; with version 0 there is nothing to remove.
      if (policyId === defaultPolicyId || expectedVersion === 0) throw new PolicyChangedMeanwhile();
      await change(policyId, expectedVersion, { isRemoved: true }, events);
    },
  };
}
