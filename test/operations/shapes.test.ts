/** What is recorded of a command: its shape in full, its values never. */
import { expect, test } from 'vitest';
import { missingShapes } from './records.ts';
import { commandShapes } from './shapes.ts';

test('names the operators and kinds of a filter and never its values', () => {
  const shapes = commandShapes({
    find: 'security_infos',
    filter: { _id: 'someone', $or: [{ dueAt: { $lte: new Date() } }, { 'flow.cid': null }] },
    sort: { dueAt: 1, _id: 1 },
    limit: 10,
    lsid: { id: 'session' },
    $db: 'main',
  });
  expect(shapes).toEqual([
    'filter: $lte date',
    'filter: $or',
    'filter: equals null on a dotted path',
    'filter: equals string',
    'find',
    'find option limit',
    'find sort: 1',
    'find sort: several fields',
  ]);
});

test('tells an upsert and a change of many from a plain update', () => {
  const shapes = commandShapes({
    update: 'throttles',
    updates: [
      {
        q: { _id: 'k' },
        u: { $inc: { count: 1 }, $set: { 'a.$[x].b': 1 } },
        upsert: true,
        arrayFilters: [{}],
      },
      { q: {}, u: { $push: { events: { $each: [1], $slice: -5 } } }, multi: true },
    ],
  });
  expect(shapes).toEqual([
    'filter: equals string',
    'update',
    'update (multi)',
    'update (upsert)',
    'update option arrayFilters',
    'update several',
    'update: $inc',
    'update: $push with $each $slice',
    'update: $set number at an array filter',
    'upsert filter: equals string',
  ]);
});

test('follows an aggregation into its stages', () => {
  const pipeline = [{ $match: { n: { $in: [1, 'a'] } } }, { $group: { _id: '$k', n: { $sum: 1 } } }];
  expect(commandShapes({ aggregate: 'c', pipeline, cursor: {} })).toEqual([
    'aggregate',
    'filter: $in number',
    'filter: $in string',
    'stage $group',
    'stage $group: $sum',
    'stage $match',
  ]);
});

test('leaves out what the driver says for itself', () => {
  expect(commandShapes({ endSessions: [{ id: 'x' }] })).toEqual([]);
});

test('finds what the code asks and no contract test shows', () => {
  const records = new Map([
    ['test/embedded/contract/filters.test.ts', ['find', 'filter: $lt date']],
    ['test/embedded/wire.test.ts', ['filter: $where string']],
    ['test/models/flow.test.ts', ['find', 'filter: $gt date']],
  ]);
  expect(missingShapes(records)).toEqual([
    { shape: 'filter: $gt date', usedBy: ['test/models/flow.test.ts'] },
  ]);
});
