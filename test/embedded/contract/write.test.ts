/** Contract: inserts, deletes, bulk writes, what types survive, and what is promised of an answered write. */
import mongoose from 'mongoose';
import { expect, test } from 'vitest';
import { rejection, useContractStore } from './collections.ts';

const { Binary, Long, MongoBulkWriteError, MongoClient, ObjectId } = mongoose.mongo;
const contract = useContractStore();

test('gives back every type as it was stored', async () => {
  const collection = contract.collection();
  const stored = {
    _id: 'all',
    text: 'é\u0000\u{1f600}',
    int: 5,
    double: 1.5,
    big: 2 ** 40,
    yes: true,
    none: null,
    at: new Date(1_700_000_000_123),
    list: [1, ['x'], { a: null }],
    sub: { 'with space': { b: [] } },
    id: new ObjectId(),
    bytes: new Binary(Buffer.from([0, 1, 255])),
  };
  await collection.insertOne(stored);
  expect(await collection.findOne()).toEqual(stored);
  await collection.insertOne({ _id: 'long', long: Long.fromString('9007199254740993') });
  const found = await collection.findOne({ _id: 'long' }, { promoteLongs: false });
  expect(String(found?.['long'])).toBe('9007199254740993');
});

test('makes an id where there is none', async () => {
  const collection = contract.connection.getClient().db().collection('made_ids');
  const { insertedId } = await collection.insertOne({ a: 1 });
  expect(await collection.findOne({ _id: insertedId })).toMatchObject({ a: 1 });
});

test('refuses a taken id and names the key', async () => {
  const collection = contract.collection();
  await collection.insertOne({ _id: 'a' });
  const error = await rejection(collection.insertOne({ _id: 'a', b: 1 }));
  expect(error).toMatchObject({ code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 'a' } });
  expect(String(error)).toContain(
    `E11000 duplicate key error collection: ${collection.namespace} index: _id_`,
  );
  expect(await collection.findOne()).toEqual({ _id: 'a' });
});

test('inserts all but what is there, in no order', async () => {
  const collection = contract.collection();
  await collection.insertMany([{ _id: 'b' }, { _id: 'd' }]);
  const many = ['a', 'b', 'c', 'd', 'e'].map((_id) => ({ _id, isNew: true }));
  const error = await rejection(collection.insertMany(many, { ordered: false }));
  expect(error).toBeInstanceOf(MongoBulkWriteError);
  expect(error).toMatchObject({
    code: 11000,
    insertedCount: 3,
    writeErrors: [
      { index: 1, code: 11000 },
      { index: 3, code: 11000 },
    ],
  });
  expect(await collection.countDocuments({ isNew: true })).toBe(3);
});

test('in order, inserts what comes before the first that is there', async () => {
  const collection = contract.collection();
  await collection.insertOne({ _id: 'b' });
  const error = await rejection(collection.insertMany(['a', 'b', 'c'].map((_id) => ({ _id }))));
  expect(error).toMatchObject({ code: 11000, insertedCount: 1 });
  expect(await collection.find().sort({ _id: 1 }).toArray()).toEqual([{ _id: 'a' }, { _id: 'b' }]);
});

test('deletes one, or all that match', async () => {
  const collection = contract.collection();
  await collection.insertMany(['a', 'b', 'c', 'd'].map((_id) => ({ _id, in: { group: _id < 'd' ? 1 : 2 } })));
  expect(await collection.deleteOne({ 'in.group': 1 })).toMatchObject({ deletedCount: 1 });
  expect(await collection.deleteMany({ 'in.group': 1 })).toMatchObject({ deletedCount: 2 });
  expect(await collection.deleteMany({ _id: { $in: ['x', 'y'] } })).toMatchObject({ deletedCount: 0 });
  expect(await collection.find().toArray()).toEqual([{ _id: 'd', in: { group: 2 } }]);
});

test('runs a bulk of several kinds and counts each', async () => {
  const collection = contract.collection();
  await collection.insertMany([
    { _id: 'a', v: 1 },
    { _id: 'b', v: 1 },
    { _id: 'c', v: 1 },
  ]);
  const update: Record<string, object> = { $set: { m: null }, $inc: { v: 1 }, $push: { l: { x: 1 } } };
  const done = await collection.bulkWrite(
    [
      {
        updateOne: {
          filter: { _id: 'a', v: 1 },
          update,
        },
      },
      { updateOne: { filter: { _id: 'b', v: 2 }, update: { $inc: { v: 1 } } } },
      { updateOne: { filter: { _id: 'd' }, update: { $set: { v: 9 } }, upsert: true } },
      { insertOne: { document: { _id: 'e' } } },
      { deleteOne: { filter: { _id: 'c' } } },
    ],
    { ordered: false },
  );
  expect(done).toMatchObject({
    matchedCount: 1,
    modifiedCount: 1,
    upsertedCount: 1,
    insertedCount: 1,
    deletedCount: 1,
  });
  expect(await collection.find().sort({ _id: 1 }).toArray()).toEqual([
    { _id: 'a', v: 2, m: null, l: [{ x: 1 }] },
    { _id: 'b', v: 1 },
    { _id: 'd', v: 9 },
    { _id: 'e' },
  ]);
});

