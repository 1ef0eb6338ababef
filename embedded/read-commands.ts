/** The commands that read documents, and the cursors that hand out what one reply cannot hold. */
import { randomInt } from 'node:crypto';
import { Long } from 'bson';
import { z } from 'zod';
import { compilePipeline, type ReadCollection } from './aggregation.ts';
import { LARGEST_DOCUMENT, search } from './collection.ts';
import { encodeValue } from './index-key.ts';
import { compileProjection } from './projection.ts';
import {
  collectionName,
  count,
  document,
  documents,
  flag,
  naturalHint,
  type Request,
  readFields,
  sortOrder,
} from './request.ts';
import type { Storage } from './storage.ts';
import { StoreError } from './store-error.ts';
import { type Doc, leaves } from './values.ts';
import { sizeOf } from './wire.ts';

const FIRST_BATCH = 101;
/** Open cursors at most; more are a client that never closes any. */
const MOST_CURSORS = 1_000;

interface Cursor {
  readonly namespace: string;
  readonly found: Iterator<Doc>;
  /** Read already, but the batch before was full. */
  ahead: Doc | undefined;
  usedAt: number;
}

/** The open cursors. */
export class Cursors {
  readonly #cursors = new Map<number, Cursor>();

  /** The first batch of what was found, and a cursor when there is more. */
  open(namespace: string, found: Iterable<Doc>, batchSize: number, isOnly = false): Doc {
    const cursor = { namespace, found: found[Symbol.iterator](), ahead: undefined, usedAt: Date.now() };
    const firstBatch = nextBatch(cursor, batchSize);
    const isDone = isOnly || (batchSize > 0 && isExhausted(cursor));
    if (isDone) return { cursor: { id: Long.ZERO, ns: namespace, firstBatch } };
    if (this.#cursors.size >= MOST_CURSORS) throw new StoreError(2, 'too many open cursors');
    let id = randomInt(1, 2 ** 47);
    while (this.#cursors.has(id)) id = randomInt(1, 2 ** 47);
    this.#cursors.set(id, cursor);
    return { cursor: { id: Long.fromNumber(id), ns: namespace, firstBatch } };
  }

  /** The next batch. @throws {StoreError} 43, when there is no such cursor */
  more(id: number, namespace: string, batchSize: number): Doc {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined || cursor.namespace !== namespace)
      throw new StoreError(43, `cursor id ${id} not found`);
    cursor.usedAt = Date.now();
    const batch = nextBatch(cursor, batchSize);
    const isDone = isExhausted(cursor);
    if (isDone) this.#cursors.delete(id);
    return { cursor: { id: isDone ? Long.ZERO : Long.fromNumber(id), ns: namespace, nextBatch: batch } };
  }

  kill(id: number): boolean {
    return this.#cursors.delete(id);
  }

  /** Forgets cursors that nobody has asked for some time. */
  removeIdle(milliseconds: number): void {
    for (const [id, { usedAt }] of this.#cursors) if (Date.now() - usedAt > milliseconds) this.kill(id);
  }
}

function nextBatch(cursor: Cursor, batchSize: number): Doc[] {
  const batch: Doc[] = [];
  let size = 0;
  while (batch.length < batchSize && !isExhausted(cursor)) {
    const one = cursor.ahead;
    if (one === undefined) break;
    size += sizeOf(one);
    if (batch.length > 0 && size > LARGEST_DOCUMENT) break;
    batch.push(one);
    cursor.ahead = undefined;
  }
  return batch;
}

function isExhausted(cursor: Cursor): boolean {
  if (cursor.ahead !== undefined) return false;
  const next = cursor.found.next();
  if (next.done) return true;
  cursor.ahead = next.value;
  return false;
}

const findSchema = z.strictObject({
  find: collectionName,
  filter: document.default({}),
  sort: sortOrder.optional(),
  projection: document.optional(),
  skip: count.optional(),
  limit: count.optional(),
  batchSize: count.default(FIRST_BATCH),
  singleBatch: flag.default(false),
  hint: naturalHint.optional(),
});
const aggregateSchema = z.strictObject({
  aggregate: collectionName,
  pipeline: documents,
  cursor: z.strictObject({ batchSize: count.default(FIRST_BATCH) }),
});
const getMoreSchema = z.strictObject({
  getMore: z.union([z.int(), z.instanceof(Long).transform((id) => id.toNumber())]),
  collection: z.string(),
  batchSize: count.optional(),
});
const killSchema = z.strictObject({
  killCursors: z.string(),
  cursors: z.array(z.union([z.int(), z.instanceof(Long).transform((id) => id.toNumber())])),
});
const distinctSchema = z.strictObject({
  distinct: collectionName,
  key: z.string(),
  query: document.default({}),
});

/** What the reading commands work with. */
export interface Reading {
  readonly storage: Storage;
  readonly cursors: Cursors;
}

function* documentsOf(
  found: Iterable<{ readonly document: Doc }>,
  project?: (one: Doc) => Doc,
): Generator<Doc> {
  for (const { document: one } of found) yield project === undefined ? one : project(one);
}

/** The commands that read. */
export const readCommands: Readonly<Record<string, (reading: Reading, request: Request) => Doc>> = {
  find({ storage, cursors }, request) {
    const { find, projection, hint, batchSize, singleBatch, ...what } = readFields(findSchema, request);
    const project = projection === undefined ? undefined : compileProjection(projection);
    const info = storage.find(request.database, find);
    const found = search(storage, info, { ...what, isFullScan: hint !== undefined });
    return cursors.open(`${request.database}.${find}`, documentsOf(found, project), batchSize, singleBatch);
  },
  aggregate({ storage, cursors }, request) {
    const { aggregate, pipeline, cursor } = readFields(aggregateSchema, request);
    const read: ReadCollection = (name, what) =>
      documentsOf(search(storage, storage.find(request.database, name), what));
    const { search: what, run } = compilePipeline(pipeline, read);
    return cursors.open(`${request.database}.${aggregate}`, run(read(aggregate, what)), cursor.batchSize);
  },
  getMore({ cursors }, request) {
    const { getMore, collection, batchSize } = readFields(getMoreSchema, request);
    return cursors.more(getMore, `${request.database}.${collection}`, batchSize ?? Number.POSITIVE_INFINITY);
  },
  killCursors({ cursors }, request) {
    const { cursors: ids } = readFields(killSchema, request);
    const cursorsKilled = ids.filter((id) => cursors.kill(id));
    const cursorsNotFound = ids.filter((id) => !cursorsKilled.includes(id));
    const asLongs = (list: readonly number[]) => list.map((id) => Long.fromNumber(id));
    return {
      cursorsKilled: asLongs(cursorsKilled),
      cursorsNotFound: asLongs(cursorsNotFound),
      cursorsAlive: [],
      cursorsUnknown: [],
    };
  },
  distinct({ storage }, request) {
    const { distinct, key, query } = readFields(distinctSchema, request);
    const values = new Map<string, unknown>();
    for (const { document: one } of search(storage, storage.find(request.database, distinct), {
      filter: query,
    })) {
      for (const leaf of leaves(one, key.split('.'))) {
        const found: unknown[] = Array.isArray(leaf) ? leaf : [leaf];
        for (const value of found) {
          if (value !== undefined) values.set(encodeValue(value).toString('latin1'), value);
        }
      }
    }
    return { values: [...values.values()] };
  },
};
