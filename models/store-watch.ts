/** How the store fares: whether it takes writes, what its clock says, and what waits in it. For probes and metrics. */
import type { Connection } from 'mongoose';
import { z } from 'zod';
import { outbox } from './outbox.ts';
import { modelOn } from './schema-options.ts';
import { securityInfos } from './security-info-record.ts';

const hello = z.object({ isWritablePrimary: z.boolean(), localTime: z.date() });
const pending = z.object({ pendingAt: z.date() });
const waiting = z.object({ claimableAt: z.date() });
/** Both fields are unset where nothing waits: only what has one is in this range of the index. */
const anyTime = { $gt: new Date(0) };

/** What is asked of the store about itself. */
export interface StoreWatch {
  /** Asks the server that writes go to. Rejects where none answers. */
  hello(): Promise<{ readonly isWritable: boolean; readonly at: Date }>;
  /** The record that has waited longest with events to be drained: since when; null where none waits. */
  oldestPendingAt(): Promise<Date | null>;
  /** How many records have events to be drained. */
  countPending(): Promise<number>;
  /** The notices that are to be sent: how many, and from when on the first of them may be; null where there is none. */
  outboxQueue(): Promise<{ readonly messages: number; readonly nextAt: Date | null }>;
}

/** Makes the watch of a connection. */
export function createStoreWatch(connection: Connection): StoreWatch {
  const records = modelOn(connection, securityInfos);
  const messages = modelOn(connection, outbox);
  return {
    async hello() {
      if (connection.db === undefined) throw new Error('the connection is closed');
      const { isWritablePrimary, localTime } = hello.parse(await connection.db.command({ hello: 1 }));
      return { isWritable: isWritablePrimary, at: localTime };
    },
    async oldestPendingAt() {
      const [first] = await records
        .find({ pendingAt: anyTime }, { _id: 0, pendingAt: 1 })
        .sort({ pendingAt: 1 })
        .limit(1)
        .lean();
      return first === undefined ? null : pending.parse(first).pendingAt;
    },
    countPending: () => records.countDocuments({ pendingAt: anyTime }),
    async outboxQueue() {
      const [count, [first]] = await Promise.all([
        messages.countDocuments({ claimableAt: anyTime }),
        messages
          .find({ claimableAt: anyTime }, { _id: 0, claimableAt: 1 })
          .sort({ claimableAt: 1 })
          .limit(1)
          .lean(),
      ]);
      return { messages: count, nextAt: first === undefined ? null : waiting.parse(first).claimableAt };
    },
  };
}
