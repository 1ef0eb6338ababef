/** The AuditLog port: pages along the index of the narrowest filter, looking at a bounded number of entries. */
import type { Connection } from 'mongoose';
import { z } from 'zod';
import type { AuditFilter, AuditLog, AuditRecord } from '../security-info/audit.ts';
import { readCursor, writeCursor } from '../security-info/cursor.ts';
import { InvalidCursor } from '../security-info/errors.ts';
import { type AuditEntry, auditEvents } from './audit-event.ts';
import { storedChanges } from './domain-event.ts';
import { modelOn } from './schema-options.ts';

/** Entries that one page looks at, for those that the filter wants. */
const scanLimit = 5_000;
const chunkSize = 500;

const optionalText = z.string().nullable().default(null);
// Texts, not our own words: what a newer release has written is shown too.
const storedEntry = z.object({
  _id: z.string(),
  type: z.string(),
  at: z.date(),
  accountId: optionalText,
  actor: z.string(),
  result: z.enum(['success', 'failure']),
  reason: optionalText,
  methodType: optionalText,
  callerAddress: optionalText,
  clientId: optionalText,
  device: optionalText,
  changes: storedChanges,
  noticeCount: z.int().default(0),
});

interface Position {
  readonly at: Date;
  readonly id: string;
}

/** Each has an index; of several that are asked for, the first narrows most. */
const indexed = ['accountId', 'clientId', 'actor', 'type'] as const;
const compared = [...indexed, 'result', 'methodType'] as const;

/** Makes the audit log's reader on a connection. */
export function createAuditLog(connection: Connection): AuditLog {
  const model = modelOn(connection, auditEvents);

  async function readMany(filter: object, limit: number): Promise<AuditRecord[]> {
    const documents = await model.find(filter).sort({ at: -1, _id: -1 }).limit(limit).lean();
    return documents.map(readEntry);
  }

  /** Those after a position: first what happened in its very moment, of which a job can leave thousands. */
  async function after(
    position: Position | null,
    filter: AuditFilter,
    limit: number,
  ): Promise<AuditRecord[]> {
    const equal = narrowest(filter);
    if (position === null) return readMany({ ...equal, ...within(filter.from, filter.to) }, limit);
    const { at, id } = position;
    const same = await readMany({ ...equal, at, _id: { $lt: id } }, limit);
    if (same.length === limit) return same;
    return [...same, ...(await readMany({ ...equal, ...within(filter.from, at) }, limit - same.length))];
  }

  return {
    async list({ filter, cursor, limit }) {
      const query = queryOf(filter);
      let position = cursor === null ? null : readPosition(readCursor(query, cursor));
      // Then the store's own condition is all of it.
      const isExact =
        Object.keys(narrowest(filter)).length ===
        compared.filter((field) => filter[field] !== undefined).length;
      const entries: AuditRecord[] = [];
      for (let scanned = 0; scanned < scanLimit; ) {
        // One more than is wanted, to know whether any is left.
        const size = isExact ? limit - entries.length + 1 : chunkSize;
        const chunk = await after(position, filter, size);
        for (const entry of chunk) {
          if (entries.length === limit) return { entries, nextCursor: cursorAt(query, position) };
          position = { at: entry.at, id: entry.id };
          if (isWanted(entry, filter)) entries.push(entry);
        }
        if (chunk.length < size) return { entries, nextCursor: null };
        scanned += chunk.length;
      }
      return { entries, nextCursor: cursorAt(query, position) };
    },
  };
}

function readEntry(document: unknown): AuditRecord {
  const { _id: id, ...entry } = storedEntry.parse(document);
  return { ...entry, id };
}

/** The one condition that the store is asked; the others are looked at here, so that no page reads without bound. */
function narrowest(filter: AuditFilter): Partial<Pick<AuditEntry, (typeof indexed)[number]>> {
  const field = indexed.find((name) => filter[name] !== undefined);
  return field === undefined ? {} : { [field]: filter[field] };
}

function isWanted(entry: AuditRecord, filter: AuditFilter): boolean {
  return compared.every((field) => filter[field] === undefined || entry[field] === filter[field]);
}

function within(from: Date | undefined, to: Date | undefined): object {
  if (from === undefined && to === undefined) return {};
  return { at: { ...(from === undefined ? {} : { $gte: from }), ...(to === undefined ? {} : { $lt: to }) } };
}

function queryOf(filter: AuditFilter): unknown {
  return ['audit', ...compared.map((field) => filter[field] ?? null), filter.from ?? null, filter.to ?? null];
}

function cursorAt(query: unknown, position: Position | null): string | null {
  return position === null ? null : writeCursor(query, `${position.at.getTime()}:${position.id}`);
}

function readPosition(text: string): Position {
  const [, at, id] = /^(\d{1,15}):(.+)$/s.exec(text) ?? [];
  if (at === undefined || id === undefined) throw new InvalidCursor();
  return { at: new Date(Number(at)), id };
}
