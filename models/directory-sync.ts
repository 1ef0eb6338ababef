/** The DirectorySyncStore port on `security_infos`, and `directory_passes`: how far a pass over the directory has come. */
import { randomUUID } from 'node:crypto';
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import type { DirectoryPass, DirectorySyncStore } from '../security-info/reconfirmation/directory-sync.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';
import { readSignInRecord, securityInfos, signInProjection } from './security-info-record.ts';

const STREAM_BATCH = 500;
const PASS = 'sync-directory';

/** A pass as it is stored; there is one at most. */
export interface StoredPass extends DirectoryPass {
  readonly _id: string;
}

const schema = new Schema<StoredPass>(
  {
    _id: { type: String, required: true },
    runId: { type: String, required: true },
    startedAt: { type: Date, required: true },
    phase: { type: String, required: true },
    cursor: String,
    matched: { type: Number, required: true },
  },
  schemaOptions,
);

/** The collection of passes. */
export const directoryPasses: CollectionSchema<StoredPass> = { name: 'directory_passes', schema };

const storedPass = z.object({
  runId: z.string(),
  startedAt: z.date(),
  phase: z.enum(['accounts', 'records']),
  cursor: z.string().nullable().default(null),
  matched: z.int(),
});
const optionalDate = z.date().nullable().default(null);
const storedFields = z.object({
  _id: z.string(),
  version: z.int(),
  oldestConfirmedAt: optionalDate,
  markableAt: optionalDate,
  goneAt: optionalDate,
});
const { _id: _, ...signInFields } = signInProjection;
const projection = { ...signInFields, version: 1, oldestConfirmedAt: 1, markableAt: 1, goneAt: 1 } as const;

/** Makes the store on a connection. */
export function createDirectorySyncStore(connection: Connection): DirectorySyncStore {
  const records = modelOn(connection, securityInfos);
  const passes = modelOn(connection, directoryPasses);
  const known = { goneAt: { $gt: new Date(0) } };

  return {
    async records(accountIds) {
      const found = await records.find({ _id: { $in: [...accountIds] } }, projection).lean();
      return found.map((document) => {
        const { _id, goneAt, ...fields } = storedFields.parse(document);
        return { ...readSignInRecord(_id, document), ...fields, isGone: goneAt !== null };
      });
    },

    async refresh(changes) {
      if (changes.length === 0) return 0;
      const { modifiedCount } = await records.bulkWrite(
        changes.map(({ accountId, version, policyId, oldestConfirmedAt, markableAt }) => ({
          updateOne: {
            filter: { _id: accountId, version },
            update: {
              $set: { policyId, oldestConfirmedAt, markableAt },
              $unset: { goneAt: 1 },
              $inc: { version: 1 },
            },
          },
        })),
        { ordered: false },
      );
      return modifiedCount;
    },

    async countPresent() {
      const [all, gone] = await Promise.all([records.countDocuments({}), records.countDocuments(known)]);
      return all - gone;
    },

    async *present(afterId) {
      const found = records
        .find({ ...(afterId === null ? {} : { _id: { $gt: afterId } }) }, { goneAt: 1 })
        .sort({ _id: 1 })
        .batchSize(STREAM_BATCH)
        .lean()
        .cursor();
      for await (const { _id, goneAt } of found) if (goneAt == null) yield _id;
    },

    async markGone(accountIds, now) {
      if (accountIds.length === 0) return 0;
      const { modifiedCount } = await records.bulkWrite(
        accountIds.map((_id) => ({
          updateOne: {
            filter: { _id, goneAt: null },
            update: {
              $set: { goneAt: now, markableAt: null, pendingAt: now },
              $push: {
                pendingEvents: {
                  id: randomUUID(),
                  type: 'account_gone',
                  at: now,
                  accountId: _id,
                  actor: 'job:sync-directory',
                  result: 'success',
                  reason: null,
                  methodType: null,
                  notify: [],
                  callerAddress: null,
                  clientId: null,
                },
              },
              $inc: { version: 1 },
            },
          },
        })),
        { ordered: false },
      );
      return modifiedCount;
    },

    async beginPass(runId, now, resumableSince) {
      const taken = await passes
        .findOneAndUpdate(
          { _id: PASS, startedAt: { $gte: resumableSince } },
          { $set: { runId } },
          { returnDocument: 'after' },
        )
        .lean();
      if (taken !== null) return storedPass.parse(taken);
      const pass: DirectoryPass = { runId, startedAt: now, phase: 'accounts', cursor: null, matched: 0 };
      await passes.updateOne({ _id: PASS }, { $set: { ...pass } }, { upsert: true });
      return pass;
    },

    async savePass({ runId, ...pass }) {
      await passes.updateOne({ _id: PASS, runId }, { $set: pass });
    },

    async endPass(runId) {
      await passes.deleteOne({ _id: PASS, runId });
    },
  };
}
