/** The documents of a collection with their index entries: finding, inserting, changing, removing. */
import { calculateObjectSize, EJSON, ObjectId, serialize } from 'bson';
import { compileFilter } from './filter.ts';
import { checkedKey, documentKeys, encodeValue, keyPrefix, keysWith } from './index-key.ts';
import { choosePlan } from './plan.ts';
import { type CollectionInfo, type IndexInfo, readDocument, type Storage } from './storage.ts';
import { StoreError } from './store-error.ts';
import { compareValues, type Doc, leaves, typeOrder, typeOrders } from './values.ts';

/** The longest document. */
export const LARGEST_DOCUMENT = 16 * 1024 * 1024;

/** A document and the key that it lies under. */
export interface Found {
  readonly key: Buffer;
  readonly bytes: Buffer;
  readonly document: Doc;
}

/** What to find. */
export interface Search {
  readonly filter: Doc;
  readonly sort?: Doc | undefined;
  readonly skip?: number | undefined;
  /** 0 or nothing: all. */
  readonly limit?: number | undefined;
  /** Look at every document. */
  readonly isFullScan?: boolean | undefined;
}

const empty: Doc = {};

/** The value that an array sorts by: its least going up, its greatest going down. */
function sortValue(document: Doc, path: readonly string[], direction: number): unknown {
  const values = leaves(document, path).flatMap((leaf) => (Array.isArray(leaf) ? leaf : [leaf]));
  // What sorts below null: an array with nothing in it.
  if (values.length === 0) return emptyArray;
  return values.reduce((best: unknown, value: unknown) =>
    Math.sign(compareSorted(value, best)) === -Math.sign(direction) ? value : best,
  );
}

const emptyArray = Symbol('empty array');

function compareSorted(a: unknown, b: unknown): number {
  if (a === emptyArray || b === emptyArray) {
    const rank = (value: unknown) => (value === emptyArray ? typeOrders.emptyArray : typeOrder(value));
    return rank(a) - rank(b);
  }
  return compareValues(a, b);
}

/** Sorts in place, as MongoDB does. @throws {StoreError} 2 for a direction other than 1 and -1 */
export function sortBy<Entry>(entries: Entry[], sort: Doc, documentOf: (entry: Entry) => Doc): Entry[] {
  const fields = Object.entries(sort).map(([path, direction]) => ({
    path: path.split('.'),
    direction: Number(direction),
  }));
  const keyed = entries.map((entry) => ({
    entry,
    values: fields.map(({ path, direction }) => sortValue(documentOf(entry), path, direction)),
  }));
  keyed.sort((a, b) => {
    for (const [place, { direction }] of fields.entries()) {
      const found = compareSorted(a.values[place], b.values[place]);
      if (found !== 0) return found * direction;
    }
    return 0;
  });
  return keyed.map(({ entry }) => entry);
}

function* candidates(storage: Storage, info: CollectionInfo, search: Search): Generator<Found> {
  const { filter, sort = empty, isFullScan = false } = search;
  const plan = choosePlan(info, filter, sort, isFullScan);
  const matches = compileFilter(filter);
  const seen = new Set<string>();
  function* all(): Generator<Found> {
    for (const range of plan.ranges) {
      for (const entry of storage.scan(range, plan.isReverse)) {
        const key = plan.source === 'documents' ? entry.key : entry.value;
        if (plan.isMultikey && seen.size === seen.add(key.toString('latin1')).size) continue;
        const bytes = plan.source === 'documents' ? entry.value : storage.get(key);
        if (bytes === undefined) continue;
        const document = readDocument(bytes);
        if (matches(document)) yield { key, bytes, document };
      }
    }
  }
  if (plan.isSorted) yield* all();
  else yield* sortBy([...all()], sort, ({ document }) => document);
}

/** The matches, in order; may be left and resumed between events, and then sees what has changed since. */
export function* search(
  storage: Storage,
  info: CollectionInfo | undefined,
  what: Search,
): Generator<Found, undefined> {
  // Even where there is nothing to find, a query that is not supported is refused.
  if (info === undefined) {
    compileFilter(what.filter);
    return;
  }
  let toSkip = what.skip ?? 0;
  let left = what.limit ?? 0;
  for (const found of candidates(storage, info, what)) {
    if (toSkip > 0) {
      toSkip -= 1;
      continue;
    }
    yield found;
    left -= 1;
    if (left === 0) return;
  }
}

