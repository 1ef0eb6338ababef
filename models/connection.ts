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
  ...oidcCollections,
];

/** Builds every index that is not there yet. Safe to run from several nodes at once, and again. */
export async function ensureIndexes(connection: Connection): Promise<void> {
  // One command for a collection, side by side: a start waits for two dozen answers at once, not one after the other.
  await Promise.all(
    collections.map(async ({ name, schema }) => {
      const indexes = schema.indexes().map(([key, { unique, expireAfterSeconds }]) => ({
        key: key as Record<string, 1 | -1>,
        ...(unique === undefined ? {} : { unique: true }),
        ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
      }));
      if (indexes.length > 0) await connection.collection(name).createIndexes(indexes);
    }),
  );
}
