/** What all schemas share. Reading with defaults is each store's parse; indexes are built by connection.ts alone. */
import type { Connection, Model, Schema, SchemaOptions } from 'mongoose';

/**
 * Options of a collection's schema: nothing happens behind the code's back, and what a newer release has written
 * beside our fields survives our writes.
 */
export const schemaOptions = {
  versionKey: false,
  minimize: false,
  autoIndex: false,
  autoCreate: false,
  strict: false,
  id: false,
} satisfies SchemaOptions;

/** The same for what lies within a document. */
export const partOptions = { ...schemaOptions, _id: false } satisfies SchemaOptions;

/** A collection: its name and its schema, which has the indexes. */
export interface CollectionSchema<Doc> {
  readonly name: string;
  readonly schema: Schema<Doc>;
}

/** The model of a collection on a connection, made once. */
export function modelOn<Doc>(connection: Connection, { name, schema }: CollectionSchema<Doc>): Model<Doc> {
  return connection.models[name] ?? connection.model<Doc>(name, schema, name);
}
