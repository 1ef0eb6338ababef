/** For contract tests: one store per file, connected as the product connects, and a new collection per test. */
import { randomBytes } from 'node:crypto';
import type { Connection, mongo } from 'mongoose';
import { afterAll, beforeAll } from 'vitest';
import { connectStore } from '../../../models/connection.ts';
import { openTestStore, type TestStore } from '../../store.ts';

/** What the tests store; ids are texts, as the product's are. */
export interface Stored extends mongo.Document {
  _id: string;
}

/** What a test file works with. */
export interface Contract {
  readonly connection: Connection;
  /** For a connection of the test's own. */
  readonly uri: string;
  /** A collection that nobody has used. */
  collection(): mongo.Collection<Stored>;
}

/** Opens a store for the tests of a file. */
export function useContractStore(): Contract {
  let store: TestStore;
  let connection: Connection;
  beforeAll(async () => {
    store = await openTestStore();
    connection = await connectStore(store.uri);
  });
  afterAll(async () => {
    await connection.close();
    await store.close();
  });
  return {
    get connection() {
      return connection;
    },
    get uri() {
      return store.uri;
    },
    collection: () =>
      connection
        .getClient()
        .db()
        .collection<Stored>(`c_${randomBytes(6).toString('hex')}`),
  };
}

/** The ids of what was found. */
export function idsOf(found: readonly { readonly _id: string }[]): string[] {
  return found.map(({ _id }) => _id);
}

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was not rejected');
}
