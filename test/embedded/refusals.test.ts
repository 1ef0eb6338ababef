/** What the embedded store does not do, it refuses in words that say what to do instead, and changes nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose, { type mongo } from 'mongoose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedStore, openEmbeddedStore } from '../../embedded/open.ts';

interface Stored extends mongo.Document {
  _id: string;
}

interface Refusal {
  readonly code?: unknown;
  readonly message: string;
}

describe.skipIf(process.env['MONGODB_URI'])('the embedded store', () => {
  const { BSONRegExp, Decimal128, Long, MongoClient } = mongoose.mongo;
  const directory = mkdtempSync(join(tmpdir(), 'security-info-refusals-'));
  const before = { _id: 'one', a: 1, list: [1], parts: [{ b: 1 }], big: Long.fromString('9007199254740993') };
  let store: EmbeddedStore;
  let client: mongo.MongoClient;

  beforeAll(async () => {
    store = await openEmbeddedStore({ directory });
    client = new MongoClient(store.uri);
  });
  beforeEach(async () => {
    await client.db().dropDatabase();
    await documents().insertOne(before);
  });
  afterEach(async () => {
    expect(await documents().find().toArray()).toEqual([before]);
    expect(await documents().indexes()).toEqual([{ v: 2, key: { _id: 1 }, name: '_id_' }]);
    expect((await client.db().listCollections().toArray()).map(({ name }) => name)).toEqual(['c']);
  });
  afterAll(async () => {
    await client.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  function documents(): mongo.Collection<Stored> {
    return client.db().collection<Stored>('c');
  }

  /** What a command is refused with: as a whole, or, as MongoDB does it, its one statement in the reply. */
  async function refusal(command: mongo.Document): Promise<Refusal> {
    let reply: mongo.Document;
    try {
      reply = await client.db().command(command);
    } catch (error) {
      if (error instanceof mongoose.mongo.MongoServerError) return error;
      throw error;
    }
    const { code, errmsg } = reply['writeErrors']?.[0] ?? {};
    return { code, message: String(errmsg ?? `accepted: ${JSON.stringify(reply)}`) };
  }

  const find = (filter: object, more: object = {}) => ({ find: 'c', filter, ...more });
  const update = (u: unknown, more: object = {}) => ({ update: 'c', updates: [{ q: {}, u, ...more }] });
  const upsert = (q: object) => ({
    update: 'c',
    updates: [{ q: { b: 2, ...q }, u: { $set: { c: 1 } }, upsert: true }],
  });
  const modify = (more: object) => ({ findAndModify: 'c', query: { _id: 'nobody' }, ...more });
  const aggregate = (...pipeline: object[]) => ({ aggregate: 'c', pipeline, cursor: {} });
  const index = (more: object) => ({ createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'i', ...more }] });
  const values = 'queries, sorts and indexes over values of this BSON type';

  test.each<[string, mongo.Document]>([
    [values, find({ a: /x/ })],
    [values, find({ a: { $in: [/x/] } })],
    [values, find({ a: Decimal128.fromString('1') })],
    ['the query operator $where', find({ $where: 'true' })],
    ['the query operator $expr', find({ $expr: { $eq: ['$a', 1] } })],
    ['the query operator $text', find({ $text: { $search: 'x' } })],
    ['the query operator $nor', find({ $nor: [{ a: 1 }] })],
    ['the query operator $regex', find({ a: { $regex: 'x', $options: 'i' } })],
    ['the query operator $not', find({ a: { $not: { $gt: 1 } } })],
    ['the query operator $all', find({ list: { $all: [1] } })],
    ['the query operator $size', find({ list: { $size: 1 } })],
    ['the query operator $type', find({ a: { $type: 'int' } })],
    ['the query operator $elemMatch', find({ list: { $elemMatch: { $gt: 0 } } })],
    ['the query operator $regex', { delete: 'c', deletes: [{ q: { a: { $regex: '1' } }, limit: 0 }] }],
    ['the query operator $regex', { distinct: 'nothing', key: 'a', query: { a: { $regex: 'x' } } }],
    ['collation in find', find({}, { collation: { locale: 'fr' } })],
    ['maxTimeMS in find', find({}, { maxTimeMS: 5 })],
    ['tailable in find', find({}, { tailable: true })],
    ['let in find', find({}, { let: { x: 1 } })],
    ['min in find', find({}, { min: { a: 1 } })],
    ['this hint in find', find({}, { hint: 'a_1' })],
    ['this hint in find', find({}, { hint: { a: 1 } })],
    ['this hint in find', find({}, { hint: { $natural: -1 } })],
    ['positional projections', find({}, { projection: { 'list.$': 1 } })],
    ['a projection of list by an expression', find({}, { projection: { list: { $slice: 1 } } })],
    ['update pipelines', update([{ $set: { a: 2 } }])],
    ['update pipelines', modify({ update: [{ $set: { a: 2 } }] })],
    ['arrayFilters in update', update({ $set: { 'list.$[x]': 2 } }, { arrayFilters: [{ x: 1 }] })],
    ['arrayFilters in findAndModify', modify({ update: { $set: { a: 2 } }, arrayFilters: [] })],
    ['collation in findAndModify', modify({ remove: true, collation: { locale: 'fr' } })],
    ['collation in update', update({ $set: { a: 2 } }, { collation: { locale: 'fr' } })],
    ["the positional path 'list.$'", update({ $set: { 'list.$': 2 } })],
    ["the positional path 'list.$[]'", update({ $set: { 'list.$[]': 2 } })],
    ["the positional path 'list.0'", update({ $set: { 'list.0': 2 } })],
    ['the update operator $rename', update({ $rename: { a: 'b' } })],
    ['the update operator $max', update({ $max: { a: 2 } })],
    ['the update operator $pop', update({ $pop: { list: 1 } })],
    ['the update operator $addToSet', update({ $addToSet: { list: 2 } })],
    ['the update operator $currentDate', update({ $currentDate: { a: true } })],
    ['the update operator $rename', modify({ update: { $rename: { a: 'b' } } })],
    ['$slice in $push', update({ $push: { list: { $each: [1], $slice: 2 } } })],
    ['$slice in $push', modify({ update: { $push: { list: { $each: [1], $slice: 2 } } } })],
    [values, update({ $pull: { none: new BSONRegExp('x') } })],
    ['the query operator $elemMatch', update({ $pull: { none: { $elemMatch: { a: 1 } } } })],
    ['$inc past 2^53 or of decimals', update({ $inc: { big: 1 } })],
    ['$inc past 2^53 or of decimals', update({ $inc: { a: Long.MAX_VALUE } })],
    ['$inc past 2^53 or of decimals', update({ $inc: { a: Decimal128.fromString('1') } })],
    ['$inc past 2^53 or of decimals', update({ $inc: { a: Number.MAX_SAFE_INTEGER } })],
    ['an upsert with $in of one value', upsert({ d: { $in: [1] } })],
    ['an upsert with $or of one branch', upsert({ $or: [{ d: 1 }] })],
    ['the aggregation stage $lookup', aggregate({ $lookup: { from: 'd' } })],
    ['the aggregation stage $out', aggregate({ $out: 'd' })],
    ['the aggregation stage $merge', aggregate({ $merge: 'd' })],
    ['expressions in the stage $project', aggregate({ $project: { a: '$b' } })],
    ['anything but a text in a field of its own in the stage $set', aggregate({ $set: { a: '$b' } })],
    [
      'the aggregation stage $lookup',
      aggregate({ $unionWith: { coll: 'd', pipeline: [{ $lookup: { from: 'e' } }] } }),
    ],
    ['the aggregation stage $changeStream', aggregate({ $changeStream: {} })],
    ['the query operator $regex', aggregate({ $match: { a: { $regex: 'x' } } })],
    ['expressions in aggregations', aggregate({ $group: { _id: { $year: '$a' } } })],
    ['variables in aggregations', aggregate({ $group: { _id: '$$ROOT' } })],
    ["the field path '$list.0' through an array", aggregate({ $group: { _id: '$list.0' } })],
    ["the field path '$parts.b' through an array", aggregate({ $group: { _id: '$parts.b' } })],
    ['the accumulator $push', aggregate({ $group: { _id: 1, x: { $push: '$a' } } })],
    ['the accumulator $max', aggregate({ $group: { _id: 1, x: { $sum: 1, $max: '$a' } } })],
    ['$sum past 2^53 or of decimals', aggregate({ $group: { _id: 1, x: { $sum: '$big' } } })],
    [
      '$sum past 2^53 or of decimals',
      aggregate({ $group: { _id: 1, x: { $sum: Number.MAX_SAFE_INTEGER }, y: { $sum: 2 ** 53 } } }),
    ],
    ['explain in aggregate', { ...aggregate(), explain: true }],
    ['sparse in createIndexes', index({ sparse: true })],
    ['partialFilterExpression in createIndexes', index({ partialFilterExpression: { a: 1 } })],
    ['collation in createIndexes', index({ collation: { locale: 'fr' } })],
    ['an index with "text"', index({ key: { a: 'text' } })],
    ['an index with "2dsphere"', index({ key: { a: '2dsphere' } })],
    ["an index on '$**'", index({ key: { '$**': 1 } })],
    ['the read concern "linearizable"', find({}, { readConcern: { level: 'linearizable' } })],
    ['the read concern "snapshot"', find({}, { readConcern: { level: 'snapshot' } })],
    ["the read concern's afterClusterTime", find({}, { readConcern: { afterClusterTime: 1 } })],
    ['the command create', { create: 'd', capped: true, size: 5 }],
    ['the command mapReduce', { mapReduce: 'c', map: 'x' }],
    ['the command explain', { explain: { find: 'c' } }],
    ['the command count', { count: 'c' }],
    ['the command drop', { drop: 'c' }],
    ['the command renameCollection', { renameCollection: 'test.c', to: 'test.d' }],
    ['the command bulkWrite', { bulkWrite: 1, ops: [], nsInfo: [] }],
    ['the command saslStart', { saslStart: 1, mechanism: 'PLAIN' }],
  ])('refuses %s: %j', async (what, command) => {
    const { code, message } = await refusal(command);
    expect(message).toBe(`the embedded store does not support ${what}; set MONGODB_URI`);
    expect(code).toBe(what.startsWith('the command') ? 59 : 115);
  });

  test.each<[string, number, mongo.Document]>([
    ['sort', 2, find({}, { sort: { score: { $meta: 'textScore' } } })],
    ['sort', 2, find({}, { sort: { $natural: -1 } })],
    ['aggregate', 2, { ...aggregate({ $currentOp: {} }), aggregate: 1 }],
    ['sort', 2, modify({ update: { $set: { a: 2 } }, sort: { a: 'x' } })],
    ['indexes.0.v', 2, index({ v: 1 })],
  ])('refuses a value of %s that it cannot read: code %i, %j', async (path, code, command) => {
    const refused = await refusal(command);
    expect(refused.message).toMatch(`the value of '${path}' is not valid, or the embedded store does not`);
    expect(refused.message).toMatch(/; set MONGODB_URI$/);
    expect(refused.code).toBe(code);
  });

  test('refuses to wait for nodes that there are not', async () => {
    const insert = { insert: 'c', documents: [{ _id: 'two' }], writeConcern: { w: 3 } };
    expect(await refusal(insert)).toMatchObject({
      code: 100,
      message: 'the embedded store has one node: w may be 0, 1 or majority; set MONGODB_URI',
    });
  });

  test('tells the driver, whose calls fail', async () => {
    const words = /^the embedded store does not support .*; set MONGODB_URI$/;
    await expect(documents().updateMany({}, [{ $set: { a: 2 } }])).rejects.toThrow(words);
    await expect(documents().updateOne({}, { $max: { a: 2 } })).rejects.toThrow(words);
    await expect(documents().deleteMany({ a: { $not: { $gt: 1 } } })).rejects.toThrow(words);
    await expect(documents().estimatedDocumentCount()).rejects.toThrow(words);
    await expect(documents().watch().next()).rejects.toThrow(words);
  });

  test('refuses transactions', async () => {
    const session = client.startSession();
    session.startTransaction();
    const inserting = documents().insertOne({ _id: 'two' }, { session });
    await expect(inserting).rejects.toThrow(
      'the embedded store does not support transactions; set MONGODB_URI',
    );
    await session.endSession();
  });
});
