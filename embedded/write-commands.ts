/** The commands that change documents: one transaction each, every statement of it wholly or not at all. */
import { z } from 'zod';
import { type Found, insertDocument, removeDocument, replaceDocument, search, withId } from './collection.ts';
import { compileProjection } from './projection.ts';
import {
  collectionName,
  document,
  documents,
  flag,
  naturalHint,
  type Request,
  readFields,
  sortOrder,
} from './request.ts';
import { type CollectionInfo, readDocument, type Storage } from './storage.ts';
import { StoreError } from './store-error.ts';
import { compileUpdate, type Update } from './update.ts';
import { upserted } from './upsert.ts';
import type { Doc } from './values.ts';

const ordered = flag.default(true);
const insertSchema = z.strictObject({ insert: collectionName, documents, ordered });
const updateStatement = z.strictObject({
  q: document,
  u: z.unknown(),
  multi: flag.default(false),
  upsert: flag.default(false),
  hint: naturalHint.optional(),
});
const updateSchema = z.strictObject({
  update: collectionName,
  updates: z.array(updateStatement).min(1),
  ordered,
});
const deleteStatement = z.strictObject({
  q: document,
  limit: z.union([z.literal(0), z.literal(1)]),
  hint: naturalHint.optional(),
});
const deleteSchema = z.strictObject({
  delete: collectionName,
  deletes: z.array(deleteStatement).min(1),
  ordered,
});
const modifyFields = {
  query: document.default({}),
  sort: sortOrder.optional(),
  remove: flag.default(false),
  update: z.unknown().optional(),
  new: flag.default(false),
  upsert: flag.default(false),
  fields: document.optional(),
  hint: naturalHint.optional(),
};
const modifySchema = z.strictObject({ findAndModify: collectionName, ...modifyFields });

/** Runs statements one after the other; what one of them is refused for goes into the reply. */
function runEach<Statement>(
  statements: readonly Statement[],
  isOrdered: boolean,
  run: (statement: Statement, place: number) => void,
): Doc {
  const writeErrors: Doc[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      // Anything else may have stopped half-way: it must end the whole transaction.
      if (!(error instanceof StoreError)) throw error;
      writeErrors.push({ index, ...error.toReply() });
      if (isOrdered) break;
    }
  }
  return writeErrors.length === 0 ? {} : { writeErrors };
}

/** Applies an update to a document that was found. */
function changed(found: Found, update: Update): Doc {
  const id = found.document['_id'];
  const after = update.apply(found.document, false);
  if (Object.hasOwn(after, '_id')) return { _id: after['_id'], ...after };
  if (!update.isReplacement) {
    throw new StoreError(66, `Performing an update on the path '_id' would modify the immutable field '_id'`);
  }
  return { _id: id, ...after };
}

async function insert(storage: Storage, request: Request): Promise<Doc> {
  const fields = readFields(insertSchema, request);
  return storage.write(() => {
    const info = storage.ensure(request.database, fields.insert);
    let n = 0;
    const errors = runEach(fields.documents, fields.ordered, (one) => {
      insertDocument(storage, info, withId(one));
      n += 1;
    });
    return { n, ...errors };
  });
}

async function update(storage: Storage, request: Request): Promise<Doc> {
  const fields = readFields(updateSchema, request);
  return storage.write(() => {
    let n = 0;
    let nModified = 0;
    const made: Doc[] = [];
    const errors = runEach(fields.updates, fields.ordered, ({ q: filter, u, multi, upsert, hint }, index) => {
      const compiled = compileUpdate(u);
      if (multi && compiled.isReplacement)
        throw new StoreError(9, 'multi update is not supported for replacement');
      const info = storage.find(request.database, fields.update);
      const what = { filter, limit: multi ? 0 : 1, isFullScan: hint !== undefined };
      // All are found before the first is changed: a change may move a document along the index.
      const found = [...search(storage, info, what)];
      if (found.length === 0 && upsert) {
        const document = upserted(filter, compiled);
        insertDocument(storage, storage.ensure(request.database, fields.update), document);
        made.push({ index, _id: document['_id'] });
        n += 1;
      }
      if (info === undefined) return;
      for (const one of found) {
        if (replaceDocument(storage, info, one, changed(one, compiled))) nModified += 1;
        n += 1;
      }
    });
    return { n, nModified, ...(made.length === 0 ? {} : { upserted: made }), ...errors };
  });
}

async function remove(storage: Storage, request: Request): Promise<Doc> {
  const fields = readFields(deleteSchema, request);
  return storage.write(() => {
    let n = 0;
    const errors = runEach(fields.deletes, fields.ordered, ({ q: filter, limit, hint }) => {
      const info = storage.find(request.database, fields.delete);
      for (const found of [...search(storage, info, { filter, limit, isFullScan: hint !== undefined })]) {
        if (info !== undefined) removeDocument(storage, info, found);
        n += 1;
      }
    });
    return { n, ...errors };
  });
}

/** The one document that a findAndModify works on, changed; before and after. */
function modify(
  storage: Storage,
  info: CollectionInfo,
  filter: Doc,
  found: Found | undefined,
  update: Update,
): Doc {
  if (found === undefined) {
    const after = upserted(filter, update);
    insertDocument(storage, info, after);
    return after;
  }
  const after = changed(found, update);
  replaceDocument(storage, info, found, after);
  return after;
}

async function findAndModify(storage: Storage, request: Request): Promise<Doc> {
  const fields = readFields(modifySchema, request);
  const { findAndModify: name, query: filter, sort, hint } = fields;
  if (fields.remove === (fields.update !== undefined)) {
    throw new StoreError(9, 'Either an update or remove=true must be specified');
  }
  if (fields.remove && (fields.new || fields.upsert)) {
    throw new StoreError(9, 'Cannot specify new=true or upsert=true with remove=true');
  }
  // Before anything is looked for: what is not supported is refused even where there is nothing to change.
  const update = fields.remove ? undefined : compileUpdate(fields.update);
  const project = fields.fields === undefined ? (one: Doc) => one : compileProjection(fields.fields);
  return storage.write(() => {
    const what = { filter, sort, limit: 1, isFullScan: hint !== undefined };
    const [found] = search(storage, storage.find(request.database, name), what);
    if (found === undefined && !fields.upsert) {
      const lastErrorObject = fields.remove ? { n: 0 } : { n: 0, updatedExisting: false };
      return { lastErrorObject, value: null };
    }
    const info = storage.ensure(request.database, name);
    // Its own copy: the update changes the document in place.
    const before = found === undefined ? null : project(readDocument(found.bytes));
    if (update === undefined) {
      if (found !== undefined) removeDocument(storage, info, found);
      return { lastErrorObject: { n: 1 }, value: before };
    }
    const after = modify(storage, info, filter, found, update);
    return {
      lastErrorObject: {
        n: 1,
        updatedExisting: found !== undefined,
        ...(found === undefined ? { upserted: after['_id'] } : {}),
      },
      value: fields.new ? project(after) : before,
    };
  });
}

/** The commands that change documents. */
export const writeCommands: Readonly<Record<string, (storage: Storage, request: Request) => Promise<Doc>>> = {
  insert,
  update,
  delete: remove,
  findAndModify,
};
