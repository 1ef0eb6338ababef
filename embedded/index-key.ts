/** Keys as bytes, whose order is MongoDB's order of values; every part ends by itself, so parts can be joined. */
import { Binary, ObjectId } from 'bson';
import { StoreError, unsupported } from './store-error.ts';
import { type Doc, isDoc, leaves, typeOrder, typeOrders } from './values.ts';

/** The longest key that lmdb takes. */
const LONGEST_KEY = 1_978;
const END = Buffer.from([0]);
/** Above every part: no part begins with it, ascending or descending. */
const ABOVE = Buffer.from([0xff]);

function encodeNumber(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  if (Number.isNaN(value)) return bytes;
  bytes.writeDoubleBE(value === 0 ? 0 : value);
  if ((bytes[0] ?? 0) < 0x80) bytes[0] = (bytes[0] ?? 0) | 0x80;
  else for (let place = 0; place < 8; place += 1) bytes[place] = ~(bytes[place] ?? 0) & 0xff;
  return bytes;
}

/** A zero byte is escaped, two end the text. */
function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (!bytes.includes(0)) return Buffer.concat([bytes, END, END]);
  return Buffer.concat([Buffer.from(text.replaceAll('\0', '\0\u{10ffff}')), END, END]);
}

/** The bytes of one value. @throws {StoreError} 115 for types that cannot be indexed */
export function encodeValue(value: unknown): Buffer {
  const type = typeOrder(value);
  return Buffer.concat([Buffer.from([type]), encodeContent(value)]);
}

function encodeContent(value: unknown): Buffer {
  if (value === undefined || value === null) return Buffer.alloc(0);
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'boolean') return Buffer.from([Number(value)]);
  if (value instanceof Date) return encodeNumber(value.getTime());
  if (value instanceof ObjectId) return Buffer.from(value.id);
  if (Array.isArray(value)) return Buffer.concat([...value.map(encodeValue), END]);
  if (isDoc(value)) {
    const fields = Object.entries(value).map(([name, field]) =>
      Buffer.concat([Buffer.from([typeOrder(field)]), encodeText(name), encodeValue(field)]),
    );
    return Buffer.concat([...fields, END]);
  }
  if (value instanceof Binary) {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(value.position);
    head[4] = value.sub_type;
    return Buffer.concat([head, value.buffer.subarray(0, value.position)]);
  }
  throw unsupported('an index on integers past 2^53');
}

/** A range of keys: from `lower` on, below `upper`. */
export interface KeyRange {
  readonly lower: Buffer;
  readonly upper: Buffer;
}

/** All keys that begin so. */
export function keysWith(prefix: Buffer): KeyRange {
  return { lower: prefix, upper: Buffer.concat([prefix, ABOVE]) };
}

/** The start of every key of a collection's documents or of an index. */
export function keyPrefix(kind: 'document' | 'index', number: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = kind === 'document' ? 2 : 3;
  bytes.writeUInt32BE(number, 1);
  return bytes;
}

/** A range that lmdb takes and that holds no less than the given one. */
export function clippedRange({ lower, upper }: KeyRange): KeyRange {
  const isTooLong = upper.length > LONGEST_KEY;
  return {
    lower: lower.subarray(0, LONGEST_KEY - 1),
    upper: isTooLong ? Buffer.concat([upper.subarray(0, LONGEST_KEY - 1), ABOVE]) : upper,
  };
}

/** Refuses what lmdb would not take. */
export function checkedKey(key: Buffer): Buffer {
  if (key.length > LONGEST_KEY) throw unsupported('an indexed value of more than 1,900 bytes');
  return key;
}

function inverted(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => ~byte & 0xff));
}

/** The bytes of a value in a field of an index; a descending field has them inverted. */
export function encodeField(value: unknown, direction: number): Buffer {
  const bytes = encodeValue(value);
  return direction < 0 ? inverted(bytes) : bytes;
}

/** The keys behind `prefix` whose next field lies between two values of one type, both included; `undefined`: open. */
export function fieldRange(
  prefix: Buffer,
  direction: number,
  bounds: { readonly type: number; readonly low: unknown; readonly high: unknown },
): KeyRange {
  // Going down, what is inverted must lie above every value of the type: so the byte below the type's.
  const open = direction < 0 ? bounds.type - 1 : bounds.type;
  const low = bounds.low === undefined ? Buffer.from([open]) : encodeValue(bounds.low);
  const high = bounds.high === undefined ? Buffer.from([bounds.type + 1]) : encodeValue(bounds.high);
  // Turned round, the empty text begins with 0xff: only the next type is above all of this one.
  const turned = bounds.low === undefined ? inverted(Buffer.from([bounds.type - 1])) : inverted(low);
  const [first, last] = direction < 0 ? [inverted(high), turned] : [low, high];
  return { lower: Buffer.concat([prefix, first]), upper: Buffer.concat([prefix, last, ABOVE]) };
}

/** The keys of a document in an index, without prefix and id, and whether an array made them several. */
export function documentKeys(document: Doc, key: Doc): { keys: Buffer[]; isMultikey: boolean } {
  let keys: Buffer[] = [Buffer.alloc(0)];
  let isMultikey = false;
  for (const [path, direction] of Object.entries(key)) {
    const found = leaves(document, path.split('.'));
    const isFannedOut = found.length !== 1 || found.some(Array.isArray);
    if (isFannedOut && isMultikey) {
      throw new StoreError(171, 'cannot index parallel arrays');
    }
    isMultikey ||= isFannedOut;
    const values = found.flatMap((leaf) => (Array.isArray(leaf) ? leaf : [leaf]));
    const parts = new Map<string, Buffer>();
    // An empty array has a key of its own, so that a walk along the index meets every document.
    const fields = values.length === 0 ? [emptyField(Number(direction))] : [];
    for (const bytes of [...fields, ...values.map((value) => encodeField(value, Number(direction)))]) {
      parts.set(bytes.toString('latin1'), bytes);
    }
    keys = keys.flatMap((start) => [...parts.values()].map((part) => Buffer.concat([start, part])));
  }
  return { keys, isMultikey };
}

function emptyField(direction: number): Buffer {
  const bytes = Buffer.from([typeOrders.emptyArray]);
  return direction < 0 ? inverted(bytes) : bytes;
}
