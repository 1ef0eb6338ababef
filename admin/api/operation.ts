/**
 * One operation of the admin API: its address, scope, schemas, what it may answer, and what it does. The routes and
 * the OpenAPI document are made from the same values, so neither can say what the other does not.
 */
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { ActingAdmin } from '../../security-info/admin/acting-admin.ts';
import { InvalidInput } from '../../security-info/errors.ts';
import { fieldErrorsOf } from '../../security-info/policy-issues.ts';
import type { AdminScope } from '../scopes.ts';

/** What every call brings, apart from what its schemas read. */
export interface CallContext {
  readonly by: ActingAdmin;
  /** The tag of `If-Match`, without its quotes; null where any will do. */
  readonly ifMatch: string | null;
  /** `If-None-Match: *`: only where there is none yet. */
  readonly ifNoneMatch: boolean;
  /** The media type that was asked for, of those that the operation can answer in. */
  readonly accepts: string;
  /** BCP 47, for words in the answer. */
  readonly locale: string;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
}

/** A call as it comes in: nothing of it has been read. */
export interface RawCall extends CallContext {
  readonly path: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** What an operation is given: everything is read and valid. */
export interface Call<Path, Query, Body> extends CallContext {
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
}

/** What an operation answers. */
export type Answer =
  | {
      readonly status: 200 | 201 | 202;
      readonly body: unknown;
      /** For `ETag`, without quotes. */
      readonly tag?: string;
      /** For `Location`, under the API. */
      readonly location?: string;
    }
  | { readonly status: 204 }
  | { readonly status: 200; readonly stream: AsyncIterable<string>; readonly type: string };

/** What a status means, and the schema of its body; null where there is none. */
export interface AnswerSchema {
  readonly description: string;
  readonly schema: z.ZodType | null;
}

/** An operation as the routes and the document see it. */
export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Under the API, with `{name}` for what is read from it. */
  readonly address: string;
  readonly scope: AdminScope;
  readonly tag: string;
  readonly summary: string;
  readonly description: string | null;
  readonly path: z.ZodObject;
  readonly query: z.ZodObject;
  /** The media type of the body, and its schema where it is JSON; null where there is none. */
  readonly body: { readonly type: string; readonly schema: z.ZodType | null } | null;
  readonly ifMatch: 'none' | 'optional' | 'required';
  readonly answers: Readonly<Record<number, AnswerSchema>>;
  /** Other media types that its 200 can be had in. */
  readonly streams: readonly string[];
  /** Codes of what it refuses, besides what every operation may refuse. */
  readonly problems: readonly string[];
  /** @throws {SecurityInfoError} what it refuses; `invalid_input` where a schema does */
  run(call: RawCall): Promise<Answer>;
}

interface Described {
  readonly id: string;
  readonly method: Operation['method'];
  readonly address: string;
  readonly scope: AdminScope;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly ifMatch?: Operation['ifMatch'];
  readonly answers: Operation['answers'];
  readonly streams?: readonly string[];
  readonly problems?: readonly string[];
}

/** What an operation reads. Leave out what it does not. */
export interface Reads<Path extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType> {
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  /** The media type of the body where it is not JSON: then it is handed over as it comes. */
  readonly bodyType?: string;
}

/** Nothing in the path, the query or the body. */
export const nothing = z.strictObject({});
/** No body. */
export const noBody = z.undefined();
/** A body that is handed over as it comes. */
export const streamed = z.custom<Readable>((value) => value instanceof Readable);

/** Makes an operation; `run` gets what the schemas have read. */
export function operation<Path extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
  described: Described,
  reads: Reads<Path, Query, Body>,
  run: (call: Call<z.output<Path>, z.output<Query>, z.output<Body>>) => Promise<Answer>,
): Operation {
  const { path, query, body, bodyType } = reads;
  const isJson = bodyType === undefined;
  const hasBody = !(body instanceof z.ZodUndefined);
  return {
    ...described,
    description: described.description ?? null,
    ifMatch: described.ifMatch ?? 'none',
    streams: described.streams ?? [],
    problems: described.problems ?? [],
    path,
    query,
    body: hasBody ? { type: bodyType ?? 'application/json', schema: isJson ? body : null } : null,
    run: async (raw) =>
      run({
        ...raw,
        path: read(path, raw.path),
        query: read(query, raw.query),
        body: read(body, raw.body),
      }),
  };
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(fieldErrorsOf(parsed.error.issues));
}
