/** Contract: what updates, upserts and findAndModify make of a document, and what they answer. */
import { describe, expect, test } from 'vitest';
import { rejection, useContractStore } from './collections.ts';

const contract = useContractStore();
const at = new Date(Date.UTC(2026, 0, 1));

describe('an update', () => {
  test.each<[string, object, Record<string, object>, object]>([
    [
      'sets fields of every type',
      { a: 1 },
      { $set: { a: 'x', b: null, c: true, d: at, e: [1], f: { g: 1 }, h: 2 } },
      { a: 'x', b: null, c: true, d: at, e: [1], f: { g: 1 }, h: 2 },
    ],
    [
      'sets a dotted path and makes what is missing on the way',
      { a: { b: 1 } },
      { $set: { 'a.c': 2, 'd.e.f': true } },
      { a: { b: 1, c: 2 }, d: { e: { f: true } } },
    ],
    ['unsets', { a: 1, b: { c: 1, d: 2 } }, { $unset: { a: 1, 'b.c': '', 'x.y': 1 } }, { b: { d: 2 } }],
    ['adds', { a: 1 }, { $inc: { a: -2, b: 0.5, 'c.d': 1 } }, { a: -1, b: 0.5, c: { d: 1 } }],
    [
      'pushes one, and a list as one',
      { a: [1] },
      { $push: { a: [2], 'b.c': 3 } },
      { a: [1, [2]], b: { c: [3] } },
    ],
    ['pushes each', { a: [1] }, { $push: { a: { $each: [2, { b: 3 }] } } }, { a: [1, 2, { b: 3 }] }],
    ['pulls a value', { a: [1, 2, 1] }, { $pull: { a: 1, b: 2 } }, { a: [2] }],
    [
      'pulls documents that match',
      { a: [{ b: 1, c: 2 }, { b: 2 }] },
      { $pull: { a: { b: 1 } } },
      { a: [{ b: 2 }] },
    ],
    ['pulls values in a list', { a: ['x', 'y', 'z'] }, { $pull: { a: { $in: ['x', 'z'] } } }, { a: ['y'] }],
    [
      'does several things at once',
      { version: 1, at, list: [] },
      { $set: { next: 1 }, $inc: { version: 1 }, $push: { list: 'e' }, $unset: { at: 1 } },
      { version: 2, list: ['e'], next: 1 },
    ],
    ['ignores what is only for inserts', { a: 1 }, { $setOnInsert: { b: 1 }, $set: { a: 2 } }, { a: 2 }],
  ])('%s', async (_, before, update, after) => {
    const collection = contract.collection();
    await collection.insertOne({ _id: 'one', ...before });
    const done = await collection.updateOne({ _id: 'one' }, update);
    expect(done).toMatchObject({ matchedCount: 1, modifiedCount: 1, upsertedCount: 0, upsertedId: null });
    expect(await collection.findOne()).toEqual({ _id: 'one', ...after });
  });

  test('replaces a whole document and keeps its id', async () => {
    const collection = contract.collection();
    await collection.insertOne({ _id: 'one', a: 1, b: 2 });
    const done = await collection.replaceOne({ a: 1 }, { c: 3 });
    expect(done).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(await collection.findOne()).toEqual({ _id: 'one', c: 3 });
  });

  test('tells a match from a change', async () => {
    const collection = contract.collection();
    await collection.insertOne({ _id: 'one', a: 1 });
    expect(await collection.updateOne({ a: 1 }, { $set: { a: 1 } })).toMatchObject({
      matchedCount: 1,
      modifiedCount: 0,
    });
    expect(await collection.updateOne({ a: 2 }, { $set: { a: 1 } })).toMatchObject({
      matchedCount: 0,
      modifiedCount: 0,
    });
    expect(await collection.updateOne({ a: 1 }, { $unset: { b: 1 } })).toMatchObject({
      matchedCount: 1,
      modifiedCount: 0,
    });
  });

  test.each<[string, object, object, number]>([
    ['a number added to a text', { a: 'x' }, { $inc: { a: 1 } }, 14],
    ['a push onto a text', { a: 'x' }, { $push: { a: 1 } }, 2],
    ['a field in a number', { a: 1 }, { $set: { 'a.b': 1 } }, 28],
    ['a field in an array', { a: [] }, { $set: { 'a.b': 1 } }, 28],
    ['another id', { a: 1 }, { $set: { _id: 'two' } }, 66],
    ['no id any more', { a: 1 }, { $unset: { _id: 1 } }, 66],
    ['two changes of one field', { a: 1 }, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    ['changes of a field and of a part of it', { a: { b: 1 } }, { $set: { a: 1, 'a.b': 2 } }, 40],
  ])('refuses %s and changes nothing', async (_, before, update, code) => {
    const collection = contract.collection();
    await collection.insertOne({ _id: 'one', ...before });
    expect(await rejection(collection.updateOne({ _id: 'one' }, update))).toMatchObject({ code });
    expect(await collection.findOne()).toEqual({ _id: 'one', ...before });
  });

  test('changes all that match, even when the change moves them along the index it was found by', async () => {
    const collection = contract.collection();
    await collection.createIndex({ n: 1 });
    await collection.insertMany(Array.from({ length: 300 }, (_, n) => ({ _id: `d${n}`, n })));
    const done = await collection.updateMany({ n: { $gte: 100 } }, { $inc: { n: 50 } });
    expect(done).toMatchObject({ matchedCount: 200, modifiedCount: 200 });
    expect(await collection.countDocuments({ n: { $gte: 150, $lt: 350 } })).toBe(200);
  });

  test('of fifty at once that read the same version, lets one through', async () => {
    const collection = contract.collection();
    await collection.insertOne({ _id: 'one', version: 1 });
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, by) =>
        collection.updateOne({ _id: 'one', version: 1 }, { $set: { by }, $inc: { version: 1 } }),
      ),
    );
    expect(all.filter(({ matchedCount }) => matchedCount === 1)).toHaveLength(1);
  });

  test('loses none of many increments at once', async () => {
    const collection = contract.collection();
    await collection.insertOne({ _id: 'one', n: 0 });
    await Promise.all(
      Array.from({ length: 100 }, () => collection.updateOne({ _id: 'one' }, { $inc: { n: 1 } })),
    );
    expect(await collection.findOne()).toEqual({ _id: 'one', n: 100 });
  });
});

