/** Upserts: the document that is inserted where nothing was found. Storing it is collection.ts's. */
import { withId } from './collection.ts';
import { branches, hasOperators } from './filter.ts';
import { StoreError, unsupported } from './store-error.ts';
import { compileUpdate, type Update } from './update.ts';
import { compareValues, type Doc } from './values.ts';

/** The fields that a filter fixes to one value: what an upsert starts from. */
function fixedFields(filter: Doc): [string, unknown][] {
  return Object.entries(filter).flatMap(([path, condition]): [string, unknown][] => {
    if (path === '$and') return branches(path, condition).flatMap(fixedFields);
    // MongoDB takes either for what it comes to: an equality.
    if (path === '$or' && branches(path, condition).length === 1) {
      throw unsupported('an upsert with $or of one branch');
    }
    if (path.startsWith('$')) return [];
    if (!hasOperators(condition)) return [[path, condition]];
    if (Object.hasOwn(condition, '$eq')) return [[path, condition['$eq']]];
    const { $in: values } = condition;
    if (Array.isArray(values) && values.length === 1) throw unsupported('an upsert with $in of one value');
    return [];
  });
}

/**
 * The document that an upsert inserts where its filter matches none.
 * @throws {StoreError} 54, 66 for a filter or an update that leave it open; 115 for a filter that is not supported here
 */
export function upserted(filter: Doc, update: Update): Doc {
  const fields = fixedFields(filter);
  const fixed = Object.fromEntries(fields);
  if (Object.keys(fixed).length < fields.length) {
    throw new StoreError(54, 'an upsert cannot tell which value of a field to insert');
  }
  const start = Object.keys(fixed).length === 0 ? {} : compileUpdate({ $set: fixed }).apply({}, true);
  const hasId = Object.hasOwn(start, '_id');
  const id = start['_id'];
  const made = update.apply(start, true);
  if (!hasId) return withId(made);
  if (Object.hasOwn(made, '_id') ? compareValues(made['_id'], id) !== 0 : !update.isReplacement) {
    throw new StoreError(66, "the (immutable) field '_id' was found to have been altered");
  }
  return withId({ ...made, _id: id });
}
