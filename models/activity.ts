/** The ActivityLog port: one account's audit entries by their index, with the names of the apps. */
import type { Connection } from 'mongoose';
import { z } from 'zod';
import type { ActivityLog } from '../security-info/activity.ts';
import { eventTypes } from '../security-info/events.ts';
import { methodTypes } from '../security-info/record.ts';
import { auditEvents } from './audit-event.ts';
import { clients } from './client.ts';
import { modelOn } from './schema-options.ts';

const optionalText = z.string().nullable().default(null);

const storedEntry = z.object({
  type: z.enum(eventTypes),
  at: z.date(),
  actor: z.string(),
  result: z.enum(['success', 'failure']),
  methodType: z.enum(methodTypes).nullable().default(null),
  callerAddress: optionalText,
  clientId: optionalText,
  device: optionalText,
});

const namedClient = z.object({
  _id: z.string(),
  metadata: z.looseObject({ client_name: z.string().optional() }),
});

/** Makes the activity log on a connection. */
export function createActivityLog(connection: Connection): ActivityLog {
  const entries = modelOn(connection, auditEvents);
  const apps = modelOn(connection, clients);

  async function namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const found = await apps.find({ _id: { $in: [...ids] } }, { 'metadata.client_name': 1 }).lean();
    return new Map(
      found.flatMap((document) => {
        const { _id, metadata } = namedClient.parse(document);
        return metadata.client_name === undefined ? [] : [[_id, metadata.client_name] as const];
      }),
    );
  }

  return {
    async recent(accountId, limit) {
      const documents = await entries.find({ accountId }).sort({ at: -1 }).limit(limit).lean();
      // An entry that a newer release wrote may be of a type that this one has no words for.
      const read = documents.flatMap((document) => {
        const parsed = storedEntry.safeParse(document);
        return parsed.success ? [parsed.data] : [];
      });
      const ids = read.flatMap(({ clientId }) => (clientId === null ? [] : [clientId]));
      const names = await namesOf([...new Set(ids)]);
      return read.map((entry) => ({
        ...entry,
        clientName: entry.clientId === null ? null : (names.get(entry.clientId) ?? null),
      }));
    },
  };
}
