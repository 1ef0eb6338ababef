/** Contract: whatever index a query uses, it finds what a look at every document finds, in the same order. */
import { expect, test } from 'vitest';
import { idsOf, useContractStore } from './collections.ts';

const contract = useContractStore();

/** A source of numbers that repeats: a failure can be looked at again. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const values = [
  ...[null, 0, -1, 1, 2.5, 10, 2 ** 40, '', 'a', 'b', 'ab', 'é', '\u{1f600}', true, false],
  ...[new Date(0), new Date(5_000), new Date(-5_000)],
];

test.each([1, 2, 3, 4])('finds the same with and without indexes, seed %i', async (seed) => {
  const next = numbersFrom(seed);
  const value = (): unknown => values[next(values.length)];
  const scalarOrList = (): unknown =>
    next(4) === 0 ? Array.from({ length: next(4) }, value) : next(5) === 0 ? { d: value() } : value();
  const maybe = (name: string, given: unknown): object => (next(6) === 0 ? {} : { [name]: given });
  const isMulti = seed % 2 === 0;
  const documents = Array.from({ length: 150 }, (_, place) => ({
    _id: `d${place}`,
    ...maybe('a', isMulti ? scalarOrList() : value()),
    ...maybe('b', value()),
    ...maybe('c', isMulti && next(3) === 0 ? [{ d: value() }, { d: value() }, 7] : { d: value() }),
  }));
  const collection = contract.collection();
  await collection.createIndexes([{ key: { a: 1, b: -1 } }, { key: { b: 1 } }, { key: { 'c.d': -1 } }]);
  await collection.insertMany(documents);
  for (let change = 0; change < 60; change += 1) {
    const _id = `d${next(150)}`;
    if (next(4) === 0) await collection.deleteOne({ _id });
    else
      await collection.updateOne(
        { _id },
        { $set: { b: value() }, $unset: { [['x', 'a', 'c'][next(3)] ?? 'x']: 1 } },
      );
  }

  const condition = (): unknown => {
    const operator = ['$gt', '$gte', '$lt', '$lte', '$ne', '$in', '$nin', '$exists'][next(12)];
    if (operator === undefined) return value();
    if (operator === '$in' || operator === '$nin') return { [operator]: [value(), value()] };
    if (operator === '$exists') return { $exists: next(2) === 0 };
    // No document can be less than true or null alone: such bounds are in the list all the same.
    const second = ['$gt', '$lte'][next(4)];
    return {
      [operator]: value(),
      ...(second === undefined || second === operator ? {} : { [second]: value() }),
    };
  };
  const filter = (): object => {
    const fields = ['a', 'b', 'c.d', '_id'].filter(() => next(2) === 0).slice(0, 2);
    const plain = Object.fromEntries(
      fields.map((field) => [field, field === '_id' ? { $gt: `d${next(150)}` } : condition()]),
    );
    if (next(5) === 0) return { $and: [plain, { b: condition() }] };
    return next(5) === 0 ? { ...plain, $or: [{ a: condition() }, { 'c.d': condition() }] } : plain;
  };
  const sorts: Record<string, 1 | -1>[] = [
    { a: 1 },
    { b: -1 },
    { a: -1, b: 1 },
    { 'c.d': 1 },
    { a: 1, b: 1 },
    { _id: -1 },
  ];

  for (let round = 0; round < 50; round += 1) {
    const where = filter();
    const [found, all] = await Promise.all([
      collection.find(where).toArray(),
      collection.find(where).hint({ $natural: 1 }).toArray(),
    ]);
    expect(idsOf(found).sort(), JSON.stringify(where)).toEqual(idsOf(all).sort());
    const sort = sorts[next(sorts.length)] ?? { _id: 1 };
    const [along, sorted] = await Promise.all([
      collection
        .find(where)
        .sort({ ...sort, _id: 1 })
        .toArray(),
      collection
        .find(where)
        .hint({ $natural: 1 })
        .sort({ ...sort, _id: 1 })
        .toArray(),
    ]);
    expect(idsOf(along), JSON.stringify({ where, sort })).toEqual(idsOf(sorted));
    // Missing and null are equals. Of equals the order is free, of the rest it is not.
    const keysOf = (list: typeof found): unknown[] =>
      list.map((one) => Object.keys(sort).map((path) => one[path] ?? null));
    if (!isMulti && !('c.d' in sort) && !('_id' in sort)) {
      const byIndex = await collection.find(where).sort(sort).toArray();
      expect(keysOf(byIndex), JSON.stringify({ where, sort })).toEqual(keysOf(sorted));
    }
  }
});
