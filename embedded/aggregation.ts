/** The stages of an aggregation behind what a search can do: what the store's own code issues, and no more. */

import { type Search, sortBy } from './collection.ts';
import { compileFilter } from './filter.ts';
import { encodeValue } from './index-key.ts';
import { compileProjection } from './projection.ts';
import { count, document, readPart, sortOrder } from './request.ts';
import { StoreError, unsupported } from './store-error.ts';
import { compareValues, type Doc, isDoc } from './values.ts';

type Stage = (input: Iterable<Doc>) => Iterable<Doc>;

/** An expression: a field, a constant, or a document of such. */
function evaluate(expression: unknown, source: Doc): unknown {
  if (typeof expression === 'string' && expression.startsWith('$')) {
    if (expression.startsWith('$$')) throw unsupported('variables in aggregations');
    return fieldOf(source, expression.slice(1).split('.'));
  }
  if (Array.isArray(expression)) return expression.map((part: unknown) => evaluate(part, source) ?? null);
  if (!isDoc(expression)) return expression;
  const parts = Object.entries(expression).map(([name, part]): [string, unknown] => {
    if (name.startsWith('$')) throw unsupported(`the expression ${name}`);
    return [name, evaluate(part, source)];
  });
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined));
}

function fieldOf(value: unknown, path: readonly string[]): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    return value.map((element: unknown) => fieldOf(element, path)).filter((found) => found !== undefined);
  }
  return isDoc(value) && Object.hasOwn(value, step) ? fieldOf(value[step], rest) : undefined;
}

type Accumulator = (total: unknown, value: unknown) => unknown;

const accumulators: Readonly<Record<string, Accumulator>> = {
  $sum: (total, value) => Number(total ?? 0) + (typeof value === 'number' ? value : 0),
  $min: (total, value) => extreme(total, value, -1),
  $max: (total, value) => extreme(total, value, 1),
};

function extreme(total: unknown, value: unknown, sign: number): unknown {
  if (value === undefined || value === null) return total ?? null;
  return total === undefined || total === null || compareValues(value, total) * sign > 0 ? value : total;
}

function group(operand: unknown): Stage {
  if (!isDoc(operand) || !Object.hasOwn(operand, '_id')) throw new StoreError(2, 'a group needs an _id');
  const { _id: by, ...fields } = operand;
  const totals = Object.entries(fields).map(([name, spec]) => {
    const [operator, expression] = isDoc(spec) ? (Object.entries(spec)[0] ?? []) : [];
    const add = Object.hasOwn(accumulators, operator ?? '') ? accumulators[operator ?? ''] : undefined;
    if (add === undefined) throw unsupported(`the accumulator ${operator}`);
    if (operator === '$sum' && Array.isArray(expression)) throw unsupported('$sum of several expressions');
    return { name, add, expression };
  });
  return function* grouped(input) {
    const groups = new Map<string, Doc>();
    for (const source of input) {
      const id = evaluate(by, source) ?? null;
      const key = encodeValue(id).toString('latin1');
      const found = groups.get(key) ?? { _id: id };
      groups.set(key, found);
      for (const { name, add, expression } of totals)
        found[name] = add(found[name], evaluate(expression, source));
    }
    yield* groups.values();
  };
}

function* limited(input: Iterable<Doc>, limit: number): Generator<Doc> {
  let left = limit;
  for (const one of input) {
    yield one;
    left -= 1;
    if (left === 0) return;
  }
}

function* skipped(input: Iterable<Doc>, skip: number): Generator<Doc> {
  let left = skip;
  for (const one of input) {
    if (left === 0) yield one;
    else left -= 1;
  }
}

function* mapped(input: Iterable<Doc>, change: (one: Doc) => Doc): Generator<Doc> {
  for (const one of input) yield change(one);
}

function* filtered(input: Iterable<Doc>, matches: (one: Doc) => boolean): Generator<Doc> {
  for (const one of input) if (matches(one)) yield one;
}

const stages: Readonly<Record<string, (operand: unknown) => Stage>> = {
  $match: (operand) => {
    const matches = compileFilter(readPart(document, operand, '$match'));
    return (input) => filtered(input, matches);
  },
  $sort: (operand) => {
    const sort = readPart(sortOrder, operand, '$sort');
    return (input) => sortBy([...input], sort, (one) => one);
  },
  $skip: (operand) => {
    const skip = readPart(count, operand, '$skip');
    return (input) => skipped(input, skip);
  },
  $limit: (operand) => {
    const limit = readPart(count.min(1), operand, '$limit');
    return (input) => limited(input, limit);
  },
  $project: (operand) => {
    const project = compileProjection(readPart(document, operand, '$project'));
    return (input) => mapped(input, project);
  },
  $group: group,
  $count: (operand) => {
    if (typeof operand !== 'string' || !/^[^$.\0]+$/.test(operand))
      throw new StoreError(2, '$count needs a name');
    return function* counted(input) {
      let total = 0;
      for (const _ of input) total += 1;
      if (total > 0) yield { [operand]: total };
    };
  },
};

/**
 * Prepares a pipeline: what an index can serve goes into the search, the rest runs over what it finds.
 * @throws {StoreError} 115 for stages and expressions that are not supported
 */
export function compilePipeline(pipeline: readonly Doc[]): { search: Search; run: Stage } {
  const parts = pipeline.map((stage) => {
    const [[name, operand] = ['', undefined], ...others] = Object.entries(stage);
    const make = Object.hasOwn(stages, name) ? stages[name] : undefined;
    if (others.length > 0) throw new StoreError(9, 'a stage has exactly one field');
    if (make === undefined) throw unsupported(`the aggregation stage ${name}`);
    return { name, operand, stage: make(operand) };
  });
  let rest = parts;
  const filters: unknown[] = [];
  while (rest[0]?.name === '$match') {
    filters.push(rest[0].operand);
    rest = rest.slice(1);
  }
  let sort: Doc = {};
  if (rest[0]?.name === '$sort' && isDoc(rest[0].operand)) {
    sort = rest[0].operand;
    rest = rest.slice(1);
  }
  const [first] = filters;
  const filter = filters.length === 1 && isDoc(first) ? first : { $and: filters };
  return {
    search: { filter: filters.length === 0 ? {} : filter, sort },
    run: (input) => rest.reduce((found, { stage }) => stage(found), input),
  };
}
