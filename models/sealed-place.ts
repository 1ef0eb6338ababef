/** How sealed values of one collection come under the newest data key. Which there are is sealed-places.ts's. */
import type { Connection } from 'mongoose';
import type { SealedPlace } from '../security-info/key-rotation.ts';
import type { SealingKeys } from './field-encryption.ts';

/** Rounds of reading again what was changed while it was sealed anew; past it, the next run sees to it. */
const maximumRounds = 5;

/** A document as it is stored. */
export interface StoredDocument {
  readonly _id: string;
}

/** Seals one value anew; the value itself where it is under the newest key, or no key opens it. */
export type Reseal = (ciphertext: string, context: string) => string;

/** What is particular to one collection. */
export interface SealedPlaceParts {
  readonly name: string;
  readonly collection: string;
  /** Where the ciphertexts lie. */
  readonly paths: readonly string[];
  /**
   * The write that replaces the ciphertexts of a document, conditional on the document as it was read.
   * @throws {ZodError} when the document is not one of this collection
   */
  write(
    document: unknown,
    reseal: Reseal,
  ): {
    readonly filter: Readonly<Record<string, unknown>>;
    readonly update: Readonly<Record<string, unknown>>;
  };
}

/** Makes the place. */
export function sealedPlace(
  connection: Connection,
  keys: SealingKeys,
  { name, collection, paths, write }: SealedPlaceParts,
): SealedPlace {
  const documents = connection.collection<StoredDocument>(collection);
  // A ciphertext begins with its key's id and a dot; the slash comes right behind the dot.
  const [from, to] = [`${keys.newestKeyId}.`, `${keys.newestKeyId}/`];
  const older = { $or: paths.flatMap((path) => [{ [path]: { $lt: from } }, { [path]: { $gte: to } }]) };

  function prepare(document: unknown) {
    let changed = 0;
    let unreadable = 0;
    const { filter, update } = write(document, (ciphertext, context) => {
      if (ciphertext.startsWith(from)) return ciphertext;
      try {
        const sealed = keys.seal(keys.open(ciphertext, context), context);
        changed += 1;
        return sealed;
      } catch {
        unreadable += 1;
        return ciphertext;
      }
    });
    return { operation: { updateOne: { filter, update } }, changed, unreadable };
  }

  /** One round over the next documents. `isLost` where some were changed while they were sealed anew. */
  async function round(cursor: string | null, limit: number) {
    const found = await documents
      .find({ ...(cursor === null ? {} : { _id: { $gt: cursor } }), ...older })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    const prepared = found.map(prepare);
    const operations = prepared.flatMap(({ operation, changed }) => (changed > 0 ? [operation] : []));
    const { modifiedCount } =
      operations.length === 0
        ? { modifiedCount: 0 }
        : await documents.bulkWrite(operations, { ordered: false });
    return {
      resealed: modifiedCount,
      unreadable: prepared.reduce((sum, one) => sum + one.unreadable, 0),
      isLost: modifiedCount < operations.length,
      nextCursor: found.length < limit ? null : (found.at(-1)?._id ?? null),
    };
  }

  return {
    name,
    countOlder: () => documents.countDocuments(older),
    async reseal({ cursor, limit }) {
      let resealed = 0;
      for (let rounds = 1; ; rounds += 1) {
        const done = await round(cursor, limit);
        resealed += done.resealed;
        if (done.isLost && rounds < maximumRounds) continue;
        return { resealed, unreadable: done.unreadable, nextCursor: done.nextCursor };
      }
    },
  };
}
