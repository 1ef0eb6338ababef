/** The table of indexes: what the schemas declare. */
import { declaredIndexes } from '../models/connection.ts';
import { code, table } from './markdown.ts';

/** Every index but those on `_id`, by collection. */
export function indexesTable(): string {
  const rows = declaredIndexes().map(({ collection, key, isUnique, expireAfterSeconds }) => [
    code(collection),
    code(JSON.stringify(key)),
    [
      ...(isUnique ? ['unique'] : []),
      ...(expireAfterSeconds === null ? [] : ['removes what has expired']),
    ].join(', '),
  ]);
  return table(['Collection', 'Index', ''], rows);
}
