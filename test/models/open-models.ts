/** All stores on a database of their own, with a clock that the test moves. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import { afterAll } from 'vitest';
import { connectStore, ensureIndexes } from '../../models/connection.ts';
import { createDataKeys } from '../../models/field-encryption.ts';
import { createStores, type Stores } from '../../models/stores.ts';
import type { DomainEvent } from '../../security-info/events.ts';
import type { Clock, DataKeys } from '../../security-info/ports.ts';
import { openTestStore, type TestStore } from '../store.ts';

/** A clock that stands until it is moved. */
export interface TestClock extends Clock {
  advance(seconds: number): void;
}

/** Stores to test, and what they were made of. */
export interface TestModels extends Stores {
  readonly connection: Connection;
  readonly keys: DataKeys;
  readonly clock: TestClock;
  /** The stores of another node: the same database, nothing shared in memory. */
  anotherNode(): Stores;
  /** All that the store holds, as text. */
  dump(): Promise<string>;
  /** Empties the database. */
  close(): Promise<void>;
}

/** Makes a clock that stands at one moment, far ahead: the store deletes by its own clock what has expired. */
export function testClock(): TestClock {
  let now = Date.parse('2096-03-01T12:00:00Z');
  return {
    now: () => new Date(now),
    advance: (seconds) => {
      now += seconds * 1000;
    },
  };
}

// One store per test file: to start one and build all indexes takes longer than most tests.
let shared: Promise<{ readonly store: TestStore; readonly connection: Connection }> | undefined;

async function openShared() {
  const store = await openTestStore();
  const connection = await connectStore(store.uri);
  await ensureIndexes(connection);
  return { store, connection };
}

afterAll(async () => {
  if (shared === undefined) return;
  const { store, connection } = await shared;
  await connection.close();
  await store.close();
});

/** Opens stores on a database without documents, with all indexes. Close them before the next are opened. */
export async function openModels(): Promise<TestModels> {
  shared ??= openShared();
  const { connection } = await shared;
  const keys = createDataKeys({ keys: [{ id: 'one', key: randomBytes(32) }], hashKey: randomBytes(32) });
  const clock = testClock();
  const anotherNode = (): Stores => createStores(connection, { keys, clock });
  return {
    ...anotherNode(),
    connection,
    keys,
    clock,
    anotherNode,
    async dump() {
      const collections = await connection.listCollections();
      const documents = await Promise.all(
        collections.map(({ name }) => connection.collection(name).find().toArray()),
      );
      return JSON.stringify(documents);
    },
    async close() {
      const collections = await connection.listCollections();
      await Promise.all(collections.map(({ name }) => connection.collection(name).deleteMany({})));
    },
  };
}

/** An event to go with a change. */
export function testEvent(fields: Partial<DomainEvent> = {}): DomainEvent {
  return {
    id: randomUUID(),
    type: 'method_registered',
    at: new Date('2096-03-01T12:00:00Z'),
    accountId: 'ada',
    actor: 'user',
    result: 'success',
    reason: null,
    methodType: 'email',
    notify: [],
    callerAddress: null,
    clientId: null,
    ...fields,
  };
}
