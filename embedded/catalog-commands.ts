/** The commands about collections and indexes. */
import { z } from 'zod';
import { fillIndex } from './collection.ts';
import { compileFilter } from './filter.ts';
import type { Reading } from './read-commands.ts';
import { collectionName, document, flag, type Request, readFields } from './request.ts';
import type { CollectionInfo, IndexInfo } from './storage.ts';
import { StoreError, unsupported } from './store-error.ts';
import { compareValues, type Doc, isPlace } from './values.ts';

const indexSpec = z.strictObject({
  key: document,
  name: z.string().min(1),
  unique: flag.default(false),
  expireAfterSeconds: z
    .number()
    .min(0)
    .max(2 ** 31 - 1)
    .optional(),
  background: flag.optional(),
  v: z.literal(2).optional(),
});
type IndexSpec = z.infer<typeof indexSpec>;
const createIndexesSchema = z.strictObject({
  createIndexes: collectionName,
  indexes: z.array(indexSpec).min(1),
});
const listIndexesSchema = z.strictObject({
  listIndexes: collectionName,
  cursor: z.strictObject({ batchSize: z.int().min(1).optional() }).optional(),
});
const listCollectionsSchema = z.strictObject({
  listCollections: z.literal(1),
  filter: document.default({}),
  nameOnly: flag.optional(),
  authorizedCollections: flag.optional(),
  cursor: z.strictObject({ batchSize: z.int().min(1).optional() }).optional(),
});
const dropDatabaseSchema = z.strictObject({ dropDatabase: z.literal(1) });

function checkSpec({ key, expireAfterSeconds }: IndexSpec): void {
  const fields = Object.entries(key);
  if (fields.length === 0) throw new StoreError(67, 'an index needs a key');
  for (const [path, direction] of fields) {
    if (direction !== 1 && direction !== -1) throw unsupported(`an index with ${JSON.stringify(direction)}`);
    if (path.split('.').some((step) => step === '' || step.startsWith('$') || isPlace(step))) {
      throw unsupported(`an index on '${path}'`);
    }
  }
  if (expireAfterSeconds !== undefined && (fields.length > 1 || Object.hasOwn(key, '_id'))) {
    throw new StoreError(67, 'a TTL index has one field, which is not _id');
  }
}

/** The index that is there already. @throws {StoreError} 85, 86, when another has its name or its key */
function present(info: CollectionInfo, spec: IndexSpec): IndexInfo | undefined {
  const found = info.indexes.find(({ name }) => name === spec.name);
  const same = info.indexes.find(({ key }) => isSame(key, spec.key));
  if (found !== undefined && found !== same) {
    throw new StoreError(86, `An existing index has the same name as the requested index: ${spec.name}`);
  }
  if (same === undefined) return undefined;
  if (found === undefined)
    throw new StoreError(85, `Index already exists with a different name: ${same.name}`);
  if (same.unique !== spec.unique || same.expireAfterSeconds !== spec.expireAfterSeconds) {
    throw new StoreError(
      same.unique !== spec.unique ? 86 : 85,
      `An equivalent index already exists with other options: ${spec.name}`,
    );
  }
  return found;
}

function isSame(a: Doc, b: Doc): boolean {
  return compareValues(a, b) === 0;
}

async function createIndexes({ storage }: Reading, request: Request): Promise<Doc> {
  const fields = readFields(createIndexesSchema, request);
  for (const spec of fields.indexes) checkSpec(spec);
  const { added, reply } = await storage.write(() => {
    const isNew = storage.find(request.database, fields.createIndexes) === undefined;
    const info = storage.ensure(request.database, fields.createIndexes);
    const numIndexesBefore = info.indexes.length + 1;
    const made: IndexInfo[] = [];
    for (const spec of fields.indexes) {
      if (isSame(spec.key, { _id: 1 }) || present(info, spec) !== undefined) continue;
      const { background: _, v: __, ...rest } = spec;
      const index = { ...rest, number: storage.nextNumber(), isMultikey: false, isReady: false };
      info.indexes.push(index);
      storage.onRefusal(() => {
        info.indexes = info.indexes.filter((one) => one !== index);
      });
      fillIndex(storage, info, index);
      made.push(index);
    }
    storage.save(info);
    const numIndexesAfter = info.indexes.length + 1;
    return {
      added: made,
      reply: { numIndexesBefore, numIndexesAfter, createdCollectionAutomatically: isNew },
    };
  });
  // Readers see the entries only now.
  for (const index of added) index.isReady = true;
  return reply;
}

const idIndex = { v: 2, key: { _id: 1 }, name: '_id_' };

function listIndexes({ storage, cursors }: Reading, request: Request): Doc {
  const { listIndexes: name } = readFields(listIndexesSchema, request);
  const info = storage.find(request.database, name);
  if (info === undefined) throw new StoreError(26, `ns does not exist: ${request.database}.${name}`);
  const told = info.indexes.map(({ number: _, isMultikey: __, isReady: ___, unique, ...index }) => ({
    v: 2,
    ...index,
    ...(unique ? { unique } : {}),
  }));
  return cursors.open(`${request.database}.${name}`, [idIndex, ...told], Number.POSITIVE_INFINITY);
}

function listCollections({ storage, cursors }: Reading, request: Request): Doc {
  const { filter } = readFields(listCollectionsSchema, request);
  const matches = compileFilter(filter);
  const told = storage
    .collections(request.database)
    .map(({ name }) => ({ name, type: 'collection', options: {}, info: { readOnly: false }, idIndex }));
  return cursors.open(
    `${request.database}.$cmd.listCollections`,
    told.filter(matches),
    Number.POSITIVE_INFINITY,
  );
}

async function dropDatabase({ storage }: Reading, request: Request): Promise<Doc> {
  readFields(dropDatabaseSchema, request);
  return storage.write(() => {
    const all = storage.collections(request.database);
    for (const info of all) storage.drop(info);
    return all.length === 0 ? {} : { dropped: request.database };
  });
}

/** The commands about collections and indexes. */
export const catalogCommands: Readonly<
  Record<string, (reading: Reading, request: Request) => Doc | Promise<Doc>>
> = { createIndexes, listIndexes, listCollections, dropDatabase };
