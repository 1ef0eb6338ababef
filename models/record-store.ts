/**
 * The RecordStore port: changes of one account's record by compare-and-swap, and the bulk work of the jobs, each
 * write conditional on the document itself.
 */
import type { Connection } from 'mongoose';
import type { DomainEvent } from '../security-info/events.ts';
import type { Clock, RecordStore } from '../security-info/ports.ts';
import { emptyRecord, type SecurityInfoRecord } from '../security-info/record.ts';
import { publishEvents } from './audit-event.ts';
import { compareAndSwap, KeyQueue, untilWon } from './compare-and-swap.ts';
import { countDueEach, firstDue, markedEvent } from './due-records.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import { modelOn } from './schema-options.ts';
import {
  readRecord,
  readSignInRecord,
  recordFields,
  type StoredRecord,
  securityInfos,
  signInProjection,
} from './security-info-record.ts';

/** Who is due. */
type DueInput = Parameters<RecordStore['countDue']>[0];

/** Makes the record store on a connection. */
export function createRecordStore(connection: Connection, { clock }: { readonly clock: Clock }): RecordStore {
  const model = modelOn(connection, securityInfos);
  const plain = connection.collection<StoredRecord>(securityInfos.name);
  const queue = new KeyQueue();

  async function read(accountId: string): Promise<SecurityInfoRecord> {
    const document = await model.findById(accountId).lean();
    return document === null ? emptyRecord(accountId) : readRecord(accountId, document);
  }

  async function write(
    record: SecurityInfoRecord,
    next: SecurityInfoRecord,
    events: readonly DomainEvent[],
  ): Promise<boolean> {
    const fields = recordFields(next, events, clock.now());
    const version = record.version + 1;
    if (record.version === 0) {
      try {
        await model.create([{ _id: record.accountId, version, ...fields }]);
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    }
    const { matchedCount } = await model.updateOne(
      { _id: record.accountId, version: record.version },
      {
        $set: { version, ...fields },
        ...(fields.pendingAt === undefined ? { $unset: { pendingAt: 1 } } : {}),
      },
    );
    return matchedCount === 1;
  }

  /** Unmarked records under a policy that were confirmed too long ago, by the index on just that. */
  function dueFilter(input: DueInput) {
    return {
      policyId: input.policyId,
      markableAt: { $lte: input.confirmedUntilAt },
      ...(input.excludedAccounts.length === 0 ? {} : { _id: { $nin: [...input.excludedAccounts] } }),
    };
  }

  /** The oldest that are due, at most so many: up to a date, which the index alone tells, or else by their ids. */
  async function dueBatch(input: DueInput, limit: number) {
    const filter = dueFilter(input);
    const { isDue } = input;
    if (isDue !== undefined) {
      const due = (await firstDue(model, filter, { isDue, limit })).map(({ _id }) => _id);
      return due.length === 0
        ? null
        : { filter: { ...filter, _id: { $in: due } }, isLast: due.length < limit };
    }
    // Local: what is not settled yet is marked already, and would be found again and again.
    const found = await plain
      .find(filter, { projection: { _id: 0, markableAt: 1 }, readConcern: 'local' })
      .sort({ markableAt: 1 })
      .skip(limit - 1)
      .limit(2)
      .toArray();
    const [last, following] = found.map(({ markableAt }) => markableAt);
    if (last != null && following != null && last < following) {
      return { filter: { ...filter, markableAt: { $lte: last } }, isLast: false };
    }
    const oldest = plain.find(filter, { projection: { _id: 1 }, readConcern: 'local' });
    const due = await oldest.sort({ markableAt: 1 }).limit(limit).toArray();
    if (due.length === 0) return null;
    // Each is in the list because it is not excluded.
    const _id = { $in: due.map((record) => record._id) };
    return { filter: { ...filter, _id }, isLast: following == null };
  }

  /**
   * Copies first and removes afterwards: a crash in between repeats the copy, which the events' own keys make
   * harmless. Removing raises the version, or a change computed from before would bring the events back.
   */
  async function drainOne(accountId: string): Promise<number> {
    return queue.run(accountId, () =>
      untilWon(async () => {
        const document = await model.findById(accountId, { version: 1, pendingEvents: 1 }).lean();
        const record = document === null ? emptyRecord(accountId) : readRecord(accountId, document);
        const { version, pendingEvents } = record;
        if (pendingEvents.length === 0) return { won: 0 };
        await publishEvents(connection, pendingEvents);
        const { matchedCount } = await model.updateOne(
          { _id: accountId, version },
          { $set: { pendingEvents: [] }, $unset: { pendingAt: 1 }, $inc: { version: 1 } },
        );
        return matchedCount === 1 ? { won: pendingEvents.length } : 'lost';
      }),
    );
  }

  const store: RecordStore = {
    read,

    async readForSignIn(accountId) {
      // The driver's own collection: a query of mongoose's costs as much again, and every sign-in makes this one.
      const document = await plain.findOne({ _id: accountId }, { projection: signInProjection });
      return readSignInRecord(accountId, document ?? {});
    },

    change: (accountId, transition) =>
      queue.run(accountId, () =>
        compareAndSwap({ read: () => read(accountId), state: (record) => record, transition, write }),
      ),

    setPolicyId: (accountId, policyId) =>
      store.change(accountId, (record) =>
        record.policyId === policyId
          ? { unchanged: true, result: undefined }
          : { next: { ...record, policyId }, events: [], result: undefined },
      ),

    async markDue({ now, limit, ...input }) {
      for (;;) {
        const batch = await dueBatch(input, limit);
        if (batch === null) return 0;
        // One change for all: a statement of its own for each costs ten times as much. Not by the version: whatever
        // else changed since, what makes it due is looked at again here.
        const { modifiedCount } = await plain.updateMany(
          batch.filter,
          {
            $set: { mark: { by: 'interval', at: now }, markableAt: null, pendingAt: now },
            $push: { pendingEvents: markedEvent(now) },
            $inc: { version: 1 },
          },
          // What a crash takes back is marked by the next run. The last batch waits until all of them are settled.
          batch.isLast ? {} : { writeConcern: { w: 1, journal: false } },
        );
        // None: another node marked just these, so there may be more behind them.
        if (modifiedCount > 0) return modifiedCount;
      }
    },

    async countDue({ isDue, ...input }) {
      if (isDue === undefined) return model.countDocuments(dueFilter(input));
      return countDueEach(model, dueFilter(input), isDue);
    },

    async drainEvents(accountId, limit) {
      if (accountId !== null) return drainOne(accountId);
      const pending = await model
        .find({ pendingAt: { $gt: new Date(0) } }, { _id: 1 })
        .sort({ pendingAt: 1 })
        .limit(limit)
        .lean();
      let drained = 0;
      for (const { _id } of pending) drained += await drainOne(_id);
      return drained;
    },
  };
  return store;
}
