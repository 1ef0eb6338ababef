/** The errors that a client of the embedded store sees, with MongoDB's own codes. */
import type { Doc } from './values.ts';

const codeNames = {
  1: 'InternalError',
  2: 'BadValue',
  9: 'FailedToParse',
  14: 'TypeMismatch',
  26: 'NamespaceNotFound',
  28: 'PathNotViable',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  54: 'NotSingleValueField',
  56: 'EmptyFieldName',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  73: 'InvalidNamespace',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  100: 'UnsatisfiableWriteConcern',
  115: 'CommandNotSupported',
  171: 'CannotIndexParallelArrays',
  225: 'TransactionTooOld',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
  31249: 'Location31249',
  31254: 'Location31254',
} as const;

/** A refusal in MongoDB's terms. */
export class StoreError extends Error {
  readonly code: keyof typeof codeNames;
  /** What the reply carries besides the code, such as `keyPattern`. */
  readonly details: Doc;

  constructor(code: keyof typeof codeNames, message: string, details: Doc = {}) {
    super(message);
    this.name = 'StoreError';
    this.code = code;
    this.details = details;
  }

  /** The fields of the reply. */
  toReply(): Doc {
    return { errmsg: this.message, code: this.code, codeName: codeNames[this.code], ...this.details };
  }
}

/** The loud refusal of what MongoDB can do and this store can not. */
export function unsupported(feature: string): StoreError {
  return new StoreError(115, `the embedded store does not support ${feature}; set MONGODB_URI`);
}

/** Any error as a refusal; what is not ours is told without its details, which may quote documents. */
export function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  if (error instanceof RangeError) return new StoreError(2, 'the document is nested too deeply or too large');
  const name = error instanceof Error ? error.name : typeof error;
  return new StoreError(1, `the embedded store failed (${name})`);
}
