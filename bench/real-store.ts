/** The stores that are measured: a real mongod where there is one, and the embedded store. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { openEmbeddedStore } from '../embedded/open.ts';
import { findMongod } from '../test/mongodb/binary.ts';
import { startReplicaSet } from '../test/mongodb/server.ts';

/** A store's server, with as many databases as are asked for. */
export interface MeasuredStore {
  readonly kind: 'mongod' | 'embedded store';
  /** The URI of an empty database. The embedded store has one for each name as well. */
  database(): string;
  close(): Promise<void>;
}

/** How much of its data a mongod of ours keeps in memory, in GB. */
const cacheGigabytes = 4;

/** MONGODB_URI's server, else a mongod that is found and started; undefined where there is neither. */
export async function openMongod(): Promise<MeasuredStore | undefined> {
  const given = process.env['MONGODB_URI'];
  if (given !== undefined && given !== '') return storeAt(given, async () => {});
  const mongod = findMongod();
  if (mongod === undefined) return undefined;
  const server = await startReplicaSet(mongod, 1, { cacheGigabytes });
  process.once('exit', () => server.abandon());
  return storeAt(server.uri, () => server.stop());
}

function storeAt(uri: string, close: () => Promise<void>): MeasuredStore {
  const [, server, query] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri) ?? [];
  if (server === undefined) throw new Error('MONGODB_URI is no MongoDB connection string');
  return {
    kind: 'mongod',
    database: () => `${server}/bench_${randomBytes(6).toString('hex')}${query ?? ''}`,
    close,
  };
}

/** An embedded store of its own. */
export async function openEmbedded(): Promise<MeasuredStore> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const store = await openEmbeddedStore({ directory });
  return {
    ...storeAt(store.uri, async () => {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    }),
    kind: 'embedded store',
  };
}

/** A real mongod, or the embedded store where there is none. */
export async function openAnyStore(): Promise<MeasuredStore> {
  return (await openMongod()) ?? openEmbedded();
}

/** As the code connects, but for updates of millions, which take longer than any request may. */
export async function connectPatiently(uri: string): Promise<Connection> {
  return mongoose
    .createConnection(uri, {
      autoIndex: false,
      autoCreate: false,
      ignoreUndefined: true,
      writeConcern: { w: 'majority', journal: true },
      readConcern: { level: 'majority' },
      socketTimeoutMS: 0,
    })
    .asPromise();
}

/** Said where a measurement needs a real mongod and there is none. */
export const noMongod =
  'not run: it takes a real mongod (MONGODB_URI, one on the PATH, or `npm run test:mongodb -- --fetch`)';