function duplicateKey(info: CollectionInfo, name: string, key: Doc, document: Doc): StoreError {
  const keyValue = Object.fromEntries(
    Object.keys(key).map((path) => [path, leaves(document, path.split('.'))[0] ?? null]),
  );
  const told = EJSON.stringify(keyValue);
  return new StoreError(
    11000,
    `E11000 duplicate key error collection: ${info.database}.${info.name} index: ${name} dup key: ${told}`,
    { keyPattern: key, keyValue },
  );
}

/** The keys that a document has in an index. */
function entriesOf(index: IndexInfo, document: Doc | undefined, key: Buffer) {
  if (document === undefined) return { entries: [], isMultikey: false };
  const { keys, isMultikey } = documentKeys(document, index.key);
  const prefix = keyPrefix('index', index.number);
  const entries = keys.map((part) => {
    const start = Buffer.concat([prefix, part]);
    return { start, entry: checkedKey(Buffer.concat([start, key.subarray(prefix.length)])) };
  });
  return { entries, isMultikey };
}

/** All the checks come before the first write, so that a refused document leaves nothing behind. */
function store(
  storage: Storage,
  info: CollectionInfo,
  key: Buffer,
  before: Doc | undefined,
  after: Doc | undefined,
  indexes: readonly IndexInfo[] = info.indexes,
): void {
  const changes = indexes.map((index) => {
    const { entries: old } = entriesOf(index, before, key);
    const { entries: next, isMultikey } = entriesOf(index, after, key);
    const added = next.filter(({ entry }) => !old.some((other) => other.entry.equals(entry)));
    const removed = old.filter(({ entry }) => !next.some((other) => other.entry.equals(entry)));
    if (index.unique && after !== undefined) {
      for (const { start } of added) {
        for (const { value } of storage.scan(keysWith(start))) {
          if (!value.equals(key)) throw duplicateKey(info, index.name, index.key, after);
        }
      }
    }
    return { index, isMultikey, added, removed };
  });
  const turned = changes.filter(({ index, isMultikey }) => isMultikey && !index.isMultikey);
  for (const { index } of turned) {
    index.isMultikey = true;
    storage.onRefusal(() => {
      index.isMultikey = false;
    });
  }
  if (turned.length > 0) storage.save(info);
  for (const { added, removed } of changes) {
    for (const { entry } of removed) storage.remove(entry);
    for (const { entry } of added) storage.put(entry, key);
  }
}

function toBytes(document: Doc): Buffer {
  if (calculateObjectSize(document) > LARGEST_DOCUMENT) {
    throw new StoreError(10334, 'the document is larger than 16 MB');
  }
  return Buffer.from(serialize(document));
}

/** The document with its `_id` first, made when there is none. @throws {StoreError} 53 for an `_id` that cannot be */
export function withId(document: Doc): Doc {
  const { _id: id = new ObjectId(), ...rest } = document;
  const type = typeOrder(id);
  if (type === typeOrders.array) {
    throw new StoreError(53, `The '_id' value cannot be of this type`);
  }
  return { _id: id, ...rest };
}

/** Inserts a document that has its `_id`. @throws {StoreError} 11000, when a unique key is taken */
export function insertDocument(storage: Storage, info: CollectionInfo, document: Doc): void {
  const bytes = toBytes(document);
  const key = checkedKey(Buffer.concat([keyPrefix('document', info.number), encodeValue(document['_id'])]));
  if (storage.get(key) !== undefined) throw duplicateKey(info, '_id_', { _id: 1 }, document);
  store(storage, info, key, undefined, document);
  storage.put(key, bytes);
}

/** Stores the changed document; false when nothing has changed. @throws {StoreError} 11000, 66 */
export function replaceDocument(storage: Storage, info: CollectionInfo, found: Found, after: Doc): boolean {
  const bytes = toBytes(after);
  if (bytes.equals(found.bytes)) return false;
  const before = readDocument(found.bytes);
  if (compareValues(before['_id'], after['_id']) !== 0) {
    throw new StoreError(66, `Performing an update on the path '_id' would modify the immutable field '_id'`);
  }
  store(storage, info, found.key, before, after);
  storage.put(found.key, bytes);
  return true;
}

/** Removes a document. */
export function removeDocument(storage: Storage, info: CollectionInfo, { key, bytes }: Found): void {
  store(storage, info, key, readDocument(bytes), undefined);
  storage.remove(key);
}

/** Fills a new index. @throws {StoreError} 11000, when it is unique and the documents are not */
export function fillIndex(storage: Storage, info: CollectionInfo, index: IndexInfo): void {
  for (const { key, document } of search(storage, info, { filter: {}, isFullScan: true })) {
    store(storage, info, key, undefined, document, [index]);
  }
}
