/** The OpenAPI 3.1 document, from the very operations that answer and the schemas that validate. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { adminApiPath, adminScopes } from '../scopes.ts';
import type { Operation } from './operation.ts';
import { problemSchema, problemType } from './problem.ts';

/** What the document says of the service. */
export interface OpenApiOptions {
  readonly operations: readonly Operation[];
  readonly issuer: string;
  readonly serviceName: string;
  readonly version: string;
}

type Json = Readonly<Record<string, unknown>>;
/** Schemas that have a name of their own, by it. */
type Shared = Map<string, Json>;

const statusWords: Readonly<Record<number, string>> = {
  400: 'The body is no JSON.',
  401: 'No access token, or one that is not good.',
  403: 'The token does not permit it, or its user is no administrator.',
  404: 'There is no such thing.',
  406: 'None of the media types asked for is possible.',
  409: 'It does not fit what is there, or is being done already.',
  412: 'Somebody else has changed it since it was read.',
  413: 'The body is too large.',
  415: 'The body is of another media type.',
  422: 'Something in the request is not right; each field is named.',
  428: 'If-Match is missing.',
  429: 'Too often.',
  503: 'A sender is not available.',
};

/** The statuses with which an operation may refuse, besides what its own problems say. */
export function refusalsOf(operation: Operation, statusOfCode: (code: string) => number): readonly number[] {
  // 422 always: a query that an operation does not know is refused, too.
  const statuses = new Set([401, 403, 422, ...operation.problems.map(statusOfCode)]);
  if (operation.body !== null) statuses.add(415);
  if (operation.body?.schema) for (const status of [400, 413]) statuses.add(status);
  if (operation.ifMatch !== 'none') statuses.add(412);
  if (operation.ifMatch === 'required') statuses.add(428);
  if (operation.streams.length > 0) statuses.add(406);
  if (operation.method === 'post') statuses.add(409);
  return [...statuses].sort((a, b) => a - b);
}

/** Makes the document. @see OpenAPI Specification 3.1.1 */
export function openApiDocument(
  { operations, issuer, serviceName, version }: OpenApiOptions,
  statusOfCode: (code: string) => number,
): Json {
  const shared: Shared = new Map();
  const problem = jsonSchema(problemSchema, 'output', shared);
  if (!('$ref' in problem)) shared.set('Problem', problem);
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const item = paths[operation.address] ?? {};
    item[operation.method] = describe(operation, statusOfCode, shared);
    paths[operation.address] = item;
  }
  const scopes = { ...adminScopes };
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: `${serviceName}: administration`,
      version,
      description:
        'Policies, people, reports and the audit log. Tokens come from this provider, for this resource (RFC 8707): by client credentials, or by the sign-in of an administrator, who proves a registered method for each.',
    },
    servers: [{ url: new URL(adminApiPath, issuer).href }],
    security: [{ oauth: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(shared),
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          flows: {
            clientCredentials: { tokenUrl: new URL('/token', issuer).href, scopes },
            authorizationCode: {
              authorizationUrl: new URL('/auth', issuer).href,
              tokenUrl: new URL('/token', issuer).href,
              scopes,
            },
          },
        },
      },
    },
  };
}

function describe(operation: Operation, statusOfCode: (code: string) => number, shared: Shared): Json {
  const { id, tag, summary, description, scope, path, query, body, answers, streams, ifMatch, method } =
    operation;
  const headers = [
    ...(ifMatch === 'none' ? [] : [header('If-Match', ifMatch === 'required', 'The ETag that was read.')]),
    ...(method === 'post'
      ? [
          header(
            'Idempotency-Key',
            false,
            'Random: a repeat of the request is answered as before, once done.',
          ),
        ]
      : []),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === null ? {} : { description }),
    security: [{ oauth: [scope] }],
    parameters: [...parameters('path', path, shared), ...parameters('query', query, shared), ...headers],
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              [body.type]: {
                schema: body.schema === null ? { type: 'string' } : jsonSchema(body.schema, 'input', shared),
              },
            },
          },
        }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { description: meaning, schema }]) => [
          status,
          {
            description: meaning,
            ...contentOf(schema, status === '200' ? streams : [], shared),
          },
        ]),
      ),
      ...Object.fromEntries(
        refusalsOf(operation, statusOfCode).map((status) => [
          status,
          {
            description: statusWords[status] ?? 'Refused.',
            content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  };
}

function contentOf(schema: z.ZodType | null, streams: readonly string[], shared: Shared): Json {
  const content = {
    ...(schema === null ? {} : { 'application/json': { schema: jsonSchema(schema, 'output', shared) } }),
    ...Object.fromEntries(streams.map((type) => [type, { schema: { type: 'string' } }])),
  };
  return Object.keys(content).length === 0 ? {} : { content };
}

function header(name: string, required: boolean, description: string): Json {
  return { in: 'header', name, required, description, schema: { type: 'string' } };
}

function parameters(place: 'path' | 'query', schema: z.ZodObject, shared: Shared): readonly Json[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description, ...rest } = jsonSchema(field, 'input', shared);
    return {
      in: place,
      name,
      required: place === 'path' || !z.safeParse(field, undefined).success,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** In a document a `$ref` leads from its root: what has a name stands among the components, once. */
function jsonSchema(schema: z.core.$ZodType, io: 'input' | 'output', shared: Shared): Json {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const nameOf = (name: string): string => (io === 'input' ? `${name}Input` : name);
  const withoutDefinitions = (value: unknown): Json => {
    const placed = JSON.stringify(value, (key, inner: unknown) =>
      key === '$ref' && typeof inner === 'string'
        ? inner.replace(/^#\/\$defs\/(.+)$/, (_, name: string) => `#/components/schemas/${nameOf(name)}`)
        : inner,
    );
    const { $schema: _, $defs: __, id: ___, ...rest } = json.parse(JSON.parse(placed));
    return rest;
  };
  for (const [given, definition] of Object.entries(made.$defs ?? {})) {
    const name = nameOf(given);
    const placed = withoutDefinitions(definition);
    if (!isDeepStrictEqual(shared.get(name) ?? placed, placed))
      throw new RangeError(`two schemas of the API are called '${name}'`);
    shared.set(name, placed);
  }
  return withoutDefinitions(made);
}

const json = z.record(z.string(), z.unknown());
