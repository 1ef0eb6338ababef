/** The audit log as admins read it: newest first, a page at a time. No way to change it exists. */
import { activityName, catalogueEntryOf } from './audit-catalogue.ts';
import type { DomainEvent, EventType } from './events.ts';
import type { MethodType } from './record.ts';

/** What entries are wanted; all conditions that are given must hold. */
export interface AuditFilter {
  /** The account that it happened to. */
  readonly accountId?: string | undefined;
  /** As events name it: `user`, `admin:<account id>`, `client:<client id>`, `cli`, `job:<name>`. */
  readonly actor?: string | undefined;
  readonly type?: EventType | undefined;
  readonly result?: DomainEvent['result'] | undefined;
  readonly clientId?: string | undefined;
  readonly methodType?: MethodType | undefined;
  /** From this moment on. */
  readonly from?: Date | undefined;
  /** Before this moment. */
  readonly to?: Date | undefined;
}

/** One entry: the event, without whom it told. */
export interface AuditRecord
  extends Omit<DomainEvent, 'notify' | 'type' | 'methodType' | 'changes' | 'undoOf'> {
  /** An EventType, or what a newer release has written. */
  readonly type: string;
  readonly methodType: string | null;
  readonly changes: DomainEvent['changes'] | null;
  /** How many notices it gave rise to. */
  readonly noticeCount: number;
}

/** A page of entries. It may have fewer than were asked for, even none, and yet not be the last. */
export interface AuditPage {
  readonly entries: readonly AuditRecord[];
  /** Null at the end. */
  readonly nextCursor: string | null;
}

/** Reads the audit log. */
export interface AuditLog {
  /**
   * One page, newest first; looks at a bounded number of entries, whatever the filter.
   * @param query.limit 1 to 1,000
   * @throws {InvalidCursor} `invalid_cursor`
   */
  list(query: {
    readonly filter: AuditFilter;
    readonly cursor: string | null;
    readonly limit: number;
  }): Promise<AuditPage>;
}

const pageSize = 500;

/** All entries, newest first, one after the other: no more than a page is in memory. */
export async function* auditEntries(
  log: AuditLog,
  filter: AuditFilter,
  signal?: AbortSignal,
): AsyncGenerator<AuditRecord> {
  let cursor: string | null = null;
  do {
    const page: AuditPage = await log.list({ filter, cursor, limit: pageSize });
    yield* page.entries;
    cursor = page.nextCursor;
  } while (cursor !== null && signal?.aborted !== true);
}

/** An entry as programs read it, with its name and category from the catalogue. */
export interface AuditDocument extends AuditRecord {
  readonly activity: string;
  readonly category: string | null;
}

/** Adds what the catalogue says of an entry. */
export function describeEntry(entry: AuditRecord): AuditDocument {
  return {
    ...entry,
    activity: activityName(entry),
    category: catalogueEntryOf(entry.type)?.category ?? null,
  };
}
