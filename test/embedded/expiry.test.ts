/** Documents whose time has passed go, some time after; all others stay. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose, { type mongo } from 'mongoose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { search } from '../../embedded/collection.ts';
import { removeExpired } from '../../embedded/expiry.ts';
import { type EmbeddedStore, openEmbeddedStore } from '../../embedded/open.ts';
import { Storage } from '../../embedded/storage.ts';

interface Stored {
  readonly _id: string;
  readonly at?: unknown;
  readonly kept?: Date;
}

describe.skipIf(process.env['MONGODB_URI'])('the embedded store', () => {
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  let directory: string;
  let store: EmbeddedStore;
  let client: mongo.MongoClient;
  let collection: mongo.Collection<Stored>;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'security-info-expiry-'));
  });
  afterEach(async () => {
    await client.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  async function open(sweepSeconds: number): Promise<void> {
    store = await openEmbeddedStore({ directory, sweepSeconds });
    client = new mongoose.mongo.MongoClient(store.uri);
    collection = client.db().collection<Stored>('c');
  }

  test('deletes what has expired, and nothing else', async () => {
    await open(0.2);
    await collection.insertMany([
      { _id: 'past', at: hoursAgo(1) },
      { _id: 'one of several past', at: [hoursAgo(-1), hoursAgo(1)] },
      { _id: 'future', at: hoursAgo(-1) },
      { _id: 'null', at: null },
      { _id: 'missing' },
      { _id: 'text', at: '2020-01-01' },
      { _id: 'number', at: 5 },
      { _id: 'not yet', kept: hoursAgo(1) },
      { _id: 'kept long enough', kept: hoursAgo(3) },
    ]);
    // A sweep that has done the second index has done the first.
    await collection.createIndex({ kept: -1 }, { expireAfterSeconds: 7_200 });
    await collection.createIndex({ at: 1 }, { expireAfterSeconds: 0 });
    await vi.waitUntil(async () => (await collection.countDocuments({ _id: 'past' })) === 0, {
      timeout: 10_000,
    });
    const left = await collection.find().sort({ _id: 1 }).toArray();
    expect(left.map(({ _id }) => _id)).toEqual(['future', 'missing', 'not yet', 'null', 'number', 'text']);
  });

  test('deletes in one sweep more than fits in a transaction', async () => {
    await open(60);
    await collection.insertMany(Array.from({ length: 1_200 }, (_, n) => ({ _id: `${n}`, at: hoursAgo(1) })));
    await collection.insertOne({ _id: 'future', at: hoursAgo(-1) });
    await collection.createIndex({ at: 1 }, { expireAfterSeconds: 0 });
    const { dbName: database, collectionName } = collection;
    await client.close();
    await store.close();

    const storage = new Storage(directory, (error) => {
      throw error;
    });
    storage.load();
    await removeExpired(storage);
    storage.refresh();
    const left = [...search(storage, storage.find(database, collectionName), { filter: {} })];
    expect(left.map(({ document }) => document['_id'])).toEqual(['future']);
    await storage.close();
  });
});
