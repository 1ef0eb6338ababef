/** The admin API as its own document tells of it: its operations, and what is asked and answered judged by it. */
import { expect } from 'vitest';
import { z } from 'zod';
import { adminApiPath } from '../../admin/scopes.ts';

const json = z.record(z.string(), z.unknown());
const content = z.record(z.string(), z.object({ schema: json }));

const operationShape = z.object({
  operationId: z.string(),
  security: z.tuple([z.object({ oauth: z.tuple([z.string()]) })]),
  parameters: z.array(
    z.object({
      in: z.enum(['path', 'query', 'header']),
      name: z.string(),
      required: z.boolean(),
      schema: json,
    }),
  ),
  requestBody: z.object({ required: z.literal(true), content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string().min(1), content: content.optional() })),
});

const documentShape = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.looseObject({ schemas: z.record(z.string(), json) }),
});

/** The document. */
export type ApiDocument = z.output<typeof documentShape>;

/** One operation of the document. */
export interface DocumentedOperation extends z.output<typeof operationShape> {
  readonly method: string;
  readonly address: string;
  readonly scope: string;
  /** Documented, in order. */
  readonly statuses: readonly number[];
}

/** What is sent to an operation. */
export interface ApiRequest {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON, but for a text, which is sent as it is. */
  readonly body?: unknown;
  /** An empty value leaves a header out. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

/** Fetches the document, without a token. */
export async function fetchDocument(issuer: string): Promise<ApiDocument> {
  const response = await fetch(`${issuer}${adminApiPath}/openapi.json`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('application/json');
  return documentShape.parse(await response.json());
}

/** Its operations. */
export function operationsIn({ paths }: ApiDocument): readonly DocumentedOperation[] {
  return Object.entries(paths).flatMap(([address, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      address,
      scope: operation.security[0].oauth[0],
      statuses: Object.keys(operation.responses).map(Number),
    })),
  );
}

/** A validator for a schema of the document, strict: a keyword that it does not know is refused. */
export function schemaIn({ components }: ApiDocument, schema: unknown): z.ZodType {
  const placed = JSON.stringify({ ...json.parse(schema), $defs: components.schemas });
  return z.fromJSONSchema(JSON.parse(placed.replaceAll('#/components/schemas/', '#/$defs/')));
}

/** Sends a request, with what a client that knows nothing but the document would send by itself. */
export async function send(
  issuer: string,
  operation: DocumentedOperation,
  token: string | null,
  { path = {}, query = {}, body, headers = {} }: ApiRequest,
): Promise<ApiAnswer> {
  const address = operation.address.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(path[name] ?? 'x'),
  );
  const url = new URL(`${issuer}${adminApiPath}${address}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  const [type] = Object.keys(operation.requestBody?.content ?? {});
  const all: Record<string, string> = {
    'accept-language': 'en',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(type === undefined ? {} : { 'content-type': type }),
    ...headers,
  };
  const response = await fetch(url, {
    method: operation.method,
    redirect: 'manual',
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : null,
  };
}

/** Expects an answer that the document tells of: its status, its media type, its schema. */
export function expectDocumented(
  document: ApiDocument,
  operation: DocumentedOperation,
  answer: ApiAnswer,
): void {
  const documented = operation.responses[String(answer.status)];
  expect(documented, `${operation.operationId} answers ${answer.status}: ${answer.text}`).toBeDefined();
  const types = documented?.content ?? {};
  if (Object.keys(types).length === 0) {
    expect(answer.text).toBe('');
    return;
  }
  const type = (answer.headers.get('content-type') ?? '').split(';')[0] ?? '';
  expect(Object.keys(types)).toContain(type);
  if (!type.endsWith('json')) return;
  const parsed = schemaIn(document, types[type]?.schema).safeParse(answer.body);
  expect(parsed.error?.issues ?? [], `${operation.operationId} ${answer.status}`).toEqual([]);
}
