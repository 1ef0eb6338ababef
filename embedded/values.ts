/** BSON values: MongoDB's order of types and values, and what a dotted path leads to. */
import { Binary, Decimal128, Long, ObjectId, Timestamp } from 'bson';
import { unsupported } from './store-error.ts';

/** A document, as bson reads it: numbers promoted, dates as Date, arrays as arrays. */
export type Doc = Record<string, unknown>;

/** True for an embedded document; BSON's own classes are values. */
export function isDoc(value: unknown): value is Doc {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The canonical types, in MongoDB's order of comparison. */
export const typeOrders = {
  emptyArray: 3,
  null: 5,
  number: 10,
  string: 15,
  object: 20,
  array: 25,
  binary: 30,
  objectId: 35,
  boolean: 40,
  date: 45,
} as const;

/** The place of a value's type in the order; a missing value counts as null. */
export function typeOrder(value: unknown): number {
  if (value === undefined || value === null) return typeOrders.null;
  if (typeof value === 'string') return typeOrders.string;
  if (typeof value === 'number') return typeOrders.number;
  if (value instanceof Long && !(value instanceof Timestamp)) return typeOrders.number;
  if (typeof value === 'boolean') return typeOrders.boolean;
  if (value instanceof Date) return typeOrders.date;
  if (Array.isArray(value)) return typeOrders.array;
  if (isDoc(value)) return typeOrders.object;
  if (value instanceof ObjectId) return typeOrders.objectId;
  if (value instanceof Binary) return typeOrders.binary;
  throw unsupported('queries, sorts and indexes over values of this BSON type');
}

/** True for a number that JavaScript's cannot hold: a whole one past 2^53, or a decimal. */
export function isWideNumber(value: unknown): boolean {
  return (value instanceof Long && !(value instanceof Timestamp)) || value instanceof Decimal128;
}

function order<Value>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareNumbers(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
    return order(a, b);
  }
  // Past 2^53 bson keeps a Long; JavaScript compares a bigint and a double exactly.
  const [left, right] = [a, b].map((value) => (value instanceof Long ? value.toBigInt() : Number(value)));
  return order(left ?? 0, right ?? 0);
}

function compareDocs(a: Doc, b: Doc): number {
  const left = Object.entries(a);
  const right = Object.entries(b);
  for (const [place, [name, value]] of left.entries()) {
    const other = right[place];
    if (other === undefined) return 1;
    const found =
      order(typeOrder(value), typeOrder(other[1])) ||
      compareStrings(name, other[0]) ||
      compareValues(value, other[1]);
    if (found !== 0) return found;
  }
  return left.length - right.length;
}

/** By their UTF-8, which is not the order of JavaScript's UTF-16 outside the basic plane. */
function compareStrings(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Compares as MongoDB sorts: by type first, then by value. Negative, zero or positive. */
export function compareValues(a: unknown, b: unknown): number {
  const byType = order(typeOrder(a), typeOrder(b));
  if (byType !== 0) return byType;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a === 'number' || a instanceof Long) return compareNumbers(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Date && b instanceof Date) return order(a.getTime(), b.getTime());
  if (a instanceof ObjectId && b instanceof ObjectId) return Buffer.compare(a.id, b.id);
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let place = 0; place < Math.min(a.length, b.length); place += 1) {
      const found = compareValues(a[place], b[place]);
      if (found !== 0) return found;
    }
    return a.length - b.length;
  }
  if (isDoc(a) && isDoc(b)) return compareDocs(a, b);
  if (a instanceof Binary && b instanceof Binary) {
    return (
      a.position - b.position ||
      a.sub_type - b.sub_type ||
      Buffer.compare(a.buffer.subarray(0, a.position), b.buffer.subarray(0, b.position))
    );
  }
  return 0;
}

/** True when both are the same value to a query. */
export function equalValues(a: unknown, b: unknown): boolean {
  return typeOrder(a) === typeOrder(b) && compareValues(a, b) === 0;
}

/** True for a path step that is a place in an array. */
export function isPlace(step: string): boolean {
  return /^(?:0|[1-9]\d{0,5})$/.test(step);
}

/**
 * What a path leads to, one entry per place, `undefined` where it leads nowhere. Arrays on the way fan out over
 * the documents in them; an array at the end is one entry.
 */
export function leaves(value: unknown, path: readonly string[], at = 0): unknown[] {
  const step = path[at];
  if (step === undefined) return [value];
  if (Array.isArray(value)) {
    const found = value.filter(isDoc).flatMap((element) => leaves(element, path, at));
    if (isPlace(step) && Number(step) < value.length)
      found.push(...leaves(value[Number(step)], path, at + 1));
    return found;
  }
  if (!isDoc(value) || !Object.hasOwn(value, step)) return [undefined];
  return leaves(value[step], path, at + 1);
}