describe('an upsert', () => {
  test('inserts what the filter fixes and the update sets', async () => {
    const collection = contract.collection();
    const done = await collection.updateOne(
      { _id: 'job', 'a.b': 1, c: { $eq: 2 }, at: { $lt: at }, until: { $lte: at } },
      { $set: { at }, $setOnInsert: { d: 3 }, $inc: { n: 1 } },
      { upsert: true },
    );
    expect(done).toMatchObject({ matchedCount: 0, modifiedCount: 0, upsertedCount: 1, upsertedId: 'job' });
    expect(await collection.findOne()).toEqual({ _id: 'job', a: { b: 1 }, c: 2, at, d: 3, n: 1 });
  });

  test('changes what is there', async () => {
    const collection = contract.collection();
    await collection.insertOne({ _id: 'one', a: 1 });
    const done = await collection.updateOne(
      { _id: 'one' },
      { $set: { a: 2 }, $setOnInsert: { b: 1 } },
      { upsert: true },
    );
    expect(done).toMatchObject({ matchedCount: 1, modifiedCount: 1, upsertedCount: 0 });
    expect(await collection.findOne()).toEqual({ _id: 'one', a: 2 });
  });

  test('runs into the id of a document that the rest of the filter does not match', async () => {
    const collection = contract.collection();
    await collection.insertOne({ _id: 'job', at });
    const taken = collection.updateOne({ _id: 'job', at: { $lt: at } }, { $set: { at } }, { upsert: true });
    expect(await rejection(taken)).toMatchObject({
      code: 11000,
      keyPattern: { _id: 1 },
      keyValue: { _id: 'job' },
    });
  });

  test('counts up to a bound, from the first count on, and no further', async () => {
    const collection = contract.collection();
    const count = () =>
      collection.findOneAndUpdate(
        { _id: 'one', n: { $lt: 2 } },
        { $inc: { n: 1 }, $setOnInsert: { times: [], until: null, at } },
        { upsert: true, returnDocument: 'after' },
      );
    const made = { _id: 'one', times: [], until: null, at };
    expect(await count()).toEqual({ ...made, n: 1 });
    expect(await count()).toEqual({ ...made, n: 2 });
    expect(await rejection(count())).toMatchObject({ code: 11000, keyValue: { _id: 'one' } });
    expect(await collection.find().toArray()).toEqual([{ ...made, n: 2 }]);
  });

  test('starts from a flag that the filter fixes, as long as the update leaves it', async () => {
    const collection = contract.collection();
    const renew = (change: object) =>
      collection.updateOne(
        { _id: 'one', isRemoved: true },
        { $set: change, $inc: { n: 1 } },
        { upsert: true },
      );
    await renew({ a: 1 });
    expect(await collection.findOne()).toEqual({ _id: 'one', isRemoved: true, a: 1, n: 1 });
    await renew({ isRemoved: false });
    expect(await collection.findOne()).toEqual({ _id: 'one', isRemoved: false, a: 1, n: 2 });
    expect(await rejection(renew({ a: 2 }))).toMatchObject({ code: 11000 });
  });

  test('keeps the id that the filter fixes', async () => {
    const collection = contract.collection();
    const without = collection.updateOne({ _id: 'one' }, { $unset: { _id: 1 } }, { upsert: true });
    expect(await rejection(without)).toMatchObject({ code: 66 });
    expect(await collection.countDocuments()).toBe(0);
  });

  test('of twenty at once inserts one', async () => {
    const collection = contract.collection();
    await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        collection.updateOne({ _id: 'one' }, { $set: { n } }, { upsert: true }),
      ),
    );
    expect(await collection.countDocuments()).toBe(1);
  });

  test('replaces or inserts a whole document', async () => {
    const collection = contract.collection();
    expect(await collection.replaceOne({ _id: 'one' }, { a: 1 }, { upsert: true })).toMatchObject({
      upsertedId: 'one',
    });
    expect(await collection.findOne()).toEqual({ _id: 'one', a: 1 });
  });
});

