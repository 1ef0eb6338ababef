/** Readiness: each check fails for its own reason, on a real store with a clock and keys that are moved. */
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectStore } from '../../models/connection.ts';
import type { KeyVerdict } from '../../models/key-canary.ts';
import { securityInfos } from '../../models/security-info-record.ts';
import { createStoreWatch, type StoreWatch } from '../../models/store-watch.ts';
import {
  type CheckName,
  checkNames,
  clockToleranceSeconds,
  createReadiness,
  type ReadinessReport,
} from '../../provider/readiness.ts';
import { openTestStore, type TestStore } from '../store.ts';

let store: TestStore;
let connection: Connection;
let watch: StoreWatch;
let offset = 0;
let verdict: KeyVerdict = 'right';
const clock = { now: () => new Date(Date.now() + offset) };
const told: string[] = [];
const log = {
  warn: (details: object, message: string) => void told.push(`${message} ${JSON.stringify(details)}`),
  info: (_: object, message: string) => void told.push(message),
};

beforeAll(async () => {
  store = await openTestStore();
  connection = await connectStore(store.uri);
  watch = createStoreWatch(connection);
});
afterAll(async () => {
  await connection.close();
  await store.close();
});
beforeEach(async () => {
  offset = 0;
  verdict = 'right';
  told.length = 0;
  await connection.collection(securityInfos.name).deleteMany({});
});

function readinessOf(parts: { readonly watch?: Pick<StoreWatch, 'hello' | 'oldestPendingAt'> } = {}) {
  const canary = { judge: async () => verdict };
  return createReadiness({ watch, canary, clock, pendingMinutes: 10, log, ...parts });
}

function failed({ isReady, checks }: ReadinessReport): CheckName[] {
  const names = checkNames.filter((name) => checks[name] === 'failed');
  expect(isReady).toBe(names.length === 0);
  return names;
}

test('is ready on a store that answers, with its keys, on time, with nothing waiting', async () => {
  expect(failed(await readinessOf().check())).toEqual([]);
});

test.each([-1, 1])('a clock that is off is told, on either side (%s)', async (side) => {
  offset = side * (clockToleranceSeconds + 5) * 1000;
  expect(failed(await readinessOf().check())).toEqual(['clock']);
  offset = side * (clockToleranceSeconds - 5) * 1000;
  expect(failed(await readinessOf().check())).toEqual([]);
});

test('keys that are not those of the store any more are told', async () => {
  verdict = 'wrong_data_keys';
  expect(failed(await readinessOf().check())).toEqual(['keys']);
});

test('events that nobody drains are told once they are too old', async () => {
  const records = connection.collection<{ _id: string; pendingAt: Date }>(securityInfos.name);
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  await records.insertOne({ _id: 'fresh', pendingAt: minutesAgo(5) });
  expect(failed(await readinessOf().check())).toEqual([]);
  await records.insertOne({ _id: 'old', pendingAt: minutesAgo(11) });
  expect(failed(await readinessOf().check())).toEqual(['pending_events']);
});

test('a store that takes no writes, or does not answer, is told in bounded time', async () => {
  const readOnly = { ...watch, hello: async () => ({ ...(await watch.hello()), isWritable: false }) };
  expect(failed(await readinessOf({ watch: readOnly }).check())).toEqual(['store']);
  const never = new Promise<never>(() => {});
  const silent = { hello: () => never, oldestPendingAt: () => never };
  expect(failed(await readinessOf({ watch: silent }).check())).toEqual(['store', 'clock', 'pending_events']);
  const gone = createStoreWatch(await closedConnection());
  expect(failed(await readinessOf({ watch: gone }).check())).toEqual(['store', 'clock', 'pending_events']);
});

test('one that stops is not ready at once, and the rest is still looked at', async () => {
  const readiness = readinessOf();
  await readiness.check();
  readiness.stop();
  expect(failed(await readiness.check())).toEqual(['accepting']);
});

test('many that ask at once ask the store once, and a change is logged once', async () => {
  let asked = 0;
  const counting = {
    ...watch,
    oldestPendingAt: () => {
      asked += 1;
      return watch.oldestPendingAt();
    },
  };
  verdict = 'wrong_hash_key';
  const readiness = readinessOf({ watch: counting });
  await Promise.all(Array.from({ length: 50 }, () => readiness.check()));
  expect(asked).toBe(1);
  expect(told).toEqual(['not ready {"failed":["keys"]}']);
});

async function closedConnection(): Promise<Connection> {
  const closed = await connectStore(store.uri);
  await closed.close();
  return closed;
}
