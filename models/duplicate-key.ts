/** Tells a duplicate key, which is an answer, from every other error of the store, which is not. */
import mongoose, { type Connection } from 'mongoose';

const DUPLICATE_KEY = 11000;

/** True when an insert found its key taken. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && error.code === DUPLICATE_KEY;
}

/** Inserts all whose `_id` is not there yet; those that are there stay as they are. */
export async function insertNew<Doc extends { readonly _id: string }>(
  connection: Connection,
  { name }: { readonly name: string },
  documents: readonly Doc[],
): Promise<void> {
  if (documents.length === 0) return;
  try {
    await connection.collection<{ _id: string }>(name).insertMany([...documents], { ordered: false });
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) throw error;
    const failures = [error.writeErrors].flat();
    const isOnlyDuplicates =
      failures.length > 0 &&
      failures.every(({ code }) => code === DUPLICATE_KEY) &&
      error.result.getWriteConcernError() === undefined;
    if (!isOnlyDuplicates) throw error;
  }
}
