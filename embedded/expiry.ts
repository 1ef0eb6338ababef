/** Deletes what a TTL index says is past its time, as MongoDB does: some time after, never before. */
import { removeDocument } from './collection.ts';
import { fieldRange, keyPrefix } from './index-key.ts';
import { type CollectionInfo, type IndexInfo, readDocument, type Storage } from './storage.ts';
import { typeOrders } from './values.ts';

/** Deleted in one transaction at most, so that requests come in between. */
const AT_ONCE = 500;

/** Deletes some expired documents; how many. */
function removeSome(storage: Storage, info: CollectionInfo, index: IndexInfo, seconds: number): number {
  const until = new Date(Date.now() - seconds * 1000);
  const direction = Number(Object.values(index.key)[0]);
  const bounds = { type: typeOrders.date, low: undefined, high: until };
  const keys: Buffer[] = [];
  for (const { value } of storage.scan(fieldRange(keyPrefix('index', index.number), direction, bounds))) {
    keys.push(value);
    if (keys.length === AT_ONCE) break;
  }
  for (const key of keys) {
    const bytes = storage.get(key);
    // An array of dates has several entries: the document may be gone already.
    if (bytes !== undefined) removeDocument(storage, info, { key, bytes, document: readDocument(bytes) });
  }
  return keys.length;
}

/** Deletes every document whose time has passed. */
export async function removeExpired(storage: Storage): Promise<void> {
  for (const { database, name, indexes } of storage.collections()) {
    for (const { number, expireAfterSeconds: seconds } of indexes) {
      if (seconds === undefined) continue;
      let removed = AT_ONCE;
      while (removed === AT_ONCE) {
        removed = await storage.write(() => {
          // Looked up anew: it may have been dropped since.
          const info = storage.find(database, name);
          const index = info?.indexes.find((one) => one.number === number);
          return info === undefined || index === undefined ? 0 : removeSome(storage, info, index, seconds);
        });
      }
    }
  }
}
