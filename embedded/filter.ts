/** Queries: a filter becomes a predicate over documents. Which documents are looked at is plan.ts's. */
import { BSONRegExp } from 'bson';
import { StoreError, unsupported } from './store-error.ts';
import { compareValues, type Doc, equalValues, isDoc, leaves, typeOrder, typeOrders } from './values.ts';

/** Tells whether a document matches. */
export type Predicate = (document: unknown) => boolean;

/** Tells whether what a path leads to matches. */
type LeafTest = (found: readonly unknown[]) => boolean;

/** True for `{ $operator: … }`. */
export function hasOperators(condition: unknown): condition is Doc {
  return isDoc(condition) && (Object.keys(condition)[0]?.startsWith('$') ?? false);
}

/** A test of one value holds when the value, or an element of the array that it is, passes. */
function any(test: (value: unknown) => boolean): LeafTest {
  return (found) => found.some((leaf) => test(leaf) || (Array.isArray(leaf) && leaf.some(test)));
}

function not(test: LeafTest): LeafTest {
  return (found) => !test(found);
}

function equals(operand: unknown): LeafTest {
  if (operand instanceof BSONRegExp) throw unsupported('regular expressions in queries');
  return any((value) => equalValues(value, operand));
}

/** Ranges stay within the operand's type. */
function compares(holds: (order: number) => boolean): (operand: unknown) => LeafTest {
  return (operand) => {
    if (operand instanceof BSONRegExp) throw unsupported('regular expressions in queries');
    const type = typeOrder(operand);
    if (type === typeOrders.minKey || type === typeOrders.maxKey)
      throw unsupported('ranges up to MinKey or MaxKey');
    return any(
      (value) =>
        typeOrder(value) === type &&
        holds(compareValues(value, operand)) &&
        (Number.isNaN(value) === Number.isNaN(operand) || type !== typeOrders.number),
    );
  };
}

function list(operator: string, operand: unknown): unknown[] {
  if (!Array.isArray(operand)) throw new StoreError(2, `${operator} needs an array`);
  return operand;
}

function isIn(operand: unknown): LeafTest {
  const tests = list('$in', operand).map(equals);
  return (found) => tests.some((test) => test(found));
}

const typeNames: Readonly<Record<string, readonly [number, number]>> = {
  number: [typeOrders.number, -1],
  string: [typeOrders.string, 2],
  object: [typeOrders.object, 3],
  array: [typeOrders.array, 4],
  binData: [typeOrders.binary, 5],
  objectId: [typeOrders.objectId, 7],
  bool: [typeOrders.boolean, 8],
  date: [typeOrders.date, 9],
  null: [typeOrders.null, 10],
};

function hasType(operand: unknown): LeafTest {
  const found = Object.entries(typeNames).find(
    ([name, [, number]]) => operand === name || operand === number,
  );
  if (found === undefined) throw unsupported(`$type of ${JSON.stringify(operand)}`);
  const type = found[1][0];
  return any((value) => value !== undefined && typeOrder(value) === type);
}

function matchesElement(operand: unknown): LeafTest {
  if (!isDoc(operand)) throw new StoreError(2, '$elemMatch needs an Object');
  const isOfValues =
    hasOperators(operand) && !['$and', '$or', '$nor'].includes(Object.keys(operand)[0] ?? '');
  const test = isOfValues ? compileOperators(operand) : undefined;
  const predicate = isOfValues ? undefined : compileFilter(operand);
  return (found) =>
    found.some(
      (leaf) =>
        Array.isArray(leaf) &&
        leaf.some((element) =>
          test === undefined ? isDoc(element) && predicate?.(element) : test([element]),
        ),
    );
}

const operators: Readonly<Record<string, (operand: unknown) => LeafTest>> = {
  $eq: equals,
  $ne: (operand) => not(equals(operand)),
  $gt: compares((order) => order > 0),
  $gte: compares((order) => order >= 0),
  $lt: compares((order) => order < 0),
  $lte: compares((order) => order <= 0),
  $in: isIn,
  $nin: (operand) => not(isIn(operand)),
  $exists: (operand) => {
    const isWanted = operand !== false && operand !== 0 && operand !== null;
    return (found) => found.some((leaf) => leaf !== undefined) === isWanted;
  },
  $type: hasType,
  $size: (operand) => (found) => found.some((leaf) => Array.isArray(leaf) && leaf.length === operand),
  $all: (operand) => {
    const tests = list('$all', operand).map(equals);
    return (found) => tests.length > 0 && tests.every((test) => test(found));
  },
  $elemMatch: matchesElement,
  $not: (operand) => {
    if (!hasOperators(operand)) throw new StoreError(2, '$not needs a document of operators');
    return not(compileOperators(operand));
  },
};

function compileOperators(condition: Doc): LeafTest {
  const tests = Object.entries(condition).map(([operator, operand]) => {
    const make = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
    if (make === undefined) throw unsupported(`the query operator ${operator}`);
    return make(operand);
  });
  return (found) => tests.every((test) => test(found));
}

function compilePath(path: string, condition: unknown): Predicate {
  const steps = path.split('.');
  const test = hasOperators(condition) ? compileOperators(condition) : equals(condition);
  return (document) => test(leaves(document, steps));
}

/** The branches of `$and`, `$or` or `$nor`. */
export function branches(operator: string, operand: unknown): Doc[] {
  if (!Array.isArray(operand) || operand.length === 0 || !operand.every(isDoc)) {
    throw new StoreError(2, `${operator} must be a nonempty array of objects`);
  }
  return operand;
}

/**
 * Makes the predicate of a filter.
 * @throws {StoreError} 2 for a malformed filter, 115 for an operator that is not supported
 */
export function compileFilter(filter: Doc): Predicate {
  const parts = Object.entries(filter).map(([key, condition]): Predicate => {
    if (!key.startsWith('$')) return compilePath(key, condition);
    if (!['$and', '$or', '$nor'].includes(key)) throw unsupported(`the query operator ${key}`);
    const tests = branches(key, condition).map(compileFilter);
    if (key === '$and') return (document) => tests.every((test) => test(document));
    return (document) => tests.some((test) => test(document)) === (key === '$or');
  });
  return (document) => parts.every((part) => part(document));
}