test('an upsert on what is empty changes or makes it, and meets the unique key where it is not', async () => {
  const collection = contract.collection();
  await collection.insertOne({ _id: 'x', gone: null, list: [], n: 3 });
  const claim = (_id: string) =>
    collection.updateOne(
      { _id, gone: null, 'list.0': { $exists: false } },
      { $set: { list: ['x'] }, $inc: { n: 1 } },
      { upsert: true },
    );
  expect(await claim('x')).toMatchObject({ matchedCount: 1, upsertedCount: 0 });
  expect(await collection.findOne({ _id: 'x' })).toEqual({ _id: 'x', gone: null, list: ['x'], n: 4 });
  expect(await claim('made')).toMatchObject({ upsertedId: 'made' });
  expect(await collection.findOne({ _id: 'made' })).toEqual({ _id: 'made', gone: null, list: ['x'], n: 1 });
  await expect(claim('made')).rejects.toMatchObject({ code: 11000 });
});

describe('findOneAndUpdate', () => {
  test('takes the first in the order, and shows it after or before', async () => {
    const collection = contract.collection();
    await collection.insertMany([
      { _id: 'b', n: 2 },
      { _id: 'a', n: 1 },
      { _id: 'c', n: 3 },
    ]);
    const first = { sort: { n: 1 as const }, returnDocument: 'after' as const };
    expect(await collection.findOneAndUpdate({ n: { $lte: 9 } }, { $set: { n: 10 } }, first)).toEqual({
      _id: 'a',
      n: 10,
    });
    expect(
      await collection.findOneAndUpdate({ n: 2 }, { $inc: { n: 1 } }, { returnDocument: 'before' }),
    ).toEqual({ _id: 'b', n: 2 });
  });

  test('hands each of many documents to one of many takers', async () => {
    const collection = contract.collection();
    await collection.insertMany(Array.from({ length: 20 }, (_, n) => ({ _id: `m${n}`, at: n })));
    const taken = await Promise.all(
      Array.from({ length: 30 }, () =>
        collection.findOneAndUpdate(
          { at: { $lte: 20 } },
          { $set: { at: 99 } },
          { sort: { at: 1 }, returnDocument: 'after' },
        ),
      ),
    );
    expect(new Set(taken.filter((one) => one !== null).map(({ _id }) => _id)).size).toBe(20);
    expect(taken.filter((one) => one === null)).toHaveLength(10);
  });

  test('finds nothing, or inserts', async () => {
    const collection = contract.collection();
    expect(await collection.findOneAndUpdate({ _id: 'x' }, { $set: { a: 1 } })).toBeNull();
    const made = { upsert: true, returnDocument: 'after' as const, projection: { a: 1 as const } };
    expect(await collection.findOneAndUpdate({ _id: 'x', b: 2 }, { $set: { a: 1 } }, made)).toEqual({
      _id: 'x',
      a: 1,
    });
  });

  test('deletes and shows what it deleted', async () => {
    const collection = contract.collection();
    await collection.insertOne({ _id: 'x', a: 1 });
    expect(await collection.findOneAndDelete({ a: 1 })).toEqual({ _id: 'x', a: 1 });
    expect(await collection.findOneAndDelete({ a: 1 })).toBeNull();
  });
});
