/** One connection to the store, with the guarantees that the domain counts on, and the indexes of all collections. */
import mongoose, { type Connection } from 'mongoose';
import { accounts } from './account.ts';
import { auditEvents } from './audit-event.ts';
import { campaigns } from './campaign.ts';
import { campaignMembers } from './campaign-member.ts';
import { clients } from './client.ts';
import { developmentMailbox } from './development-mailbox.ts';
import { directoryPasses } from './directory-sync.ts';
import { flows } from './flow.ts';
import { idempotencyKeys } from './idempotency-key.ts';
import { importCollections } from './import-store.ts';
import { jobRuns } from './job-run.ts';
import { keyCanaries } from './key-canary.ts';
import { leases } from './lease.ts';
import { oidcCollections } from './oidc-document.ts';
import { outbox } from './outbox.ts';
import { policies } from './policy.ts';
import { reminders } from './reminder.ts';
import { reportSnapshots } from './report-snapshot.ts';
import { securityInfos } from './security-info-record.ts';
import { throttles } from './throttle.ts';

/** Settings of the connection that a deployment may want to change. */
export interface StoreOptions {
  /** The database; without it the one that the URI names. */
  readonly databaseName?: string;
  /** Connections at most. */
  readonly maxPoolSize?: number;
  /** How long a request waits for a server that can be written to, in milliseconds. Default 5,000. */
  readonly serverSelectionTimeoutMilliseconds?: number;
}

/** `store_unreachable`: told without the URI, which may carry a password. */
export class StoreUnreachable extends Error {
  readonly code = 'store_unreachable';
  constructor(reason: string) {
    super(`The store cannot be reached: ${reason}`);
    this.name = 'StoreUnreachable';
  }
}

/** The URI's user and password never reach a message, whatever the driver puts into its own. */
function withoutCredentials(text: string): string {
  return text.replaceAll(/(mongodb(?:\+srv)?:\/\/)[^\s/]*@/g, '$1***@');
}

/**
 * Connects, and waits until a server answers. Every write is acknowledged by a majority and in its journal, and
 * every read sees what a majority has, the own writes included: what was answered once is never taken back.
 *
 * Reads are the primary's, so that they cannot miss a write that this or any other node has been told of. They are
 * `majority` and not `local`: a primary that has been cut off still has writes that the next one never gets to see, and
 * a page, or a code that goes out, must not rest on one. That such a primary may answer from before the newest writes
 * does no harm: what is decided on a read is written by compare-and-swap, which that primary cannot acknowledge.
 * Sessions that are causally consistent would add nothing to this, and cost each write a time to carry on.
 * @throws {StoreUnreachable} `store_unreachable`, when no server answers in time or the URI is wrong
 */
export async function connectStore(uri: string, options: StoreOptions = {}): Promise<Connection> {
  const connection = mongoose.createConnection();
  try {
    await connection.openUri(uri, {
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
      ignoreUndefined: true,
      retryWrites: true,
      retryReads: true,
      writeConcern: { w: 'majority', journal: true },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
      maxPoolSize: options.maxPoolSize ?? 20,
      serverSelectionTimeoutMS: options.serverSelectionTimeoutMilliseconds ?? 5_000,
      connectTimeoutMS: 10_000,
      // A node that stops answering in the middle of an operation must not hold a request for ever.
      socketTimeoutMS: 30_000,
      ...(options.databaseName === undefined ? {} : { dbName: options.databaseName }),
    });
    return connection;
  } catch (error) {
    await connection.destroy();
    throw new StoreUnreachable(withoutCredentials(error instanceof Error ? error.message : String(error)));
  }
}

/** Every collection that has a schema of its own. Models are made lazily, so this list is the one to extend. */
const collections = [
  securityInfos,
  flows,
  throttles,
  policies,
  auditEvents,
  outbox,
  leases,
  keyCanaries,
  jobRuns,
  campaigns,
  campaignMembers,
  reminders,
  directoryPasses,
  reportSnapshots,
  developmentMailbox,
  accounts,
  clients,
  ...importCollections,
  idempotencyKeys,
  ...oidcCollections,
];

/** An index as its schema declares it; each collection has the one on `_id` besides. */
export interface DeclaredIndex {
  readonly collection: string;
  readonly key: Readonly<Record<string, 1 | -1>>;
  readonly isUnique: boolean;
  /** How long after the date in the field the document is removed; null where it is not. */
  readonly expireAfterSeconds: number | null;
}

/** Every index that the schemas declare. */
export function declaredIndexes(): readonly DeclaredIndex[] {
  return collections.flatMap(({ name, schema }) =>
    schema.indexes().map(([key, { unique, expireAfterSeconds }]) => ({
      collection: name,
      key: key as Record<string, 1 | -1>,
      isUnique: unique === true,
      expireAfterSeconds: expireAfterSeconds ?? null,
    })),
  );
}

/** Builds every index that is not there yet. Safe to run from several nodes at once, and again. */
export async function ensureIndexes(connection: Connection): Promise<void> {
  // One command for a collection, side by side: a start waits for all answers at once, not for one after the other.
  const byCollection = new Map<string, DeclaredIndex[]>();
  for (const index of declaredIndexes()) {
    byCollection.set(index.collection, [...(byCollection.get(index.collection) ?? []), index]);
  }
  await Promise.all(
    [...byCollection].map(([name, indexes]) =>
      connection.collection(name).createIndexes(
        indexes.map(({ key, isUnique, expireAfterSeconds }) => ({
          key: { ...key },
          ...(isUnique ? { unique: true } : {}),
          ...(expireAfterSeconds === null ? {} : { expireAfterSeconds }),
        })),
      ),
    ),
  );
}
