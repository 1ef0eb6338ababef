/** The stages of an aggregation: what counting and reports issue, and no more. */
import { z } from 'zod';
import { type Search, sortBy } from './collection.ts';
import { compileFilter } from './filter.ts';
import { encodeValue } from './index-key.ts';
import { compileProjection } from './projection.ts';
import { count, document, readPart, sortOrder } from './request.ts';
import { StoreError, unsupported } from './store-error.ts';
import { type Doc, isDoc, isWideNumber } from './values.ts';

type Stage = (input: Iterable<Doc>) => Iterable<Doc>;

/** The value of a constant or of a `$field`; what an array on the way would make of it is not supported. */
function evaluate(expression: unknown, source: Doc): unknown {
  if (typeof expression !== 'string' || !expression.startsWith('$')) return expression;
  let found: unknown = source;
  for (const step of expression.slice(1).split('.')) {
    if (Array.isArray(found)) throw unsupported(`the field path '${expression}' through an array`);
    found = isDoc(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return found;
}

/** What is no number counts for nothing. */
function add(sum: number, value: unknown): number {
  const next = typeof value === 'number' ? sum + value : sum;
  if (isWideNumber(value) || (Number.isInteger(next) && !Number.isSafeInteger(next))) {
    throw unsupported('$sum past 2^53 or of decimals');
  }
  return next;
}

function checkExpression(expression: unknown): void {
  const isField = typeof expression === 'string' && /^\$[^$]/.test(expression);
  if (isDoc(expression) || Array.isArray(expression)) throw unsupported('expressions in aggregations');
  if (typeof expression === 'string' && expression.startsWith('$') && !isField) {
    throw unsupported('variables in aggregations');
  }
}

function group(operand: unknown): Stage {
  if (!isDoc(operand) || !Object.hasOwn(operand, '_id')) throw new StoreError(2, 'a group needs an _id');
  const { _id: by, ...fields } = operand;
  checkExpression(by);
  const sums = Object.entries(fields).map(([name, spec]) => {
    const { $sum: expression, ...others } = isDoc(spec) ? spec : {};
    const [other] = Object.keys(others);
    if (expression === undefined || other !== undefined) throw unsupported(`the accumulator ${other}`);
    checkExpression(expression);
    return { name, expression };
  });
  return function* grouped(input) {
    const groups = new Map<string, Doc>();
    for (const source of input) {
      const id = evaluate(by, source) ?? null;
      const key = encodeValue(id).toString('latin1');
      const found = groups.get(key) ?? { _id: id };
      groups.set(key, found);
      for (const { name, expression } of sums) {
        found[name] = add(Number(found[name] ?? 0), evaluate(expression, source));
      }
    }
    yield* groups.values();
  };
}

function* slice(input: Iterable<Doc>, start: number, end: number): Generator<Doc> {
  let place = 0;
  for (const one of input) {
    if (place >= start) yield one;
    place += 1;
    if (place === end) return;
  }
}

/** Reads another collection of the database. */
export type ReadCollection = (name: string, search: Search) => Iterable<Doc>;

/** Constants only: what is no expression of any kind. */
function setConstants(operand: unknown): Stage {
  const fields = Object.entries(readPart(document, operand, '$set'));
  for (const [name, value] of fields) {
    if (name.includes('.') || typeof value !== 'string' || value.startsWith('$')) {
      throw unsupported('anything but a text in a field of its own in the stage $set');
    }
  }
  return function* set(input) {
    for (const one of input) yield { ...one, ...Object.fromEntries(fields) };
  };
}

const union = z.strictObject({ coll: z.string(), pipeline: z.array(document) });

function unionWith(operand: unknown, read: ReadCollection): Stage {
  const { coll, pipeline } = readPart(union, operand, '$unionWith');
  const { search, run } = compilePipeline(pipeline, read);
  return function* joined(input) {
    yield* input;
    yield* run(read(coll, search));
  };
}

const stages: Readonly<Record<string, (operand: unknown, read: ReadCollection) => Stage>> = {
  $match: (operand) => {
    const matches = compileFilter(readPart(document, operand, '$match'));
    return (input) => [...input].filter(matches);
  },
  $sort: (operand) => {
    const sort = readPart(sortOrder, operand, '$sort');
    return (input) => sortBy([...input], sort, (one) => one);
  },
  $skip: (operand) => {
    const skip = readPart(count, operand, '$skip');
    return (input) => slice(input, skip, Number.POSITIVE_INFINITY);
  },
  $limit: (operand) => {
    const limit = readPart(count.min(1), operand, '$limit');
    return (input) => slice(input, 0, limit);
  },
  $group: group,
  $project: (operand) => {
    const fields = readPart(document, operand, '$project');
    if (Object.values(fields).some((way) => typeof way !== 'number' && typeof way !== 'boolean')) {
      throw unsupported('expressions in the stage $project');
    }
    const project = compileProjection(fields);
    return function* projected(input) {
      for (const one of input) yield project(one);
    };
  },
  $set: setConstants,
  $unionWith: unionWith,
};

/**
 * Prepares a pipeline: its first filter goes into the search, where an index may serve it.
 * @throws {StoreError} 115 for stages and expressions that are not supported
 */
export function compilePipeline(
  pipeline: readonly Doc[],
  read: ReadCollection,
): { search: Search; run: Stage } {
  const parts = pipeline.map((stage) => {
    const [[name, operand] = ['', undefined], ...others] = Object.entries(stage);
    const make = Object.hasOwn(stages, name) ? stages[name] : undefined;
    if (others.length > 0) throw new StoreError(9, 'a stage has exactly one field');
    if (make === undefined) throw unsupported(`the aggregation stage ${name}`);
    return { name, operand, stage: make(operand, read) };
  });
  const [first, ...others] = parts;
  const hasFilter = first?.name === '$match' && isDoc(first.operand);
  const rest = hasFilter ? others : parts;
  return {
    search: { filter: hasFilter && isDoc(first.operand) ? first.operand : {} },
    run: (input) => rest.reduce((found, { stage }) => stage(found), input),
  };
}
