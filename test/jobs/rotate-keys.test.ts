/** Rotation of data keys on the store: everything comes under the newest key once, and the older one can go. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { SealingKeys } from '../../models/field-encryption.ts';
import { sealAddress } from '../../security-info/sealing.ts';
import { openModels, type TestModels } from '../models/open-models.ts';
import {
  everything,
  type KeyName,
  keysOf,
  openEverything,
  rotate,
  rotation,
  sealEverything,
  sealMany,
} from './sealed-world.ts';

interface Stored {
  _id: string;
  version: number;
  methods: Record<string, unknown>[];
}

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

const seal = (...ids: KeyName[]) => sealEverything(models.connection, models, keysOf(...ids), models.clock);
const open = (...ids: KeyName[]) => openEverything(models.connection, models, keysOf(...ids), models.clock);
const run = (...ids: KeyName[]) => rotate(models.connection, keysOf(...ids));

test('after it the older key can be taken out, and everything still opens', async () => {
  await seal('first');
  expect(await open('newest', 'first')).toEqual(everything);
  await expect(open('newest')).rejects.toThrow('not configured');
  expect(await run('newest', 'first')).toEqual({ resealed: 5, unreadable: 0, left: 0 });
  expect(await open('newest')).toEqual(everything);
});

test('nothing but what is sealed changes, and versions rise by one', async () => {
  await seal('first');
  const clear = async (): Promise<unknown> => {
    const dump = (await models.dump()).replaceAll(/"(k1|a)\.[\w.-]+"/g, '"sealed"');
    return JSON.parse(dump.replaceAll(/"version":\d+/g, '"version":0'));
  };
  const [before, { version }] = [await clear(), await models.records.read('ada')];
  await run('newest', 'first');
  expect(await clear()).toEqual(before);
  expect((await models.records.read('ada')).version).toBe(version + 1);
});

test('a second run finds nothing to do', async () => {
  await seal('first');
  await run('newest', 'first');
  const after = await models.dump();
  expect(await run('newest', 'first')).toEqual({ resealed: 0, unreadable: 0, left: 0 });
  expect(await models.dump()).toBe(after);
});

test('a dry run counts by place and changes nothing', async () => {
  await seal('first');
  const before = await models.dump();
  const counted = await rotate(models.connection, keysOf('newest', 'first'), true);
  expect(counted).toEqual({ records: 1, accounts: 1, clients: 1, outbox: 1, mailbox: 1 });
  expect(await models.dump()).toBe(before);
});

test('keys whose names begin alike are told apart, whichever is the newer', async () => {
  await seal('first');
  expect(await run('second', 'first')).toMatchObject({ resealed: 5, left: 0 });
  expect(await open('second')).toEqual(everything);
  expect(await run('first', 'second')).toMatchObject({ resealed: 5, left: 0 });
  expect(await open('first')).toEqual(everything);
});

test('what no key opens is counted and left as it is; the rest of its document comes under the newest', async () => {
  await seal('first');
  await models.records.change('ada', (record) => ({
    next: {
      ...record,
      methods: record.methods.map((method) =>
        method.id === 'm'
          ? { ...method, addressCiphertext: sealAddress(keysOf('second'), 'ada', 'm', 'lost@home.example') }
          : method,
      ),
    },
    events: [],
    result: undefined,
  }));
  const lost = async () => (await models.records.read('ada')).methods.find(({ id }) => id === 'm');
  const before = await lost();
  expect(await run('newest', 'first')).toEqual({ resealed: 5, unreadable: 1, left: 1 });
  expect(await lost()).toEqual(before);
  expect(await run('newest', 'first')).toEqual({ resealed: 0, unreadable: 1, left: 1 });
  expect(await run('newest', 'first', 'second')).toEqual({ resealed: 1, unreadable: 0, left: 0 });
});

test('two holders at once write each document once', async () => {
  await sealMany(models.connection, keysOf('first'), 450);
  const both = await Promise.all([run('newest', 'first'), run('newest', 'first')]);
  expect(both.reduce((sum, { resealed = 0 }) => sum + resealed, 0)).toBe(450);
  expect(both[0]).toMatchObject({ left: 0 });
  const versions = await models.connection.collection('security_infos').distinct('version');
  expect(versions).toEqual([2]);
});

test('a change that comes between its reading and its writing is kept, and sealed in the same run', async () => {
  await sealMany(models.connection, keysOf('first'), 30);
  const records = models.connection.collection<Stored>('security_infos');
  const before = await records.find().toArray();
  const keys = keysOf('newest', 'first');
  const changes: Promise<unknown>[] = [];
  const meddling: SealingKeys = {
    ...keys,
    seal: (text, context) => {
      if (changes.length === 0) changes.push(...before.map(rename));
      return keys.seal(text, context);
    },
  };
  const rename = ({ _id, methods }: Stored) =>
    records.updateOne(
      { _id, version: 1 },
      { $set: { methods: methods.map((method) => ({ ...method, name: 'at home' })) }, $inc: { version: 1 } },
    );
  expect(await rotate(models.connection, meddling)).toMatchObject({ unreadable: 0, left: 0 });
  const renamed = await Promise.all(changes);
  expect(renamed).toHaveLength(30);
  const after = await records.find().toArray();
  const kept = after.filter(({ methods }) => methods[0]?.['name'] === 'at home');
  expect(kept).toHaveLength(
    z
      .array(z.object({ modifiedCount: z.number() }))
      .parse(renamed)
      .filter(({ modifiedCount }) => modifiedCount === 1).length,
  );
  for (const { _id, version, methods } of after) {
    expect(version).toBe(methods[0]?.['name'] === 'at home' ? 3 : 2);
    expect(keysOf('newest').open(String(methods[0]?.['addressCiphertext']), `${_id}:m:address`)).toContain(
      _id,
    );
  }
});

test('ends after its step when it is told to, and a later run does the rest', async () => {
  await sealMany(models.connection, keysOf('first'), 250);
  const stop = new AbortController();
  const first = await rotation(models.connection, keysOf('newest', 'first')).run({
    dryRun: false,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  expect(first).toEqual({ resealed: 100, unreadable: 0 });
  expect(await run('newest', 'first')).toEqual({ resealed: 150, unreadable: 0, left: 0 });
});
