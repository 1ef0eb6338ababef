/** The DeadLetterStore and BacklogStore ports, on the collection of the outbox. */
import type { Connection } from 'mongoose';
import { z } from 'zod';
import type { BacklogStore, DeadLetter, DeadLetterStore } from '../security-info/dead-letters.ts';
import type { Clock } from '../security-info/ports.ts';
import { longestError, outbox, readMessage } from './outbox.ts';
import { modelOn } from './schema-options.ts';
import { securityInfos } from './security-info-record.ts';

/** Every date: no null matches, so what has none is passed over by the index. */
const ever = { $gt: new Date(0) };

const cursorSchema = z.tuple([z.coerce.number().int().min(0).max(8.64e15), z.string()]);
const diedSchema = z.object({ diedAt: z.date() });

/** Makes the store on a connection. */
export function createDeadLetterStore(
  connection: Connection,
  { clock }: { readonly clock: Clock },
): DeadLetterStore {
  const model = modelOn(connection, outbox);

  function read(document: unknown): DeadLetter {
    return { ...readMessage(document), ...diedSchema.parse(document), state: 'dead' };
  }

  /** Queued as it would be now: its age, by which it is given up, begins anew. */
  function asNew() {
    const now = clock.now();
    const fresh = { state: 'queued', claimableAt: now, createdAt: now, tries: 0 } as const;
    return { $set: fresh, $unset: { diedAt: 1 } } as const;
  }

  return {
    async bury({ key, claimId }, error) {
      const lastError = error.slice(0, longestError);
      const { matchedCount } = await model.updateOne(
        { _id: key, claimId, state: 'sending' },
        {
          $set: { state: 'dead', claimId: null, lastError, diedAt: clock.now() },
          $unset: { claimableAt: 1 },
        },
      );
      return matchedCount === 1;
    },

    async listDead({ cursor, limit }) {
      const after = readCursor(cursor);
      const documents = await model
        .find({
          diedAt: ever,
          ...(after === null
            ? {}
            : {
                $or: [{ diedAt: { $lt: after.diedAt } }, { diedAt: after.diedAt, _id: { $lt: after.key } }],
              }),
        })
        .sort({ diedAt: -1, _id: -1 })
        .limit(limit + 1)
        .lean();
      const messages = documents.slice(0, limit).map(read);
      const last = messages.at(-1);
      const isMore = documents.length > limit && last !== undefined;
      return { messages, nextCursor: isMore ? `${last.diedAt.getTime()}:${last.key}` : null };
    },

    async retryDead(key) {
      const { matchedCount } = await model.updateOne({ _id: key, state: 'dead' }, asNew());
      return matchedCount === 1;
    },

    async retryAllDead() {
      const { matchedCount } = await model.updateMany({ diedAt: ever, state: 'dead' }, asNew());
      return matchedCount;
    },
  };
}

function readCursor(cursor: string | null): { readonly diedAt: Date; readonly key: string } | null {
  const [, time, key] = /^(\d+):(.+)$/.exec(cursor ?? '') ?? [];
  const read = cursorSchema.safeParse([time, key]);
  return read.success ? { diedAt: new Date(read.data[0]), key: read.data[1] } : null;
}

/** Counts what is on its way. */
export function createBacklogStore(connection: Connection): BacklogStore {
  const messages = modelOn(connection, outbox);
  const records = modelOn(connection, securityInfos);
  return {
    async count() {
      const [undrained, waiting, dead] = await Promise.all([
        records.countDocuments({ pendingAt: ever }),
        messages.countDocuments({ claimableAt: ever }),
        messages.countDocuments({ diedAt: ever }),
      ]);
      return { undrained, waiting, dead };
    },
  };
}
