/**
 * The lmdb file: one ordered map of bytes, transactions that are on disk when they resolve, and the catalog of
 * collections. What a document's index entries are is collection.ts's.
 */
import { join } from 'node:path';
import { deserialize, serialize } from 'bson';
import { open, type RootDatabase } from 'lmdb';
import { z } from 'zod';
import { clippedRange, type KeyRange, keyPrefix, keysWith } from './index-key.ts';
import { unsupported } from './store-error.ts';
import { type Doc, isDoc } from './values.ts';

const COUNTER = Buffer.from([0]);
const CATALOG = Buffer.from([1]);
/** Entries read at a time: no lmdb cursor stays open while anything else runs. */
const SMALLEST_CHUNK = 16;
const LARGEST_CHUNK = 512;

const document = z.custom<Doc>(isDoc);
const indexSchema = z.object({
  number: z.int(),
  name: z.string(),
  key: document,
  unique: z.boolean().default(false),
  expireAfterSeconds: z.number().optional(),
  isMultikey: z.boolean(),
});
const collectionSchema = z.object({
  database: z.string(),
  name: z.string(),
  number: z.int(),
  indexes: z.array(indexSchema),
});

/** An index; `isReady` once a reader may count on it. */
export type IndexInfo = z.infer<typeof indexSchema> & { isReady: boolean };
/** A collection; the index on `_id` is its documents' own order and not among the indexes. */
export type CollectionInfo = Omit<z.infer<typeof collectionSchema>, 'indexes'> & { indexes: IndexInfo[] };

/** Reads a stored document. */
export function readDocument(bytes: Uint8Array): Doc {
  return deserialize(bytes, { bsonRegExp: true });
}

function catalogKey(database: string, name: string): Buffer {
  return Buffer.concat([CATALOG, Buffer.from(`${database}\0${name}`)]);
}

/** The open file. */
export class Storage {
  readonly #map: RootDatabase<Buffer, Buffer>;
  readonly #catalog = new Map<string, CollectionInfo>();
  readonly #onFailure: (error: unknown) => void;
  #undo: (() => void)[] = [];

  /** @param onFailure told when a flush failed */
  constructor(directory: string, onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
    this.#map = open<Buffer, Buffer>({
      path: join(directory, 'data.mdb'),
      noSubdir: true,
      encoding: 'binary',
      keyEncoding: 'binary',
      // An answered write must be on disk; the default would answer before the flush.
      overlappingSync: false,
    });
  }

  /** Runs alone among all writers and processes. For the claim on the file, before anything else is done. */
  exclusively<Result>(task: () => Result): Result {
    return this.#map.transactionSync(task);
  }

  /** Reads the catalog from the file, once. */
  load(): void {
    for (const { value } of this.scan(keysWith(CATALOG))) {
      const { indexes, ...rest } = collectionSchema.parse(readDocument(value));
      const info = { ...rest, indexes: indexes.map((index) => ({ ...index, isReady: true })) };
      this.#catalog.set(`${info.database}\0${info.name}`, info);
    }
  }

  /**
   * Runs a task as one transaction: all of it is on disk when this resolves, or nothing when the task throws. Tasks
   * that come together are flushed together. A disk that fails ends the process: the catalog in memory would be
   * ahead of the one on disk.
   */
  async write<Result>(task: () => Result): Promise<Result> {
    let refusal: { readonly error: unknown } | undefined;
    try {
      return await this.#map.childTransaction(() => {
        this.#undo = [];
        try {
          return task();
        } catch (error) {
          // At once: tasks of the same flush come after this one, and must not see what it did.
          for (const step of this.#undo.reverse()) step();
          refusal = { error };
          throw error;
        }
      });
    } catch (error) {
      if (refusal === undefined) this.#onFailure(error);
      throw refusal === undefined ? error : refusal.error;
    }
  }

  /** Says how a change of the catalog in memory is taken back when the write under way is refused. */
  onRefusal(step: () => void): void {
    this.#undo.push(step);
  }

  /** To be called before reads of a request, so that they see the last flushed write. */
  refresh(): void {
    this.#map.resetReadTxn();
  }

  get(key: Buffer): Buffer | undefined {
    return this.#map.get(key);
  }

  put(key: Buffer, value: Buffer): void {
    void this.#map.put(key, value);
  }

  remove(key: Buffer): void {
    void this.#map.remove(key);
  }

  /** The entries of a range, in order or backwards; it may be left and resumed at any time. */
  *scan(range: KeyRange, isReverse = false): Generator<{ key: Buffer; value: Buffer }> {
    const { lower, upper } = clippedRange(range);
    let last: Buffer | undefined;
    for (let limit = SMALLEST_CHUNK; ; limit = Math.min(limit * 2, LARGEST_CHUNK)) {
      const start = last ?? (isReverse ? upper : lower);
      const chunk: { key: Buffer; value: Buffer }[] = [];
      const options = { start, end: isReverse ? lower : upper, reverse: isReverse, limit: limit + 1 };
      for (const { key, value } of this.#map.getRange(options)) {
        if (last === undefined || !last.equals(key))
          chunk.push({ key: Buffer.from(key), value: Buffer.from(value) });
      }
      yield* chunk;
      if (chunk.length < limit) return;
      last = chunk.at(-1)?.key;
    }
  }

  /** The collections of a database, or all. */
  collections(database?: string): CollectionInfo[] {
    return [...this.#catalog.values()].filter((info) => database === undefined || info.database === database);
  }

  find(database: string, name: string): CollectionInfo | undefined {
    return this.#catalog.get(`${database}\0${name}`);
  }

  /** Finds or makes a collection; within a write. */
  ensure(database: string, name: string): CollectionInfo {
    const found = this.find(database, name);
    if (found !== undefined) return found;
    if (catalogKey(database, name).length > 300) throw unsupported('names of more than 255 bytes');
    const info = { database, name, number: this.nextNumber(), indexes: [] };
    this.save(info);
    return info;
  }

  #remember(database: string, name: string, info: CollectionInfo | undefined): void {
    const key = `${database}\0${name}`;
    const before = this.#catalog.get(key);
    const set = (value: CollectionInfo | undefined) =>
      value === undefined ? this.#catalog.delete(key) : this.#catalog.set(key, value);
    this.onRefusal(() => set(before));
    set(info);
  }

  /** Stores what the catalog knows of a collection; within a write. */
  save(info: CollectionInfo): void {
    this.#remember(info.database, info.name, info);
    const indexes = info.indexes.map(({ isReady: _, ...index }) => index);
    this.put(
      catalogKey(info.database, info.name),
      Buffer.from(serialize({ ...info, indexes }, { ignoreUndefined: true })),
    );
  }

  /** Removes a collection with all it holds; within a write. */
  drop(info: CollectionInfo): void {
    this.#remember(info.database, info.name, undefined);
    this.remove(catalogKey(info.database, info.name));
    for (const index of info.indexes) this.clear(keyPrefix('index', index.number));
    this.clear(keyPrefix('document', info.number));
  }

  /** Removes all keys that begin so; within a write. */
  clear(prefix: Buffer): void {
    for (const { key } of this.scan(keysWith(prefix))) this.remove(key);
  }

  /** A number that no collection or index has had; within a write. */
  nextNumber(): number {
    const next = (this.get(COUNTER)?.readUInt32BE() ?? 0) + 1;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(next);
    this.put(COUNTER, bytes);
    return next;
  }

  /** Waits for what is under way and closes the file. */
  close(): Promise<void> {
    return this.#map.close();
  }
}
