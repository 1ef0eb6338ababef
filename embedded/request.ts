/** What every command may carry besides its own fields, and the check that nothing else came with it. */
import { Binary } from 'bson';
import { z } from 'zod';
import { StoreError, unsupported } from './store-error.ts';
import { type Doc, isDoc } from './values.ts';

/** A field that is a document. */
export const document = z.custom<Doc>(isDoc);
/** A field that is a list of documents. */
export const documents = z.array(document);
/** A flag; drivers send numbers too. */
export const flag = z.union([z.boolean(), z.number().transform((value) => value !== 0)]);
/** A whole number from 0 on. */
export const count = z.int().min(0);
/** Only the order on disk, forwards, may be asked for by name: it means a look at every document. */
export const naturalHint = z.custom<Doc>(
  (value) => isDoc(value) && Object.keys(value).join() === '$natural' && value['$natural'] === 1,
);
/** The name of a collection. */
export const collectionName = z
  .string()
  .min(1)
  .regex(/^(?!system\.)[^$\0]+$/);

/** The order of a sort; nothing but 1 and -1. */
export const sortOrder = z.custom<Doc>(
  (value) =>
    isDoc(value) &&
    Object.entries(value).every(
      ([path, way]) => (way === 1 || way === -1) && path !== '' && !path.startsWith('$'),
    ),
);

const session = z.object({ id: z.instanceof(Binary) });
const ignored = ['$db', '$clusterTime', '$readPreference', 'comment', 'lsid', 'txnNumber', 'allowDiskUse'];

/** A command without what all commands have. */
export interface Request {
  readonly name: string;
  readonly database: string;
  readonly fields: Doc;
  /** The session, when the command belongs to one. */
  readonly session: string | undefined;
  /** The number of a write that may come again. */
  readonly txnNumber: number | undefined;
}

/**
 * Takes a command apart. Every write is flushed before its answer and there is one node, so `majority` and `local`
 * are both what happens anyway; other guarantees are refused.
 * @throws {StoreError} 100, 115, for guarantees that this store cannot give
 */
export function readRequest(command: Doc, database: string): Request {
  const [name = ''] = Object.keys(command);
  const { readConcern, writeConcern, startTransaction, autocommit, ...rest } = command;
  if (startTransaction !== undefined || autocommit !== undefined) throw unsupported('transactions');
  if (isDoc(readConcern)) {
    const { level = 'local', ...other } = readConcern;
    if (level !== 'local' && level !== 'majority')
      throw unsupported(`the read concern ${JSON.stringify(level)}`);
    if (Object.keys(other).length > 0) throw unsupported(`the read concern's ${Object.keys(other)[0]}`);
  }
  if (isDoc(writeConcern)) {
    const { w = 1, j: _, journal: __, wtimeout: ___, wtimeoutMS: ____, ...other } = writeConcern;
    if (w !== 'majority' && w !== 1 && w !== 0) {
      throw new StoreError(
        100,
        'the embedded store has one node: w may be 0, 1 or majority; set MONGODB_URI',
      );
    }
    if (Object.keys(other).length > 0) throw unsupported(`the write concern's ${Object.keys(other)[0]}`);
  }
  const fields = Object.fromEntries(Object.entries(rest).filter(([field]) => !ignored.includes(field)));
  const lsid = session.safeParse(command['lsid']);
  const txnNumber = command['txnNumber'];
  return {
    name,
    database,
    fields,
    session: lsid.success ? lsid.data.id.toString('hex') : undefined,
    txnNumber: typeof txnNumber === 'number' ? txnNumber : undefined,
  };
}

/**
 * Reads a command's own fields.
 * @throws {StoreError} 115 for a field that is not supported, 2 for a wrong value
 */
export function readFields<Fields>(schema: z.ZodType<Fields>, { name, fields }: Request): Fields {
  return readPart(schema, fields, name);
}

/** The same for a part of a command. @throws {StoreError} 115, 2 */
export function readPart<Fields>(schema: z.ZodType<Fields>, part: unknown, name: string): Fields {
  const read = schema.safeParse(part);
  if (read.success) return read.data;
  for (const issue of read.error.issues) {
    if (issue.code === 'unrecognized_keys') throw unsupported(`${issue.keys[0]} in ${name}`);
    const path = issue.path.join('.');
    if (path === 'hint' || path.endsWith('.hint')) throw unsupported(`this hint in ${name}`);
    throw new StoreError(
      2,
      `${name}: the value of '${path}' is not valid, or the embedded store does not support it; set MONGODB_URI`,
    );
  }
  throw new StoreError(2, `${name} is not valid`);
}
