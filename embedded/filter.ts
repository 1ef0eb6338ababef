/** Queries: a filter becomes a predicate over documents. Which documents are looked at is plan.ts's. */
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
  // Refuses what cannot be compared before there is anything to compare.
  typeOrder(operand);
  return any((value) => equalValues(value, operand));
}

/** Ranges stay within the operand's type. */
function compares(holds: (order: number) => boolean): (operand: unknown) => LeafTest {
  return (operand) => {
    const type = typeOrder(operand);
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
  const values = list('$in', operand);
  if (values.some(hasOperators)) throw new StoreError(2, 'cannot nest $ under $in');
  const tests = values.map(equals);
  return (found) => tests.some((test) => test(found));
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

/** The branches of `$and` or `$or`. */
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
    if (key !== '$and' && key !== '$or') throw unsupported(`the query operator ${key}`);
    const tests = branches(key, condition).map(compileFilter);
    if (key === '$and') return (document) => tests.every((test) => test(document));
    return (document) => tests.some((test) => test(document));
  });
  return (document) => parts.every((part) => part(document));
}
