/** Each operation of the admin API does what its document says: every documented status happens, and fits its schema. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { adminScopeNames } from '../../admin/scopes.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  type DocumentedOperation,
  expectDocumented,
  fetchDocument,
  operationsIn,
  send,
} from './api-contract.ts';
import { type Example, examples, notOffered } from './api-examples.ts';
import { adminToken, machineToken, ordinaryToken } from './api-tokens.ts';
import { openWorld } from './world.ts';

// What is tested is told by the running service: an operation that is added is tested without a change here.
const world = await openWorld();
afterAll(() => world.close());
const methods = ['email', 'authenticator_app', 'mobile_phone', 'security_questions'];
await world.policy({ methods, requireRegistration: true });

const document = await fetchDocument(world.issuer);
const operations = operationsIn(document);
const token = await machineToken(world);
const withoutScope = new Map(
  await Promise.all(
    adminScopeNames.map(
      async (scope) =>
        [
          scope as string,
          await machineToken(
            world,
            adminScopeNames.filter((name) => name !== scope),
          ),
        ] as const,
    ),
  ),
);
const { connection } = world.deployment.composition;
const accounts = connection.collection<{ _id: string }>('accounts');

const forAnotherAudience = await ordinaryToken(world);
const demoted = await adminToken(world);
await accounts.updateOne({ _id: demoted.admin.account.id }, { $set: { isAdmin: false } });
const catalogue = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

const problem = z.object({
  code: z.string(),
  title: z.string().min(3),
  status: z.number(),
  type: z.string(),
});

/** Sends the request in both languages, and expects the same refusal in both, as it is documented. */
async function refused(
  operation: DocumentedOperation,
  request: ApiRequest,
  status: number,
  { by = token }: { readonly by?: string | null } = {},
): Promise<string> {
  const [en, fr] = await Promise.all(
    ['en', 'fr'].map((language) =>
      send(world.issuer, operation, by, {
        ...request,
        headers: { 'accept-language': language, ...request.headers },
      }),
    ),
  );
  const read = (answer: ApiAnswer | undefined, language: string) => {
    if (answer === undefined) throw new Error('no answer');
    expect(answer.status, `${operation.operationId}: ${answer.text}`).toBe(status);
    expectDocumented(document, operation, answer);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('content-language')).toBe(language);
    return problem.parse(answer.body);
  };
  const [english, french] = [read(en, 'en'), read(fr, 'fr')];
  expect(english.status).toBe(status);
  expect(english.type).toBe(`urn:oidc-security-info:problem:${english.code}`);
  expect(catalogue, `docs/errors.md has no ${english.code}`).toContain(`\n## ${english.code}\n`);
  expect(french.code).toBe(english.code);
  expect(french.title).not.toBe(english.title);
  return english.code;
}

/** The request that succeeds. */
async function good(operation: DocumentedOperation): Promise<ApiRequest> {
  const [example] = Object.entries(examples[operation.operationId] ?? {}).flatMap(([status, made]) =>
    Number(status) < 300 ? [made] : [],
  );
  if (example === undefined) throw new Error(`api-examples.ts has no example of ${operation.operationId}`);
  return example(world);
}

const isJson = ({ requestBody }: DocumentedOperation): boolean =>
  requestBody !== undefined && 'application/json' in requestBody.content;
const withHeaders = (request: ApiRequest, headers: Record<string, string>): ApiRequest => ({
  ...request,
  headers: { ...request.headers, ...headers },
});
/** A tag, so that nothing is refused for the want of one. */
const seen = { 'if-match': '"1"' };
const empty = (operation: DocumentedOperation): ApiRequest => ({
  headers: seen,
  ...(operation.requestBody === undefined ? {} : { body: {} }),
});

