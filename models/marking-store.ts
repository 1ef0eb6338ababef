/** The MarkingStore port: marks in bulk on `security_infos`, found by its indexes, each write on the document's own terms. */
import { randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import { z } from 'zod';
import type { DomainEvent, EventType } from '../security-info/events.ts';
import type {
  DatedAccount,
  Freed,
  MarkedAccount,
  MarkingStore,
  MarkState,
} from '../security-info/reconfirmation/marking-store.ts';
import { modelOn } from './schema-options.ts';
import { type StoredRecord, securityInfos } from './security-info-record.ts';

/** Records that a stream asks the server for at once. */
const STREAM_BATCH = 500;
const actor = 'job:mark-reconfirmation';

const stored = z.object({
  _id: z.string(),
  version: z.int(),
  oldestConfirmedAt: z.date().nullable().default(null),
});
const storedState = z.object({
  _id: z.string(),
  mark: z
    .object({ by: z.enum(['interval', 'admin', 'campaign']), at: z.date() })
    .nullable()
    .default(null),
  oldestConfirmedAt: z.date().nullable().default(null),
});

type QueryFilter = Readonly<Record<string, unknown>>;

function eventOf(type: EventType, accountId: string, at: Date, reason: string): DomainEvent {
  return {
    id: randomUUID(),
    type,
    at,
    accountId,
    actor,
    result: 'success',
    reason,
    methodType: null,
    notify: [],
    callerAddress: null,
    clientId: null,
  };
}

/** The change that goes with a mark by the interval or a campaign. */
function marking(accountId: string, by: 'interval' | 'campaign', now: Date, reason: string) {
  return {
    $set: { mark: { by, at: now }, markableAt: null, pendingAt: now },
    $push: { pendingEvents: eventOf('reconfirmation_marked', accountId, now, reason) },
    $inc: { version: 1 },
  };
}

function freedFilter(policyId: string, freed: Freed) {
  const marked = { 'mark.by': 'interval' as const, policyId };
  if (freed.kind === 'all') return marked;
  if (freed.kind === 'confirmed_after') return { ...marked, oldestConfirmedAt: { $gt: freed.at } };
  return {
    ...marked,
    _id: { $in: [...freed.accountIds] },
    oldestConfirmedAt: { $lte: freed.confirmedUntilAt },
  };
}

/** Makes the store on a connection. */
export function createMarkingStore(connection: Connection): MarkingStore {
  const model = modelOn(connection, securityInfos);

  /** In the order of the index that serves it, a batch of the server's at a time. */
  function stream(filter: QueryFilter, field: 'markableAt' | 'oldestConfirmedAt') {
    return model
      .find(filter, { [field]: 1, 'mark.at': 1 })
      .sort({ [field]: 1 })
      .batchSize(STREAM_BATCH)
      .lean<Pick<StoredRecord, '_id' | 'mark' | 'markableAt' | 'oldestConfirmedAt'>>()
      .cursor();
  }

  async function* dueAccounts(filter: QueryFilter): AsyncGenerator<DatedAccount> {
    for await (const { _id: accountId, markableAt: confirmedAt } of stream(filter, 'markableAt')) {
      if (confirmedAt != null) yield { accountId, confirmedAt };
    }
  }

  async function* markedAccounts(filter: QueryFilter): AsyncGenerator<MarkedAccount> {
    for await (const { _id, mark, oldestConfirmedAt } of stream(filter, 'oldestConfirmedAt')) {
      if (oldestConfirmedAt == null || mark == null) continue;
      yield { accountId: _id, confirmedAt: oldestConfirmedAt, markedAt: mark.at };
    }
  }

  async function write(operations: Parameters<typeof model.bulkWrite>[0]): Promise<number> {
    if (operations.length === 0) return 0;
    const { modifiedCount } = await model.bulkWrite(operations, { ordered: false });
    return modifiedCount;
  }

  return {
    due: (policyId, confirmedUntilAt) => dueAccounts({ policyId, markableAt: { $lte: confirmedUntilAt } }),

    markDue: ({ policyId, accountIds, confirmedUntilAt, now }) =>
      write(
        accountIds.map((_id) => ({
          updateOne: {
            filter: { _id, policyId, markableAt: { $lte: confirmedUntilAt } },
            update: marking(_id, 'interval', now, 'interval'),
          },
        })),
      ),

    async setAside(accountIds) {
      await write(
        accountIds.map((_id) => ({
          updateOne: {
            filter: { _id, markableAt: { $gt: new Date(0) } },
            update: { $set: { markableAt: null }, $inc: { version: 1 } },
          },
        })),
      );
    },

    marked: (policyId, by) => markedAccounts({ 'mark.by': by, policyId }),

    countFreed: (policyId, freed) => model.countDocuments(freedFilter(policyId, freed)),

    async clearFreed({ policyId, freed, isSetAside, now, limit }) {
      const filter = freedFilter(policyId, freed);
      for (;;) {
        const found = await model.find(filter, { version: 1, oldestConfirmedAt: 1 }).limit(limit).lean();
        if (found.length === 0) return 0;
        const cleared = await write(
          found.map((document) => {
            const { _id, version, oldestConfirmedAt } = stored.parse(document);
            return {
              updateOne: {
                // By the version: what comes back into the index must be the date that is there.
                filter: { _id, version },
                update: {
                  $set: {
                    mark: null,
                    markableAt: isSetAside ? null : oldestConfirmedAt,
                    pendingAt: now,
                  },
                  $push: {
                    pendingEvents: eventOf('reconfirmation_unmarked', _id, now, 'freed'),
                  },
                  $inc: { version: 1 },
                },
              },
            };
          }),
        );
        // None: others changed just these, so look again.
        if (cleared > 0) return cleared;
      }
    },

    async states(accountIds) {
      const found = await model
        .find({ _id: { $in: [...accountIds] } }, { mark: 1, oldestConfirmedAt: 1 })
        .lean();
      return found.map((document): MarkState => {
        const { _id: accountId, mark, oldestConfirmedAt } = storedState.parse(document);
        return { accountId, mark, oldestConfirmedAt };
      });
    },

    markForCampaign: ({ campaignId, accountIds, confirmedUntilAt, now }) =>
      write(
        accountIds.map((_id) => ({
          updateOne: {
            filter: {
              _id,
              'mark.by': { $nin: ['admin', 'campaign'] },
              oldestConfirmedAt: { $lte: confirmedUntilAt },
            },
            update: marking(_id, 'campaign', now, `campaign:${campaignId}`),
          },
        })),
      ),
  };
}
