/** The canary: the keys of another deployment are told apart, a rotation is not. */
import { randomBytes } from 'node:crypto';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectStore } from '../../models/connection.ts';
import { createDataKeys, type DataKey } from '../../models/field-encryption.ts';
import { createKeyCanary, type KeyCanary, keyCanaries } from '../../models/key-canary.ts';
import { checkKeys } from '../../provider/key-check.ts';
import { openTestStore, type TestStore } from '../store.ts';

let store: TestStore;
let connection: Connection;
const hashKey = randomBytes(32);
const dataKey = (id: string): DataKey => ({ id, key: randomBytes(32) });
const [k1, k2] = [dataKey('k1'), dataKey('k2')];

beforeAll(async () => {
  store = await openTestStore();
  connection = await connectStore(store.uri);
});
afterAll(async () => {
  await connection.close();
  await store.close();
});
beforeEach(async () => {
  await connection.collection(keyCanaries.name).deleteMany({});
});

function canaryOf(keys: readonly DataKey[], root: Uint8Array = hashKey): KeyCanary {
  return createKeyCanary(connection, createDataKeys({ keys, hashKey: root }), { keys });
}

test('the keys that planted it are right, also in another process and where nothing is planted', async () => {
  expect(await canaryOf([k1]).judge()).toBe('right');
  expect(await canaryOf([k1]).plant()).toBe('right');
  expect(await canaryOf([k1]).plant()).toBe('right');
  expect(await canaryOf([k1]).judge()).toBe('right');
});

test('tells another hash key, another data key, and another key under the same id', async () => {
  await canaryOf([k1]).plant();
  for (const how of ['judge', 'plant'] as const) {
    expect(await canaryOf([k1], randomBytes(32))[how]()).toBe('wrong_hash_key');
    expect(await canaryOf([k2])[how]()).toBe('wrong_data_keys');
    expect(await canaryOf([dataKey('k1')])[how]()).toBe('wrong_data_keys');
  }
  expect(await canaryOf([k1]).judge()).toBe('right');
});

test('after a rotation the new key is needed, and the old one is not', async () => {
  await canaryOf([k1]).plant();
  expect(await canaryOf([k2, k1]).plant()).toBe('right');
  expect(await canaryOf([k2]).plant()).toBe('right');
  // It could not read what the others seal by now.
  expect(await canaryOf([k1]).judge()).toBe('wrong_data_keys');
  expect(await canaryOf([k1, k2]).judge()).toBe('right');
});

test('of two that plant at once with different keys one is told', async () => {
  const verdicts = await Promise.all([
    canaryOf([k1]).plant(),
    canaryOf([k1], randomBytes(32)).plant(),
    canaryOf([k1]).plant(),
  ]);
  expect(new Set(verdicts)).toEqual(new Set(['right', 'wrong_hash_key']));
});

test('a start with the keys of another deployment names the setting and no key', async () => {
  const ringOf = (keys: readonly DataKey[], root: Uint8Array) => ({ keys, hashKey: root });
  const check = (ring: ReturnType<typeof ringOf>) => checkKeys(connection, createDataKeys(ring), ring);
  await check(ringOf([k1], hashKey));
  const wrongHash = check(ringOf([k1], randomBytes(32)));
  await expect(wrongHash).rejects.toMatchObject({
    code: 'invalid_settings',
    problems: [{ name: 'HASH_KEY' }],
  });
  const wrongData = check(ringOf([k2], hashKey));
  await expect(wrongData).rejects.toMatchObject({
    code: 'invalid_settings',
    problems: [{ name: 'DATA_KEYS' }],
  });
});
