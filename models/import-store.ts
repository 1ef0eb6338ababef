/** The ImportStore port: each write of an import is conditional on the import itself and can be repeated. */
import type { Connection } from 'mongoose';
import {
  type ImportJob,
  type ImportStore,
  runningStates,
} from '../security-info/admin/import/import-ports.ts';
import { auditEvents, publishEvents } from './audit-event.ts';
import { insertNew } from './duplicate-key.ts';
import { importProblems, importRows, imports, readStoredImport, type StoredImport } from './import.ts';
import { createImportRows } from './import-rows.ts';
import { modelOn } from './schema-options.ts';

/** Makes the store of imports on a connection. */
export function createImportStore(connection: Connection): ImportStore {
  const model = modelOn(connection, imports);
  const audit = connection.collection<{ _id: string }>(auditEvents.name);

  /** Publishes what a node has left over that ended between its write and the audit log. */
  async function readJob(document: unknown): Promise<ImportJob> {
    const { _id: id, pendingEvents, ...job } = readStoredImport.parse(document);
    if (pendingEvents.length > 0) {
      await publishEvents(connection, pendingEvents);
      const published = pendingEvents.map((event) => event.id);
      await model.updateOne({ _id: id }, { $pull: { pendingEvents: { id: { $in: published } } } });
    }
    return { ...job, id };
  }

  const running = { $in: [...runningStates] };

  return {
    ...createImportRows(connection),

    async begin({ id: _id, ...job }, { holder }, claimableAt) {
      const document: StoredImport = { ...job, _id, holder, claimableAt, pendingEvents: [] };
      await insertNew(connection, imports, [document]);
    },

    async read(importId) {
      const document = await model.findById(importId).lean();
      return document === null ? null : readJob(document);
    },

    async list({ cursor, limit }) {
      const found = await model
        .find(cursor === null ? {} : { _id: { $lt: cursor } })
        .sort({ _id: -1 })
        .limit(limit + 1)
        .lean();
      const items: ImportJob[] = [];
      for (const document of found.slice(0, limit)) items.push(await readJob(document));
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async claim({ importId: _id, holder }, now, claimableAt) {
      const document = await model
        .findOneAndUpdate(
          { _id, state: running, claimableAt: { $lte: now } },
          { $set: { holder, claimableAt } },
          { returnDocument: 'after' },
        )
        .lean();
      return document === null ? null : readJob(document);
    },

    async advance({ importId: _id, holder }, { state, nextChunk, chunkCount }, to, claimableAt, events) {
      const document = await model
        .findOneAndUpdate(
          { _id, holder, state, nextChunk, chunkCount },
          { $set: { ...to, claimableAt }, $push: { pendingEvents: { $each: [...events] } } },
          { returnDocument: 'after' },
        )
        .lean();
      return document === null ? null : readJob(document);
    },

    async turn(importId, from, to, events) {
      const document = await model
        .findOneAndUpdate(
          { _id: importId, state: { $in: [...from] } },
          {
            $set: { ...to, holder: '', claimableAt: new Date(0) },
            $push: { pendingEvents: { $each: [...events] } },
          },
          { returnDocument: 'after' },
        )
        .lean();
      return document === null ? null : readJob(document);
    },

    async release({ importId: _id, holder }, now) {
      await model.updateOne({ _id, holder }, { $set: { holder: '', claimableAt: now } });
    },

    async findAbandoned(now) {
      const [found] = await model
        .find({ state: running, claimableAt: { $lte: now } }, { _id: 1 })
        .sort({ _id: 1 })
        .limit(1)
        .lean();
      return found?._id ?? null;
    },

    async findPublished(eventIds) {
      const found = await audit.find({ _id: { $in: [...eventIds] } }, { projection: { _id: 1 } }).toArray();
      return new Set(found.map(({ _id }) => _id));
    },
  };
}

/** Their collections, for the indexes. */
export const importCollections = [imports, importRows, importProblems];