/** How every operation is brought to answer so, where it is documented. */
const generic: Readonly<Record<number, (operation: DocumentedOperation) => Promise<unknown>>> = {
  async 400(operation) {
    if (!isJson(operation)) return refused(operation, { headers: seen, query: { cursor: '~' } }, 400);
    for (const body of ['{"a":', '', 'nul', '\u{feff}{}'])
      expect(await refused(operation, { headers: seen, body }, 400)).toBe('malformed_json');
  },
  async 401(operation) {
    expect(await refused(operation, empty(operation), 401, { by: null })).toBe('unauthorized');
    for (const by of ['nonsense', `${token}x`, forAnotherAudience, 'a'.repeat(5_000)])
      expect(await refused(operation, empty(operation), 401, { by })).toBe('invalid_token');
    const basic = withHeaders(empty(operation), { authorization: `Basic ${token}` });
    expect(await refused(operation, basic, 401)).toBe('invalid_token');
  },
  async 403(operation) {
    const by = withoutScope.get(operation.scope) ?? '';
    expect(await refused(operation, empty(operation), 403, { by })).toBe('insufficient_scope');
    expect(await refused(operation, empty(operation), 403, { by: demoted.token })).toBe('not_an_admin');
  },
  async 404(operation) {
    const request = await good(operation);
    for (const name of Object.keys(request.path ?? {})) {
      const path = { ...request.path, [name]: 'nobody' };
      expect(await refused(operation, { ...request, path }, 404)).toMatch(/_not_found$/);
    }
  },
  async 406(operation) {
    const request = withHeaders(empty(operation), { accept: 'image/png' });
    expect(await refused(operation, request, 406)).toBe('not_acceptable');
  },
  async 409(operation) {
    const request = await good(operation);
    const many = await Promise.all(
      Array.from({ length: 8 }, () =>
        send(
          world.issuer,
          operation,
          token,
          withHeaders(request, { 'idempotency-key': `${operation.operationId}-at-once` }),
        ),
      ),
    );
    const late = many.find(({ status }) => status === 409);
    expect(late?.body).toMatchObject({ code: 'idempotency_key_in_use' });
    for (const answer of many) expectDocumented(document, operation, answer);
    expect(new Set(many.filter(({ status }) => status < 300).map(({ text }) => text)).size).toBe(1);
  },
  async 412(operation) {
    const request = await good(operation);
    for (const tag of ['"0"', '"nonsense"', 'W/"1"', '"1", "2"', 'unquoted'])
      expect(await refused(operation, withHeaders(request, { 'if-match': tag }), 412)).toMatch(/_meanwhile$/);
  },
  async 413(operation) {
    const request = { headers: seen, body: `{"a":"${'a'.repeat(600 * 1024)}"}` };
    expect(await refused(operation, request, 413)).toBe('body_too_large');
  },
  async 415(operation) {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
      expect(
        await refused(
          operation,
          withHeaders({ ...empty(operation), body: '{}' }, { 'content-type': type }),
          415,
        ),
      ).toBe('unsupported_media_type');
    const zipped = withHeaders({ ...empty(operation), body: '{}' }, { 'content-encoding': 'gzip' });
    expect(await refused(operation, zipped, 415)).toBe('unsupported_media_type');
  },
  async 422(operation) {
    const unknown = { ...empty(operation), query: { noSuchThing: '1' } };
    expect(await refused(operation, unknown, 422)).toBe('invalid_input');
    const names = operation.parameters.flatMap((one) => (one.in === 'path' ? [one.name] : []));
    for (const name of names) {
      const path = { [name]: 'a'.repeat(3_000) };
      expect(await refused(operation, { ...empty(operation), path }, 422)).toBe('invalid_input');
    }
    if (isJson(operation))
      for (const body of ['[]', 'null', '"a"', '1'])
        expect(await refused(operation, { headers: seen, body }, 422)).toBe('invalid_input');
  },
  async 428(operation) {
    const request = withHeaders(await good(operation), { 'if-match': '', 'if-none-match': '' });
    expect(await refused(operation, request, 428)).toBe('precondition_required');
  },
};

