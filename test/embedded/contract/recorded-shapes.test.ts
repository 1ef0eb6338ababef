/**
 * What the code asks of the store, shape by shape, on either store. test/operations/ holds the list against what
 * other tests ask; what the store does beyond it is the other contract tests'.
 */
import type { Collection } from 'mongoose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectStore } from '../../../models/connection.ts';
import { openTestStore } from '../../store.ts';

const store = await openTestStore();
const connection = await connectStore(store.uri);
const things: Collection<Thing> = connection.collection('things');

interface Thing {
  _id: string;
  name?: string;
  kind?: string;
  n?: number;
  dueAt?: Date;
  isOpen?: boolean;
  gone?: null;
  place?: { town?: string; no?: number; open?: boolean };
  tags?: string[];
  list?: (number | { v: number })[];
  inner?: { v: number };
  marked?: boolean;
}

const early = new Date('2026-01-01T00:00:00Z');
const middle = new Date('2026-02-01T00:00:00Z');
const late = new Date('2026-03-01T00:00:00Z');

beforeAll(async () => {
  await things.createIndex({ dueAt: 1 }, { expireAfterSeconds: 2_000_000_000 });
  await things.createIndex({ name: 1 }, { unique: true });
  await things.createIndex({ kind: 1, dueAt: -1 });
  await things.createIndex({ 'place.town': 1 });
});

beforeEach(async () => {
  await things.deleteMany({});
  await things.insertMany([
    {
      _id: 'a',
      name: 'ada',
      kind: 'x',
      n: 1,
      dueAt: early,
      isOpen: true,
      gone: null,
      place: { town: 'Oslo' },
    },
    { _id: 'b', name: 'bob', kind: 'y', n: 2, dueAt: middle, isOpen: false, tags: ['one'], list: [{ v: 1 }] },
    { _id: 'c', name: 'cyd', kind: 'x', n: 3, dueAt: late, isOpen: true, tags: [], place: { town: 'Rome' } },
  ]);
});

afterAll(async () => {
  await connection.close();
  await store.close();
});

async function idsOf(filter: Record<string, unknown>): Promise<string[]> {
  const found = await things.find(filter).sort({ _id: 1 }).toArray();
  return found.map(({ _id }) => _id);
}

async function thing(id: string): Promise<Thing> {
  const found = await things.findOne({ _id: id });
  if (found === null) throw new Error(`no thing ${id}`);
  return found;
}

test('gives back every kind of value as it was stored', async () => {
  const whole = {
    ...{ _id: 'w', name: 'whole', text: 'é\u{1F600}', yes: true, no: false, nothing: null, half: 1.5 },
    ...{
      whole: 7,
      at: late,
      list: [1, 'two', [3], null],
      inner: { deep: { at: early } },
      none: [],
      empty: {},
    },
  };
  const anything: Collection<{ _id: string }> = connection.collection('anything');
  await anything.insertOne(whole);
  expect(await anything.findOne({ _id: 'w' })).toEqual(whole);
});

test.each<[string, Record<string, unknown>, string[]]>([
  ['equal to a text', { name: 'bob' }, ['b']],
  ['equal to a number', { n: 2 }, ['b']],
  ['equal to a date', { dueAt: middle }, ['b']],
  ['equal to a truth value', { isOpen: true }, ['a', 'c']],
  ['null or missing', { gone: null }, ['a', 'b', 'c']],
  ['null or missing in a document', { 'place.town': null }, ['b']],
  ['equal in a document', { 'place.town': 'Rome' }, ['c']],
  ['holding an element', { tags: 'one' }, ['b']],
  ['holding a document with a value', { 'list.v': 1 }, ['b']],
  ['one of some texts', { kind: { $in: ['x', 'z'] } }, ['a', 'c']],
  ['one of no texts', { kind: { $in: [] } }, []],
  ['none of some texts', { name: { $nin: ['ada', 'cyd'] } }, ['b']],
  ['not a text', { name: { $ne: 'ada' } }, ['b', 'c']],
  ['not null', { gone: { $ne: null } }, []],
  ['not an empty list', { list: { $ne: [] } }, ['a', 'b', 'c']],
  ['before a date', { dueAt: { $lt: middle } }, ['a']],
  ['at a date or before', { dueAt: { $lte: middle } }, ['a', 'b']],
  ['after a date', { dueAt: { $gt: middle } }, ['c']],
  ['at a date or after', { dueAt: { $gte: middle } }, ['b', 'c']],
  ['between dates', { dueAt: { $gt: early, $lt: late } }, ['b']],
  ['less than a number, and no date', { n: { $lt: 2 }, dueAt: { $ne: null } }, ['a']],
  ['after a text', { name: { $gt: 'ada' } }, ['b', 'c']],
  ['before a text in a document', { 'place.town': { $lt: 'P' } }, ['a']],
  ['there', { tags: { $exists: true } }, ['b', 'c']],
  ['not there', { tags: { $exists: false } }, ['a']],
  ['there in a list', { 'tags.0': { $exists: true } }, ['b']],
  ['not there in a document', { 'place.town': { $exists: false } }, ['b']],
  ['there in a document', { 'place.town': { $exists: true } }, ['a', 'c']],
  ['either of two', { $or: [{ n: 1 }, { 'place.town': 'Rome' }] }, ['a', 'c']],
  ['both of two', { $and: [{ kind: 'x' }, { n: { $gt: 1 } }] }, ['c']],
])('finds what is %s', async (_name, filter, ids) => {
  expect(await idsOf(filter)).toEqual(ids);
  expect(await things.countDocuments(filter)).toBe(ids.length);
});

