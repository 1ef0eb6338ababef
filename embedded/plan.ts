/** Which documents a query looks at: the `_id`, the ranges of one index, or all. The filter has the last word. */
import { hasOperators } from './filter.ts';
import { encodeField, encodeValue, fieldRange, type KeyRange, keyPrefix, keysWith } from './index-key.ts';
import type { CollectionInfo, IndexInfo } from './storage.ts';
import { type Doc, isDoc, typeOrder, typeOrders } from './values.ts';

/** What a query says of one path: every condition that must hold. */
interface Conditions {
  equal: unknown[] | undefined;
  low: unknown;
  high: unknown;
}

/** What to read, in which order, and whether that is the wanted order. */
export interface Plan {
  readonly source: 'documents' | 'index';
  readonly ranges: readonly KeyRange[];
  readonly isReverse: boolean;
  readonly isSorted: boolean;
  /** A document may turn up more than once. */
  readonly isMultikey: boolean;
}

const bounding: readonly number[] = [
  typeOrders.number,
  typeOrders.string,
  typeOrders.objectId,
  typeOrders.boolean,
  typeOrders.date,
];

/** Only such values bound an index: one type, and never the null that also stands for what is missing. */
function isBound(value: unknown): boolean {
  return typeof value !== 'object' || value === null || value instanceof Date || '_bsontype' in value
    ? bounding.includes(typeOrder(value)) && !Number.isNaN(value)
    : false;
}

function addCondition(conditions: Conditions, operator: string, operand: unknown): void {
  if (operator === '$eq' && isBound(operand)) conditions.equal ??= [operand];
  if (operator === '$in' && Array.isArray(operand) && operand.every(isBound)) conditions.equal ??= operand;
  if ((operator === '$gt' || operator === '$gte') && isBound(operand)) conditions.low ??= operand;
  if ((operator === '$lt' || operator === '$lte') && isBound(operand)) conditions.high ??= operand;
}

/** What must hold of each path for a document to match, as far as indexes can use it. */
function conditionsOf(filter: Doc, found = new Map<string, Conditions>()): Map<string, Conditions> {
  for (const [path, condition] of Object.entries(filter)) {
    if (path === '$and' && Array.isArray(condition)) {
      for (const branch of condition.filter(isDoc)) conditionsOf(branch, found);
    }
    if (path.startsWith('$')) continue;
    const conditions = found.get(path) ?? { equal: undefined, low: undefined, high: undefined };
    found.set(path, conditions);
    const operators = hasOperators(condition) ? condition : { $eq: condition };
    for (const [operator, operand] of Object.entries(operators)) addCondition(conditions, operator, operand);
  }
  return found;
}

/** The range that a lower and an upper bound leave, when there is any. */
function boundRange(prefix: Buffer, direction: number, bounds?: Pick<Conditions, 'low' | 'high'>) {
  const { low, high } = bounds ?? {};
  const type = typeOrder(low ?? high);
  if (type === typeOrders.null) return undefined;
  // Bounds of two types leave nothing, which the filter finds out.
  const upper = low === undefined || (high !== undefined && typeOrder(high) === type) ? high : undefined;
  return fieldRange(prefix, direction, { type, low, high: upper });
}

/** The ranges of an index that hold every match, and how good they are. */
function rangesOf(index: IndexInfo, conditions: ReadonlyMap<string, Conditions>) {
  let prefixes = [keyPrefix('index', index.number)];
  const single = new Set<string>();
  let score = 0;
  for (const [path, direction] of Object.entries(index.key)) {
    const { equal, low, high } = conditions.get(path) ?? {};
    if (equal !== undefined && prefixes.length * equal.length <= 10_000) {
      const distinct = new Map(
        equal
          .map((value) => encodeField(value, Number(direction)))
          .map((part) => [part.toString('latin1'), part]),
      );
      prefixes = prefixes.flatMap((prefix) =>
        [...distinct.values()].map((part) => Buffer.concat([prefix, part])),
      );
      if (equal.length === 1) single.add(path);
      score += equal.length === 1 ? 10 : 7;
      // On an array, other fields' values may stand in other elements' keys.
      if (index.isMultikey) break;
      continue;
    }
    // On an array, one element may pass the one bound and another the other.
    const bounds = { low, high: index.isMultikey && low !== undefined ? undefined : high };
    const ranges = prefixes.flatMap((prefix) => boundRange(prefix, Number(direction), bounds) ?? []);
    if (ranges.length === 0) break;
    return { ranges, single, score: score + 4 };
  }
  return { ranges: prefixes.map(keysWith), single, score };
}

/** Which way to walk along the index for the wanted order, if any way will do. */
function sortedBy(
  index: IndexInfo,
  single: ReadonlySet<string>,
  sort: Doc,
): 'forward' | 'reverse' | undefined {
  const wanted = Object.entries(sort).filter(([path]) => !single.has(path));
  const fields = Object.entries(index.key).filter(([path]) => !single.has(path));
  if (index.isMultikey || wanted.length > fields.length) return undefined;
  const turns = wanted.map(([path, direction], place) => {
    const [name, own] = fields[place] ?? [];
    return name === path ? Number(direction) * Number(own) : 0;
  });
  if (turns.every((turn) => turn > 0)) return 'forward';
  return turns.every((turn) => turn < 0) ? 'reverse' : undefined;
}

/** Every document, in the order of `_id`. */
function everything(info: CollectionInfo, sort: Doc, ids?: Conditions): Plan {
  const prefix = keyPrefix('document', info.number);
  const [path, direction] = Object.entries(sort)[0] ?? [];
  return {
    source: 'documents',
    ranges: [boundRange(prefix, 1, ids) ?? keysWith(prefix)],
    isReverse: path === '_id' && Number(direction) < 0,
    isSorted: path === undefined || path === '_id',
    isMultikey: false,
  };
}

/**
 * Chooses how to find the matches of a filter in the order of a sort.
 * @param isFullScan true to look at everything, whatever indexes there are
 */
export function choosePlan(info: CollectionInfo, filter: Doc, sort: Doc, isFullScan: boolean): Plan {
  if (isFullScan) return everything(info, sort);
  const conditions = conditionsOf(filter);
  const ids = conditions.get('_id')?.equal;
  if (ids !== undefined) {
    const prefix = keyPrefix('document', info.number);
    const keys = new Map(ids.map((id) => [encodeValue(id).toString('latin1'), encodeValue(id)]));
    const ranges = [...keys.values()].map((key) => keysWith(Buffer.concat([prefix, key])));
    const isSorted = ranges.length <= 1 || Object.keys(sort).length === 0;
    return { source: 'documents', ranges, isReverse: false, isSorted, isMultikey: false };
  }
  let best: { plan: Plan; score: number } | undefined;
  for (const index of info.indexes) {
    if (!index.isReady) continue;
    const { ranges, single, score } = rangesOf(index, conditions);
    const order = ranges.length === 1 ? sortedBy(index, single, sort) : undefined;
    const isSorted = Object.keys(sort).length === 0 || order !== undefined;
    if (score === 0 && (Object.keys(sort).length === 0 || order === undefined)) continue;
    const total = score + (order !== undefined && Object.keys(sort).length > 0 ? 3 : 0);
    if (best !== undefined && best.score >= total) continue;
    const isReverse = order === 'reverse';
    best = {
      plan: { source: 'index', ranges, isReverse, isSorted, isMultikey: index.isMultikey },
      score: total,
    };
  }
  return best?.plan ?? everything(info, sort, conditions.get('_id'));
}