test('every operation has a request that succeeds, and every status that is documented has a way to it', () => {
  const unprovoked = operations.flatMap(({ operationId, statuses, method }) =>
    statuses
      .filter((status) => {
        const isByHand = examples[operationId]?.[status] !== undefined;
        if (status < 300) return !isByHand;
        if (status === 409) return method !== 'POST' && !isByHand;
        return generic[status] === undefined && !isByHand;
      })
      .map((status) => `${operationId} ${status}`),
  );
  expect(unprovoked, 'add them to api-examples.ts').toEqual([]);
  const known = operations.map(({ operationId }) => operationId);
  expect(
    Object.keys(examples).filter((id) => !known.includes(id)),
    'no longer there',
  ).toEqual([]);
});

for (const operation of operations) {
  const { operationId, method, address, statuses, responses, requestBody } = operation;
  describe(`${operationId}: ${method} ${address}`, () => {
    test.each(statuses)('really answers %i, as its schema says', async (status) => {
      const example: Example | undefined = examples[operationId]?.[status];
      if (status >= 300) {
        if (example !== undefined) await refused(operation, await example(world), status);
        else await generic[status]?.(operation);
        return;
      }
      if (example === undefined) throw new Error(`api-examples.ts has no ${status} of ${operationId}`);
      const answer = await send(world.issuer, operation, token, await example(world));
      expect(answer.status, answer.text).toBe(status);
      expectDocumented(document, operation, answer);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      for (const type of Object.keys(responses[status]?.content ?? {})) {
        const asked = withHeaders(await example(world), { accept: type });
        const inType = await send(world.issuer, operation, token, asked);
        expectDocumented(document, operation, inType);
        expect(inType.headers.get('content-type')).toContain(type);
      }
    });

    if (method !== 'POST') return;
    test('is done once under one Idempotency-Key, and refuses another request', async () => {
      const request = withHeaders(await good(operation), { 'idempotency-key': `${operationId}-once` });
      const [first, second] = [
        await send(world.issuer, operation, token, request),
        await send(world.issuer, operation, token, request),
      ];
      expect(first.status).toBeLessThan(300);
      expect(second).toMatchObject({ status: first.status, text: first.text });
      expect(second.headers.get('location')).toBe(first.headers.get('location'));
      // A file is known by its key alone.
      if (requestBody !== undefined && !isJson(operation)) return;
      const other = await good(operation);
      if (JSON.stringify(other) === JSON.stringify(await good(operation))) return;
      const reused = withHeaders(other, { 'idempotency-key': `${operationId}-once` });
      expect(await refused(operation, reused, 422)).toBe('idempotency_key_reused');
      for (const key of ['a b', 'a'.repeat(256)])
        expect(await refused(operation, withHeaders(other, { 'idempotency-key': key }), 422)).toBe(
          'invalid_input',
        );
    });
  });
}

test('an expired token is refused by every operation', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11 * 60_000 });
  try {
    for (const operation of operations)
      expect(await refused(operation, empty(operation), 401)).toBe('invalid_token');
  } finally {
    vi.useRealTimers();
  }
});

test('a client whose scopes were taken away is refused by every operation within 5 seconds', async () => {
  const mine = await machineToken(world);
  const all = connection.collection<{ _id: string; metadata: Record<string, unknown> }>('clients');
  const before = await all.find().toArray();
  const without = { admin_scopes: [] };
  for (const { _id, metadata } of before)
    await all.updateOne({ _id }, { $set: { metadata: { ...metadata, ...without } } });
  world.clock.advance(5_000);
  try {
    for (const operation of operations)
      expect(await refused(operation, empty(operation), 403, { by: mine })).toBe('insufficient_scope');
  } finally {
    for (const { _id, metadata } of before) await all.updateOne({ _id }, { $set: { metadata } });
    world.clock.advance(5_000);
  }
});

test('a type that the policy does not offer cannot be filled in', async () => {
  const operation = operations.find(({ operationId }) => operationId === 'prefillPhoneMethod');
  if (operation === undefined) throw new Error('no prefillPhoneMethod');
  expect(await refused(operation, await notOffered(world), 403)).toBe('method_not_offered');
});
