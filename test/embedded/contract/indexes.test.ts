/** Contract: what indexes keep unique, and what is told of indexes, collections and databases. */
import { describe, expect, test } from 'vitest';
import { rejection, useContractStore } from './collections.ts';

const contract = useContractStore();

describe('a unique index', () => {
  test('refuses a second document with the same values, inserted or updated', async () => {
    const collection = contract.collection();
    await collection.createIndex({ 'payload.userCode': 1 }, { unique: true });
    await collection.insertMany([
      { _id: 'a', payload: { userCode: 'x' } },
      { _id: 'b', payload: { userCode: 'y' } },
    ]);
    const inserted = await rejection(collection.insertOne({ _id: 'c', payload: { userCode: 'x' } }));
    expect(inserted).toMatchObject({
      code: 11000,
      keyPattern: { 'payload.userCode': 1 },
      keyValue: { 'payload.userCode': 'x' },
    });
    const updated = await rejection(
      collection.updateOne({ _id: 'b' }, { $set: { 'payload.userCode': 'x' } }),
    );
    expect(updated).toMatchObject({ code: 11000 });
    expect(await collection.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 'a', payload: { userCode: 'x' } },
      { _id: 'b', payload: { userCode: 'y' } },
    ]);
  });

  test('frees a value that is changed or deleted', async () => {
    const collection = contract.collection();
    await collection.createIndex({ key: 1 }, { unique: true });
    await collection.insertMany([
      { _id: 'a', key: 1 },
      { _id: 'b', key: 2 },
    ]);
    await collection.updateOne({ _id: 'a' }, { $set: { key: 3 } });
    await collection.deleteOne({ _id: 'b' });
    await collection.insertMany([
      { _id: 'c', key: 1 },
      { _id: 'd', key: 2 },
    ]);
    expect(await collection.countDocuments()).toBe(3);
  });

  test('takes what is missing for a value, and lets a document have a value twice', async () => {
    const collection = contract.collection();
    await collection.createIndex({ key: 1 }, { unique: true });
    await collection.insertMany([{ _id: 'a' }, { _id: 'b', key: [1, 1, 2] }]);
    expect(await rejection(collection.insertOne({ _id: 'c', key: null }))).toMatchObject({ code: 11000 });
    expect(await rejection(collection.insertOne({ _id: 'd', key: [5, 2] }))).toMatchObject({ code: 11000 });
  });

  test('of thirty inserts at once lets one through', async () => {
    const collection = contract.collection();
    await collection.createIndex({ key: 1 }, { unique: true });
    const all = await Promise.allSettled(
      Array.from({ length: 30 }, (_, n) => collection.insertOne({ _id: `i${n}`, key: 'x' })),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('is not made over documents that break it', async () => {
    const collection = contract.collection();
    await collection.insertMany([
      { _id: 'a', key: 1 },
      { _id: 'b', key: 1 },
    ]);
    expect(await rejection(collection.createIndex({ key: 1 }, { unique: true }))).toMatchObject({
      code: 11000,
    });
    await collection.insertOne({ _id: 'c', key: 1 });
    expect(await collection.indexes()).toHaveLength(1);
  });

  test('within one bulk refuses the statement and runs the others', async () => {
    const collection = contract.collection();
    await collection.createIndex({ key: 1 }, { unique: true });
    const documents = [1, 2, 1, 3].map((key, n) => ({ _id: `d${n}`, key }));
    const error = await rejection(collection.insertMany(documents, { ordered: false }));
    expect(error).toMatchObject({ insertedCount: 3, writeErrors: [{ index: 2, code: 11000 }] });
  });
});

test('an index is made once, listed, and refused in another shape', async () => {
  const collection = contract.collection();
  for (let time = 0; time < 2; time += 1) {
    expect(await collection.createIndex({ a: 1, b: -1 })).toBe('a_1_b_-1');
    expect(await collection.createIndex({ at: 1 }, { expireAfterSeconds: 0 })).toBe('at_1');
    expect(await collection.createIndex({ key: 1 }, { unique: true })).toBe('key_1');
  }
  expect(await collection.indexes()).toMatchObject([
    { v: 2, key: { _id: 1 }, name: '_id_' },
    { v: 2, key: { a: 1, b: -1 }, name: 'a_1_b_-1' },
    { v: 2, key: { at: 1 }, name: 'at_1', expireAfterSeconds: 0 },
    { v: 2, key: { key: 1 }, name: 'key_1', unique: true },
  ]);
  expect(await rejection(collection.createIndex({ at: 1 }, { expireAfterSeconds: 5 }))).toMatchObject({
    code: 85,
  });
  expect(await rejection(collection.createIndex({ key: 1 }))).toMatchObject({ code: 86 });
  expect(await rejection(collection.createIndex({ c: 1 }, { name: 'at_1' }))).toMatchObject({ code: 86 });
});

test('an index is made while documents are written, and finds them all', async () => {
  const collection = contract.collection();
  const write = async (from: number) => {
    for (let n = from; n < from + 60; n += 1) await collection.insertOne({ _id: `d${n}`, n });
  };
  await Promise.all([write(0), write(100), collection.createIndex({ n: 1 }), write(200)]);
  expect(await collection.countDocuments({ n: { $gte: 0 } })).toBe(180);
});

test('collections are listed, and gone with their database', async () => {
  const client = contract.connection.getClient();
  const own = client.db(`${contract.connection.name.slice(0, 40)}_drop`);
  await own.collection('one').createIndex({ a: 1 }, { unique: true });
  await own.collection('two').insertOne({ a: 1 });
  const names = async () =>
    (await own.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
  expect(await names()).toEqual(['one', 'two']);
  expect(await own.listCollections({ name: 'two' }).toArray()).toMatchObject([
    { name: 'two', type: 'collection' },
  ]);
  expect(await own.dropDatabase()).toBe(true);
  expect(await names()).toEqual([]);
  expect(await rejection(own.collection('one').indexes())).toMatchObject({ code: 26 });
  await own.collection('one').insertMany([{ a: 1 }, { a: 1 }]);
  expect(await own.collection('one').countDocuments()).toBe(2);
  await own.dropDatabase();
});

test('databases do not see each other', async () => {
  const client = contract.connection.getClient();
  const collection = contract.collection();
  await collection.insertOne({ _id: 'a' });
  const other = client.db(`${contract.connection.name.slice(0, 40)}_b`).collection(collection.collectionName);
  expect(await other.countDocuments()).toBe(0);
});