test('reads its own writes, whichever connection of the pool it gets', async () => {
  const collection = contract.collection();
  await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      await collection.insertOne({ _id: `w${n}`, n });
      expect(await collection.findOne({ _id: `w${n}` })).toEqual({ _id: `w${n}`, n });
      await collection.deleteOne({ _id: `w${n}` });
      expect(await collection.findOne({ _id: `w${n}` })).toBeNull();
    }),
  );
});

test('applies a write that is sent again once, and answers it as before', async () => {
  const collection = contract.collection();
  await collection.insertOne({ _id: 'one', n: 0 });
  // Its own client: the numbers that a session has used spoil it for everybody else.
  const client = new MongoClient(contract.uri);
  const session = client.startSession();
  const send = (txnNumber: number) =>
    client.db().command(
      {
        update: collection.collectionName,
        updates: [{ q: { _id: 'one' }, u: { $inc: { n: 1 } } }],
        txnNumber: Long.fromNumber(txnNumber),
      },
      { session },
    );
  for (const number of [1, 1, 2, 2]) expect(await send(number)).toMatchObject({ n: 1, nModified: 1 });
  expect(await rejection(send(1))).toMatchObject({ code: 225 });
  expect(await collection.findOne()).toEqual({ _id: 'one', n: 2 });
  await client.close();
});

test('stores a large document and many in one call', async () => {
  const collection = contract.collection();
  const text = 'x'.repeat(1024 * 1024);
  await collection.insertMany(Array.from({ length: 20 }, (_, n) => ({ _id: `l${n}`, text })));
  let size = 0;
  for await (const one of collection.find()) size += String(one['text']).length;
  expect(size).toBe(20 * 1024 * 1024);
  const tooLarge = await rejection(collection.insertOne({ _id: 'huge', text: 'x'.repeat(17 * 1024 * 1024) }));
  expect(tooLarge).toBeInstanceOf(Error);
  expect(await collection.findOne({ _id: 'huge' })).toBeNull();
});

test('counts, with and without a filter, within bounds', async () => {
  const collection = contract.collection();
  expect(await collection.countDocuments()).toBe(0);
  await collection.insertMany(Array.from({ length: 12 }, (_, n) => ({ _id: `c${n}`, n })));
  expect(await collection.countDocuments()).toBe(12);
  expect(await collection.countDocuments({ n: { $gte: 4 } })).toBe(8);
  expect(await collection.countDocuments({ n: { $gte: 4 } }, { skip: 1, limit: 5 })).toBe(5);
});

test('groups and sums', async () => {
  const collection = contract.collection();
  await collection.insertMany(
    ['x', 'y', 'x', null].map((kind, n) => ({ _id: `g${n}`, in: { kind }, n: kind === 'y' ? 'text' : n })),
  );
  const found = await collection
    .aggregate([
      { $match: { n: { $exists: true } } },
      { $group: { _id: '$in.kind', count: { $sum: 1 }, total: { $sum: '$n' } } },
      { $sort: { _id: 1 } },
      { $skip: 1 },
      { $limit: 5 },
      { $match: { count: { $gte: 1 } } },
    ])
    .toArray();
  expect(found).toEqual([
    { _id: 'x', count: 2, total: 2 },
    { _id: 'y', count: 1, total: 0 },
  ]);
});

test('reads documents of several collections at once, in order, each with its fields', async () => {
  const [one, other] = [contract.collection(), contract.collection()];
  await one.insertMany([
    { _id: 'a', n: 1, in: { x: 1, y: 2 }, list: [{ x: 1, y: 2 }] },
    { _id: 'b', n: 2 },
  ]);
  await other.insertMany([
    { _id: 'c', n: 3, in: { uid: 'u' } },
    { _id: 'd', n: 4, in: { uid: 'u' } },
    { _id: 'e', n: 5, in: { uid: 'v' } },
  ]);
  const stages = (match: object, part: string, fields: Record<string, 0 | 1>) => [
    { $match: match },
    { $sort: { n: -1 as const } },
    { $limit: 1 },
    { $project: fields },
    { $set: { part } },
  ];
  const from = (coll: string, pipeline: object[]) => ({ $unionWith: { coll, pipeline } });
  const read = (id: string) =>
    one
      .aggregate([
        ...stages({ _id: id }, 'one', { _id: 0, in: 1, 'list.x': 1 }),
        from(other.collectionName, stages({ 'in.uid': 'u' }, 'newest', { n: 1 })),
        from(other.collectionName, stages({ _id: 'e' }, 'another', { in: 0 })),
        from('no_such_collection', stages({ _id: 'e' }, 'nothing', { n: 1 })),
      ])
      .toArray();
  const others = [
    { _id: 'd', n: 4, part: 'newest' },
    { _id: 'e', n: 5, part: 'another' },
  ];
  expect(await read('a')).toEqual([{ in: { x: 1, y: 2 }, list: [{ x: 1 }], part: 'one' }, ...others]);
  expect(await read('nobody')).toEqual(others);
});

test('lists distinct values, also those in arrays', async () => {
  const collection = contract.collection();
  await collection.insertMany([
    { _id: 'a', v: 1 },
    { _id: 'b', v: [1, 'x'] },
    { _id: 'c' },
    { _id: 'd', v: 'x', w: 1 },
  ]);
  expect(await collection.distinct('v')).toEqual(expect.arrayContaining([1, 'x']));
  expect(await collection.distinct('v', { w: 1 })).toEqual(['x']);
});
