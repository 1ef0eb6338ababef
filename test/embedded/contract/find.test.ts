/** Contract: which documents a query finds, in which order, and what of them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { idsOf, rejection, type Stored, useContractStore } from './collections.ts';

const contract = useContractStore();
const day = (number: number): Date => new Date(Date.UTC(2026, 0, number));

const documents: readonly Stored[] = [
  { _id: 'number', v: 5, at: day(1), in: { a: 1, b: 'x' } },
  { _id: 'bigger', v: 7.5, at: day(2), in: { a: 2 } },
  { _id: 'text', v: 'five', at: day(3), in: [{ a: 1 }, { a: 3, b: 'y' }] },
  { _id: 'null', v: null, at: null, in: null },
  { _id: 'missing', at: day(4) },
  { _id: 'yes', v: true, at: day(5), in: [] },
  { _id: 'list', v: [1, 9], at: day(6), in: [1, 2] },
  { _id: 'empty', v: [], in: {} },
  { _id: 'date', v: day(1), at: day(7), in: { a: null } },
  { _id: 'object', v: { a: 1, b: 2 }, at: day(8), in: { a: [1, 2] } },
];

describe.each([
  { how: 'without an index', keys: [] },
  {
    how: 'with indexes',
    keys: [{ v: 1 as const }, { v: -1 as const, at: 1 as const }, { 'in.a': 1 as const }],
  },
])('a filter, $how,', ({ keys }) => {
  const collection = { current: contract.collection };
  let find: (filter: object) => Promise<string[]>;
  beforeAll(async () => {
    const made = collection.current();
    for (const key of keys) await made.createIndex({ ...key });
    await made.insertMany([...documents]);
    find = async (filter) => idsOf(await made.find(filter).sort({ _id: 1 }).toArray());
  });

  test.each<[string, object, string[]]>([
    ['a number', { v: 5 }, ['number']],
    ['an element of an array', { v: 9 }, ['list']],
    ['a whole array', { v: [1, 9] }, ['list']],
    ['an empty array', { v: [] }, ['empty']],
    ['a whole document, in its order', { v: { a: 1, b: 2 } }, ['object']],
    ['no document in another order', { v: { b: 2, a: 1 } }, []],
    ['null and what is missing', { v: null }, ['missing', 'null']],
    ['a boolean, not a number', { v: true }, ['yes']],
    ['a date', { v: day(1) }, ['date']],
    ['two fields', { v: 5, at: day(1) }, ['number']],
    ['a dotted path', { 'in.a': 1 }, ['number', 'object', 'text']],
    ['text on a dotted path', { 'in.b': 'y' }, ['text']],
    ['null on a dotted path', { 'in.a': null }, ['date', 'empty', 'missing', 'null']],
    ['more', { v: { $gt: 5 } }, ['bigger', 'list']],
    ['more or the same', { v: { $gte: 5 } }, ['bigger', 'list', 'number']],
    ['less', { v: { $lt: 5 } }, ['list']],
    ['two bounds that two elements meet', { v: { $gt: 8, $lt: 2 } }, ['list']],
    ['more than a text', { v: { $gt: 'a' } }, ['text']],
    ['more than a date', { at: { $gt: day(6) } }, ['date', 'object']],
    ['at most a date', { at: { $lte: day(2) } }, ['bigger', 'number']],
    ['less than a date', { at: { $lt: day(2) } }, ['number']],
    ['nothing between bounds of two types', { v: { $gt: 1, $lt: 'z' } }, []],
    ['a range up to null', { v: { $lte: null } }, ['missing', 'null']],
    [
      'not a value',
      { v: { $ne: 5 } },
      idsOf(documents)
        .filter((id) => id !== 'number')
        .sort(),
    ],
    [
      'not null',
      { v: { $ne: null } },
      idsOf(documents)
        .filter((id) => !['null', 'missing'].includes(id))
        .sort(),
    ],
    ['one of several', { v: { $in: [5, 'five', null] } }, ['missing', 'null', 'number', 'text']],
    ['one of several texts', { _id: { $in: ['text', 'yes', 'nobody'] } }, ['text', 'yes']],
    ['one of nothing', { v: { $in: [] } }, []],
    ['none of several', { _id: { $nin: idsOf(documents).slice(2) } }, ['bigger', 'number']],
    [
      'is there',
      { v: { $exists: true } },
      idsOf(documents)
        .filter((id) => id !== 'missing')
        .sort(),
    ],
    ['is not there', { v: { $exists: false } }, ['missing']],
    [
      'is not there on a dotted path',
      { 'in.a': { $exists: false } },
      ['empty', 'list', 'missing', 'null', 'yes'],
    ],
    ['either', { $or: [{ v: 5 }, { v: 'five' }] }, ['number', 'text']],
    ['both', { $and: [{ v: { $gte: 5 } }, { at: { $gt: day(1) } }] }, ['bigger', 'list']],
    ['both at once and either', { at: { $gt: day(1) }, $or: [{ v: 7.5 }, { v: true }] }, ['bigger', 'yes']],
    ['ids behind one', { _id: { $gt: 'number' } }, ['object', 'text', 'yes']],
  ])('finds %s', async (_, filter, expected) => {
    expect(await find(filter)).toEqual(expected);
  });
});

test('finds what no text beginning so is in, through lists in lists, where any of it is something else', async () => {
  const collection = contract.collection();
  const event = (...sealed: readonly string[]) => ({ notify: sealed.map((text) => ({ text })) });
  await collection.insertMany([
    { _id: 'all', events: [event('k1.a', 'k1.b'), event('k1.c')] },
    { _id: 'some', events: [event('k1.a'), event('k1.b', 'k1-x.c')] },
    { _id: 'none', events: [event('k0.a')] },
    { _id: 'longer', events: [event('k11.a')] },
    { _id: 'empty', events: [event(), event()] },
    { _id: 'null', events: [{ notify: [{ text: null }] }, { notify: null }] },
    { _id: 'missing' },
  ]);
  const [from, to] = ['k1.', 'k1/'];
  const path = 'events.notify.text';
  const filter = { _id: { $gt: '' }, $or: [{ [path]: { $lt: from } }, { [path]: { $gte: to } }] };
  expect(idsOf(await collection.find(filter).sort({ _id: 1 }).toArray())).toEqual(['longer', 'none', 'some']);
  expect(await collection.countDocuments(filter)).toBe(3);
});

test('sorts by type, then by value; arrays by their least going up and their greatest going down', async () => {
  const collection = contract.collection();
  await collection.insertMany([...documents]);
  const sorted = async (way: 1 | -1) => idsOf(await collection.find().sort({ v: way, _id: 1 }).toArray());
  expect(await sorted(1)).toEqual([
    'empty',
    'missing',
    'null',
    'list',
    'number',
    'bigger',
    'text',
    'object',
    'yes',
    'date',
  ]);
  expect(await sorted(-1)).toEqual([
    'date',
    'yes',
    'object',
    'text',
    'list',
    'bigger',
    'number',
    'missing',
    'null',
    'empty',
  ]);
});

test('sorts the same along an index as without one, both ways, by several fields', async () => {
  const [plain, indexed] = [contract.collection(), contract.collection()];
  await indexed.createIndex({ a: 1, b: -1 });
  const many = Array.from({ length: 60 }, (_, place) => ({
    _id: `d${place}`,
    a: ['x', 3, null, day(2), 'xy', -0.5][place % 6],
    b: [1, 'é', '\u{1f600}', '\uffff', 2, -1, 'e'][place % 7],
  }));
  await plain.insertMany(many);
  await indexed.insertMany(many);
  for (const sort of [{ a: 1, b: -1 }, { a: -1, b: 1 }, { a: 1 }, { a: 1, b: 1 }] as const) {
    const order = async (collection: typeof plain) =>
      (
        await collection
          .find()
          .sort({ ...sort })
          .toArray()
      ).map((one) => [one['a'], 'b' in sort ? one['b'] : 0]);
    expect(await order(indexed)).toEqual(await order(plain));
  }
});

test('skips and limits', async () => {
  const collection = contract.collection();
  await collection.insertMany([...documents]);
  const found = await collection
    .find({}, { projection: { _id: 1 } })
    .sort({ _id: -1 })
    .skip(2)
    .limit(3)
    .toArray();
  expect(found).toEqual([{ _id: 'object' }, { _id: 'number' }, { _id: 'null' }]);
});

test('hands out more than a batch, once each, also while documents go', async () => {
  const collection = contract.collection();
  await collection.insertMany(Array.from({ length: 500 }, (_, place) => ({ _id: `d${place}`, place })));
  const seen: string[] = [];
  for await (const { _id } of collection.find().sort({ _id: 1 }).batchSize(50)) {
    if (seen.length === 0) await collection.deleteOne({ _id: 'd99' });
    seen.push(_id);
  }
  expect(new Set(seen).size).toBe(499);
  expect(seen).toHaveLength(499);
  expect(await collection.find().toArray()).toHaveLength(499);
});

test('refuses an operator among the values of a list', async () => {
  const finding = contract.collection().findOne({ a: { $in: [{ $gt: 1 }] } });
  expect(await rejection(finding)).toMatchObject({ code: 2 });
});

test('finds in a collection that is not there: nothing', async () => {
  expect(await contract.collection().find({ a: 1 }).toArray()).toEqual([]);
  expect(await contract.collection().findOne({ _id: 'a' })).toBeNull();
});

describe('a projection', () => {
  const whole = {
    _id: 'a',
    id: 1,
    list: [{ id: 1, x: 2 }, { x: 3 }, 4, [{ id: 5, x: 6 }]],
    sub: { id: 7, x: { y: 8, z: 9 } },
  };
  test.each<[string, Record<string, 0 | 1>, object]>([
    ['some fields', { id: 1 }, { _id: 'a', id: 1 }],
    ['some without the id', { _id: 0, id: 1 }, { id: 1 }],
    ['the id', { _id: 1 }, { _id: 'a' }],
    ['all but some', { list: 0, sub: 0 }, { _id: 'a', id: 1 }],
    ['parts of documents in arrays', { 'list.id': 1 }, { _id: 'a', list: [{ id: 1 }, {}, [{ id: 5 }]] }],
    ['several parts of one', { _id: 0, 'sub.id': 1, 'sub.x.y': 1 }, { sub: { id: 7, x: { y: 8 } } }],
    [
      'all but parts of documents in arrays',
      { id: 0, sub: 0, 'list.x': 0 },
      { _id: 'a', list: [{ id: 1 }, {}, 4, [{ id: 5 }]] },
    ],
    ['what is not there', { _id: 0, nothing: 1, 'id.x': 1 }, {}],
  ])('shows %s', async (_, projection, expected) => {
    const collection = contract.collection();
    await collection.insertOne(whole);
    expect(await collection.findOne({}, { projection })).toEqual(expected);
  });
});

test('a cursor that is left early is closed, and the connection goes on', async () => {
  const things = contract.collection();
  await things.insertMany(Array.from({ length: 50 }, (_, n) => ({ _id: `t${n}`, n })));
  const seen: unknown[] = [];
  for await (const { n } of things.find({}).sort({ n: 1 }).batchSize(10)) {
    seen.push(n);
    if (seen.length === 3) break;
  }
  expect(seen).toEqual([0, 1, 2]);
  expect(await things.countDocuments()).toBe(50);
});