test('sorts, skips, limits and shows only the fields that are asked for', async () => {
  const sorted = await things
    .find({}, { projection: { kind: 1 } })
    .sort({ kind: 1, dueAt: -1 })
    .toArray();
  expect(sorted).toEqual([
    { _id: 'c', kind: 'x' },
    { _id: 'a', kind: 'x' },
    { _id: 'b', kind: 'y' },
  ]);
  const page = await things.find({}).sort({ dueAt: -1 }).skip(1).limit(1).toArray();
  expect(page.map(({ _id }) => _id)).toEqual(['b']);
  expect(await things.findOne({ _id: 'a' }, { projection: { _id: 0, 'place.town': 1, n: 1 } })).toEqual({
    place: { town: 'Oslo' },
    n: 1,
  });
  expect(await things.findOne({ name: 'cyd' }, { projection: { place: 0, tags: 0, dueAt: 0 } })).toEqual({
    ...{ _id: 'c', name: 'cyd', kind: 'x', n: 3, isOpen: true },
  });
});

test('hands out what one reply cannot hold in further ones', async () => {
  await things.insertMany(
    Array.from({ length: 250 }, (_, n) => ({ _id: `m${n}`, name: `many${n}`, kind: 'many', n })),
  );
  const many = await things.find({ kind: 'many' }).sort({ n: 1 }).toArray();
  expect(many.map(({ n }) => n)).toEqual(Array.from({ length: 250 }, (_, n) => n));
  const inBatches = await things.find({ kind: 'many' }).batchSize(20).toArray();
  expect(inBatches).toHaveLength(250);
});

test('counts by group, and lists the values that there are', async () => {
  const groups = await things
    .aggregate([
      { $match: { n: { $gte: 1 } } },
      { $group: { _id: '$kind', count: { $sum: 1 }, n: { $sum: '$n' } } },
    ])
    .toArray();
  expect(groups.sort((a, b) => (a['_id'] < b['_id'] ? -1 : 1))).toEqual([
    { _id: 'x', count: 2, n: 4 },
    { _id: 'y', count: 1, n: 2 },
  ]);
  expect((await things.distinct('kind', {})).sort()).toEqual(['x', 'y']);
});

test('sets, counts up, appends and removes in one update', async () => {
  const set = {
    kind: 'z',
    dueAt: late,
    isOpen: false,
    gone: null,
    'place.town': 'Bonn',
    'place.no': 4,
    list: [1],
  };
  const result = await things.updateOne(
    { _id: 'a', n: 1 },
    { $set: { ...set, inner: { v: 1 } }, $inc: { n: 2 }, $push: { tags: 'new' }, $unset: { name: '' } },
  );
  expect(result).toMatchObject({ matchedCount: 1, modifiedCount: 1, upsertedCount: 0 });
  const rest = { kind: 'z', dueAt: late, isOpen: false, gone: null, list: [1], inner: { v: 1 } };
  expect(await thing('a')).toEqual({
    _id: 'a',
    n: 3,
    tags: ['new'],
    place: { town: 'Bonn', no: 4 },
    ...rest,
  });
  await things.updateOne(
    { _id: 'a' },
    { $push: { tags: { $each: ['p', 'q'] } }, $set: { 'place.open': true } },
  );
  await things.updateOne({ _id: 'a' }, { $pull: { tags: 'p' } });
  expect(await thing('a')).toMatchObject({ tags: ['new', 'q'], list: [1], place: { open: true } });
});

test('leaves alone what an update does not match', async () => {
  const before = await thing('b');
  const result = await things.updateOne({ _id: 'b', n: 7 }, { $set: { kind: 'z' } });
  expect(result).toMatchObject({ matchedCount: 0, modifiedCount: 0 });
  expect(await thing('b')).toEqual(before);
});

