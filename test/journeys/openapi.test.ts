/** The OpenAPI document of the admin API: open to everybody, whole, and valid as OpenAPI 3.1. */
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { adminScopes } from '../../admin/scopes.ts';
import { fetchDocument, operationsIn, schemaIn } from './api-contract.ts';
import { openWorld } from './world.ts';

const world = await openWorld();
afterAll(() => world.close());
const address = `${world.issuer}/admin/api/v1/openapi.json`;
const document = await fetchDocument(world.issuer);
const operations = operationsIn(document);

/** Every value of the document that is an object, with where it stands. */
function* objectsIn(
  value: unknown,
  at = '#',
): Generator<readonly [string, Readonly<Record<string, unknown>>]> {
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* objectsIn(item, `${at}/${index}`);
  const object = z.record(z.string(), z.unknown()).safeParse(value);
  if (!object.success) return;
  yield [at, object.data];
  for (const [name, inner] of Object.entries(object.data))
    yield* objectsIn(inner, `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

const everything = [...objectsIn(document)];
const places = new Set(everything.map(([at]) => at));

test('is served without a token, to HEAD as well, and may be kept a while', async () => {
  const response = await fetch(address, { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toContain('max-age');
  expect((await fetch(address, { headers: { authorization: 'Bearer nonsense' } })).status).toBe(200);
  expect((await fetch(address, { method: 'POST' })).status).toBe(405);
});

test('has what OpenAPI 3.1 asks for', () => {
  const { openapi, info, servers, components } = z
    .looseObject({
      openapi: z.string(),
      info: z.object({ title: z.string().min(1), version: z.string().min(1), description: z.string() }),
      servers: z.tuple([z.object({ url: z.string() })]),
      components: z.object({
        schemas: z.record(z.string().regex(/^[\w.-]+$/), z.unknown()),
        securitySchemes: z.object({
          oauth: z.object({
            type: z.literal('oauth2'),
            flows: z.record(z.string(), z.looseObject({ scopes: z.unknown() })),
          }),
        }),
      }),
    })
    .parse(document);
  expect(openapi).toMatch(/^3\.1\.\d+$/);
  expect(info.title).not.toContain('undefined');
  expect(servers[0].url).toBe(`${world.issuer}/admin/api/v1`);
  for (const { scopes } of Object.values(components.securitySchemes.oauth.flows))
    expect(scopes).toEqual(adminScopes);
});

test('the addresses of its flows are those of the discovery document', async () => {
  const discovery = z
    .looseObject({ token_endpoint: z.string(), authorization_endpoint: z.string() })
    .parse(await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json());
  const text = JSON.stringify(document);
  expect(text).toContain(`"tokenUrl":"${discovery.token_endpoint}"`);
  expect(text).toContain(`"authorizationUrl":"${discovery.authorization_endpoint}"`);
});

test('every reference leads to something in the document', () => {
  const lost = everything.flatMap(([at, { $ref }]) =>
    typeof $ref === 'string' && !places.has($ref) ? [`${at}: ${$ref}`] : [],
  );
  expect(lost).toEqual([]);
  expect(everything.some(([, { $ref }]) => typeof $ref === 'string')).toBe(true);
});

test('nothing in it is empty where something is said, and no schema is left open by accident', () => {
  expect(JSON.stringify(document)).not.toMatch(/undefined|\[object/);
  for (const { operationId, responses } of operations)
    for (const [status, { content = {} }] of Object.entries(responses))
      for (const [type, { schema }] of Object.entries(content))
        expect(Object.keys(schema), `${operationId} ${status} ${type}`).not.toEqual([]);
});

test('operations have names of their own, and so have the parts of their addresses', () => {
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const shapes = Object.keys(document.paths).map((path) => path.replace(/\{\w+\}/g, '{}'));
  expect(new Set(shapes).size).toBe(shapes.length);
});

describe.each(operations)('$operationId', (operation) => {
  const { address: path, parameters, scope, responses, requestBody, method } = operation;

  test('declares every part of its path, each parameter once, and what it takes a scope for', () => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const inPath = parameters.filter((one) => one.in === 'path');
    expect(inPath.map(({ name }) => name).sort()).toEqual(named.sort());
    for (const { required } of inPath) expect(required).toBe(true);
    const keys = parameters.map((one) => `${one.in} ${one.name.toLowerCase()}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(Object.keys(adminScopes)).toContain(scope);
    expect(/^(GET|DELETE)$/.test(method) && requestBody !== undefined).toBe(false);
  });

  test('has schemas that can be read', () => {
    const bodies = [requestBody, ...Object.values(responses)].flatMap((one) =>
      Object.values(one?.content ?? {}),
    );
    for (const { schema } of [...parameters, ...bodies])
      expect(() => schemaIn(document, schema)).not.toThrow();
  });

  test('asks for a scope that only reads where it only reads', () => {
    expect(scope.endsWith(':read')).toBe(method === 'GET' || /preview/i.test(operation.operationId));
  });

  test('tells of each refusal that any operation has', () => {
    for (const status of ['401', '403', '422']) expect(Object.keys(responses)).toContain(status);
    expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true);
  });
});

test('the schemas refuse what they do not describe', () => {
  const { PrefilledMethod: schema } = document.components.schemas;
  expect(schemaIn(document, schema).safeParse({ id: 'a', isChanged: true }).success).toBe(true);
  expect(schemaIn(document, schema).safeParse({ id: 'a', isChanged: true, secret: 'b' }).success).toBe(false);
  expect(schemaIn(document, schema).safeParse({ id: 1, isChanged: true }).success).toBe(false);
});
