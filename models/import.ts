/** `imports`, `import_rows`, `import_problems`: what is stored of an import. What is done with it is import-store.ts's. */
import { Schema } from 'mongoose';
import { z } from 'zod';
import { importColumns } from '../security-info/admin/import/columns.ts';
import { type ImportJob, importStates } from '../security-info/admin/import/import-ports.ts';
import type { DomainEvent } from '../security-info/events.ts';
import { domainEventSchema, storedEvent } from './domain-event.ts';
import { type CollectionSchema, schemaOptions } from './schema-options.ts';

/** An import as it is stored. */
export interface StoredImport extends Omit<ImportJob, 'id'> {
  /** The import's id: sorts by the time of its making. */
  readonly _id: string;
  /** Who has it in hand; empty when nobody had. */
  readonly holder: string;
  /** From then on another may take it, where it runs. */
  readonly claimableAt: Date;
  /** Written with the change that they tell of, published afterwards. */
  readonly pendingEvents: readonly DomainEvent[];
}

const importSchema = new Schema<StoredImport>(
  {
    _id: { type: String, required: true },
    state: { type: String, required: true },
    by: { type: Schema.Types.Mixed, required: true },
    options: { type: Schema.Types.Mixed, required: true },
    columns: [String],
    createdAt: { type: Date, required: true },
    endedAt: Date,
    expiresAt: { type: Date, required: true },
    chunkCount: { type: Number, required: true },
    nextChunk: { type: Number, required: true },
    counts: { type: Schema.Types.Mixed, required: true },
    failure: Schema.Types.Mixed,
    holder: String,
    claimableAt: { type: Date, required: true },
    pendingEvents: [domainEventSchema],
  },
  schemaOptions,
);
importSchema.index({ state: 1, claimableAt: 1 });
importSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** The collection of imports. */
export const imports: CollectionSchema<StoredImport> = { name: 'imports', schema: importSchema };

/** A chunk of rows as it is stored. */
export interface StoredRows {
  /** The import's id and the chunk's number. */
  readonly _id: string;
  readonly importId: string;
  readonly number: number;
  readonly rowsCiphertext: string;
  /** Digests of whom the rows are about; empty until they are judged. */
  readonly people: readonly string[];
  readonly badLines: readonly number[];
  readonly expiresAt: Date;
}

const rowsSchema = new Schema<StoredRows>(
  {
    _id: { type: String, required: true },
    importId: { type: String, required: true },
    number: { type: Number, required: true },
    rowsCiphertext: { type: String, required: true },
    people: [String],
    badLines: [Number],
    expiresAt: { type: Date, required: true },
  },
  schemaOptions,
);
rowsSchema.index({ people: 1 });
rowsSchema.index({ importId: 1, number: 1 });
rowsSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** The collection of rows. */
export const importRows: CollectionSchema<StoredRows> = { name: 'import_rows', schema: rowsSchema };

/** Something wrong in an import as it is stored. */
export interface StoredProblem {
  /** The import's id, then what sorts by line. */
  readonly _id: string;
  readonly importId: string;
  /** Of the chunk that was judged; null for what came up later. */
  readonly chunk: number | null;
  readonly line: number | null;
  readonly column: string | null;
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly expiresAt: Date;
}

const problemSchema = new Schema<StoredProblem>(
  {
    _id: { type: String, required: true },
    importId: { type: String, required: true },
    chunk: Number,
    line: Number,
    column: String,
    code: { type: String, required: true },
    values: Schema.Types.Mixed,
    expiresAt: { type: Date, required: true },
  },
  schemaOptions,
);
problemSchema.index({ importId: 1, _id: 1 });
problemSchema.index({ importId: 1, chunk: 1 });
problemSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** The collection of what is wrong. */
export const importProblems: CollectionSchema<StoredProblem> = {
  name: 'import_problems',
  schema: problemSchema,
};

/** Reads a problem. */
export const readProblem = z.object({
  line: z.int().nullable().default(null),
  column: z.enum(importColumns).nullable().default(null),
  code: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
});

/** Reads a chunk of rows. */
export const readRows = z.object({
  number: z.int(),
  rowsCiphertext: z.string(),
  badLines: z.array(z.int()).default([]),
});

const count = z.int().default(0);

/** Reads an import. */
export const readStoredImport = z.object({
  _id: z.string(),
  state: z.enum(importStates),
  by: z.object({
    actor: z.string(),
    accountId: z.string().nullable(),
    callerAddress: z.string().nullable(),
    clientId: z.string().nullable(),
    device: z.string().nullable().default(null),
  }),
  options: z.object({
    onErrors: z.enum(['skip', 'stop']),
    checkOnly: z.boolean(),
    unknownPeople: z.enum(['create', 'report']),
    country: z.string().nullable(),
  }),
  columns: z.array(z.enum(importColumns)),
  createdAt: z.date(),
  endedAt: z.date().nullable().default(null),
  expiresAt: z.date(),
  chunkCount: z.int(),
  nextChunk: z.int(),
  counts: z.object({
    ...{ rows: count, checked: count, bad: count },
    ...{ created: count, changed: count, unchanged: count, refused: count },
  }),
  failure: readProblem.nullable().default(null),
  pendingEvents: z.array(storedEvent).default([]),
});
