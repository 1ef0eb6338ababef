/** `policies`: what an admin has set, one document per policy. There is one so far, `default`. */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import { InvalidPolicy, PolicyChangedMeanwhile } from '../security-info/errors.ts';
import type { DomainEvent } from '../security-info/events.ts';
import { defaultPolicy, type Policy, type PolicySet, policySchema } from '../security-info/policy.ts';
import type { Clock, PolicyStore } from '../security-info/ports.ts';
import { publishEvents } from './audit-event.ts';
import { domainEventSchema, storedEvent } from './domain-event.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

/** How old a cached policy may be: less than the 5 seconds that are promised, for the read takes time too. */
const CACHE_MILLISECONDS = 4_000;
const DEFAULT_ID = 'default';

/** A policy as it is stored. */
export interface StoredPolicy {
  /** The policy's id. */
  readonly _id: string;
  readonly version: number;
  /** All settings but id and version. */
  readonly settings: Omit<Policy, 'id' | 'version'>;
  /** Written with the change that they tell of, published afterwards. */
  readonly pendingEvents: readonly DomainEvent[];
}

const schema = new Schema<StoredPolicy>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    settings: { type: Schema.Types.Mixed, required: true },
    pendingEvents: [domainEventSchema],
  },
  schemaOptions,
);

/** The collection of policies. */
export const policies: CollectionSchema<StoredPolicy> = { name: 'policies', schema };

const storedPolicy = z.object({
  version: z.int().min(1),
  settings: z.record(z.string(), z.unknown()),
  pendingEvents: z.array(storedEvent).default([]),
});
// Not strict: a setting that a newer release has written must not stop this one from reading the others.
const readableSettings = policySchema.strip();

/** The PolicyStore port. */
export function createPolicyStore(connection: Connection, { clock }: { readonly clock: Clock }): PolicyStore {
  const model = modelOn(connection, policies);
  let cached: { readonly since: number; readonly read: Promise<PolicySet> } | null = null;

  async function publishPending(version: number, events: readonly DomainEvent[]): Promise<void> {
    if (events.length === 0) return;
    await publishEvents(connection, events);
    await model.updateOne({ _id: DEFAULT_ID, version }, { $set: { pendingEvents: [] } });
  }

  async function readStored(): Promise<{ policy: Policy; pendingEvents: readonly DomainEvent[] }> {
    const document = await model.findById(DEFAULT_ID).lean();
    if (document === null) return { policy: defaultPolicy(), pendingEvents: [] };
    const { version, settings, pendingEvents } = storedPolicy.parse(document);
    return { policy: readableSettings.parse({ ...settings, id: DEFAULT_ID, version }), pendingEvents };
  }

  async function latest(): Promise<PolicySet> {
    const { policy, pendingEvents } = await readStored();
    // Left over by a node that ended between its save and the audit log.
    await publishPending(policy.version, pendingEvents);
    return { defaultPolicy: policy };
  }

  async function write(
    policy: Policy,
    expectedVersion: number,
    events: readonly DomainEvent[],
  ): Promise<void> {
    const { id: _id, version: _, ...settings } = policy;
    const version = expectedVersion + 1;
    if (expectedVersion === 0) {
      try {
        await model.create([{ _id, version, settings, pendingEvents: events }]);
      } catch (error) {
        if (isDuplicateKey(error)) throw new PolicyChangedMeanwhile();
        throw error;
      }
      return;
    }
    const { matchedCount } = await model.updateOne(
      { _id, version: expectedVersion },
      { $set: { version, settings }, $push: { pendingEvents: { $each: [...events] } } },
    );
    if (matchedCount === 0) throw new PolicyChangedMeanwhile();
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
      if (policy.id !== DEFAULT_ID) throw new InvalidPolicy([{ field: 'id', code: 'invalid_value' }]);
      try {
        await write(policy, expectedVersion, events);
      } finally {
        cached = null;
      }
      const { policy: saved, pendingEvents } = await readStored();
      await publishPending(saved.version, pendingEvents);
    },
  };
}