test('changes many, by one update and by several', async () => {
  const all = await things.updateMany({ kind: 'x' }, { $set: { marked: true }, $inc: { n: 10 } });
  expect(all.modifiedCount).toBe(2);
  const several = await things.bulkWrite([
    { updateOne: { filter: { _id: 'a' }, update: { $set: { n: 0 } } } },
    { updateOne: { filter: { _id: 'b' }, update: { $set: { n: 0 } } } },
  ]);
  expect(several.modifiedCount).toBe(2);
  expect(await things.countDocuments({ n: 0 })).toBe(2);
});

test('makes what an upsert does not find, once', async () => {
  const upsert = () =>
    things.updateOne(
      { _id: 'new' },
      { $set: { name: 'new' }, $setOnInsert: { kind: 'first', dueAt: early }, $inc: { n: 1 } },
      { upsert: true },
    );
  expect(await upsert()).toMatchObject({ upsertedCount: 1, upsertedId: 'new' });
  expect(await upsert()).toMatchObject({ upsertedCount: 0, matchedCount: 1 });
  expect(await thing('new')).toEqual({ _id: 'new', name: 'new', kind: 'first', dueAt: early, n: 2 });
});

test('an upsert past a condition that does not hold meets the unique key', async () => {
  const claim = (field: Record<string, unknown>) =>
    things.updateOne({ _id: 'c', ...field }, { $set: { kind: 'taken' } }, { upsert: true });
  await expect(claim({ dueAt: { $lt: early } })).rejects.toMatchObject({ code: 11000 });
  await expect(claim({ dueAt: { $lte: early } })).rejects.toMatchObject({ code: 11000 });
  expect((await claim({ dueAt: { $lte: late } })).matchedCount).toBe(1);
});

test('gives the document before or after it is changed, first in order first', async () => {
  const options = { sort: { dueAt: 1 }, returnDocument: 'after' } as const;
  expect(await things.findOneAndUpdate({ kind: 'x' }, { $set: { n: 9 } }, options)).toMatchObject({
    _id: 'a',
    n: 9,
  });
  expect(await things.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } })).toMatchObject({ n: 9 });
  expect(await things.findOneAndUpdate({ _id: 'gone' }, { $set: { n: 9 } }, options)).toBeNull();
  const made = await things.findOneAndUpdate({ _id: 'd' }, { $inc: { n: 1 } }, { ...options, upsert: true });
  expect(made).toEqual({ _id: 'd', n: 1 });
  const part = { projection: { _id: 0, n: 1, dueAt: 1 } } as const;
  const open = { _id: 'b', 'place.town': { $exists: false }, n: { $gt: 1 } };
  expect(await things.findOneAndUpdate(open, { $set: { 'place.no': 1 } }, part)).toEqual({
    n: 2,
    dueAt: middle,
  });
  expect(await things.findOneAndDelete({ _id: 'd' })).toEqual({ _id: 'd', n: 1 });
  expect(await things.findOneAndDelete({ _id: 'b' }, part)).toEqual({ n: 2, dueAt: middle });
  expect(await things.findOneAndDelete({ _id: 'd' })).toBeNull();
});

test('refuses a second document with a unique value, and keeps what came before it', async () => {
  const many = [
    { _id: 'e', name: 'eve' },
    { _id: 'f', name: 'ada' },
    { _id: 'g', name: 'gil' },
  ];
  const clash = { code: 11000 };
  await expect(things.insertOne({ _id: 'z', name: 'ada' })).rejects.toMatchObject({
    ...clash,
    keyPattern: { name: 1 },
  });
  await expect(things.insertMany(many)).rejects.toMatchObject(clash);
  expect(await idsOf({ _id: { $in: ['e', 'f', 'g', 'z'] } })).toEqual(['e']);
  await expect(things.insertMany(many, { ordered: false })).rejects.toMatchObject(clash);
  expect(await idsOf({ _id: { $in: ['e', 'f', 'g'] } })).toEqual(['e', 'g']);
});

test('removes one, or all that match', async () => {
  expect((await things.deleteOne({ kind: 'x' })).deletedCount).toBe(1);
  expect((await things.deleteMany({ dueAt: { $lte: late } })).deletedCount).toBe(2);
  expect((await things.deleteOne({ kind: 'x' })).deletedCount).toBe(0);
});

test('lists collections and indexes, and drops a database', async () => {
  const indexes = await things.listIndexes().toArray();
  expect(indexes.map(({ key }) => JSON.stringify(key)).sort()).toEqual([
    '{"_id":1}',
    '{"dueAt":1}',
    '{"kind":1,"dueAt":-1}',
    '{"name":1}',
    '{"place.town":1}',
  ]);
  const other = connection.useDb(`${connection.name}_dropped`);
  await other.collection('short').insertOne({ n: 1 });
  expect((await other.listCollections()).map(({ name }) => name)).toEqual(['short']);
  await other.dropDatabase();
  expect(await other.listCollections()).toEqual([]);
});
