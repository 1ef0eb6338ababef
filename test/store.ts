/** A store for one test file: a database of its own on MONGODB_URI's server, else an embedded store of its own. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { openEmbeddedStore } from '../embedded/open.ts';

/** A store that is empty and goes away. */
export interface TestStore {
  /** Names the server and the database. */
  readonly uri: string;
  /** Removes all that was stored. A second call does nothing. */
  close(): Promise<void>;
}

/** The URI with another database in its path. */
function withDatabase(uri: string, name: string): string {
  const [, server, query] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri) ?? [];
  if (server === undefined) throw new Error('MONGODB_URI is no MongoDB connection string');
  return `${server}/${name}${query ?? ''}`;
}

async function drop(uri: string): Promise<void> {
  const client = new mongoose.mongo.MongoClient(uri);
  try {
    await client.db().dropDatabase();
  } finally {
    await client.close();
  }
}

/** Opens an empty store for a test. Close every connection to it before it is closed. */
export async function openTestStore(): Promise<TestStore> {
  const server = process.env['MONGODB_URI'];
  let closed: Promise<void> | undefined;
  if (server !== undefined && server !== '') {
    const uri = withDatabase(server, `test_${randomBytes(8).toString('hex')}`);
    return {
      uri,
      close() {
        closed ??= drop(uri);
        return closed;
      },
    };
  }
  const directory = mkdtempSync(join(tmpdir(), 'security-info-test-'));
  const store = await openEmbeddedStore({ directory });
  return {
    uri: store.uri,
    close() {
      closed ??= store.close().then(() => rmSync(directory, { recursive: true, force: true }));
      return closed;
    },
  };
}
