/** Attacks on the admin API: what is sent is text and never a query, a header or somebody else's answer. */
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { machineToken, resourceOf } from './api-tokens.ts';
import { openWorld, type Person, type World } from './world.ts';

let world: World;
let token: string;
beforeAll(async () => {
  world = await openWorld();
  token = await machineToken(world);
});
afterAll(() => world.close());

interface Sent {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly by?: string | null;
}

async function send(path: string, { method = 'GET', body, headers = {}, by = token }: Sent = {}) {
  const response = await fetch(`${resourceOf(world)}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(by === null ? {} : { authorization: `Bearer ${by}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function passOf(person: Person, headers: Record<string, string> = {}, by = token) {
  const path = `/users/${person.account.id}/authentication/accessPass`;
  return send(path, { method: 'POST', body: '{"hours":1}', headers, by });
}

const objects = [
  '{"$ne":null}',
  '{"$gt":""}',
  '{"$where":"1"}',
  '[]',
  '{"hours":{"$gt":0}}',
  '{"hours":1,"$set":{"x":1}}',
  '{"hours":1e400}',
  '{"hours":"1"}',
  '{"hours":1.5}',
];

describe('what is no plain value', () => {
  test.each(objects)('is refused in a body: %s', async (body) => {
    const { account } = await world.person();
    const answer = await send(`/users/${account.id}/authentication/accessPass`, { method: 'POST', body });
    expect(answer.status).toBe(422);
    const { accessPass, version } = await world.deployment.composition.ports.records.read(account.id);
    expect([accessPass, version]).toEqual([null, 0]);
  });

  test.each([
    'userPrincipalName[$ne]=x',
    'userPrincipalName[]=a',
    'userPrincipalName=a&userPrincipalName=b',
    'group[$regex]=.*',
    'limit=1&limit=2',
    'limit=0x10',
    'limit=1e9',
    'limit=-1',
    '__proto__=1',
    'constructor=1',
    'access_token=x',
  ])('is refused in a query: %s', async (query) => {
    expect((await send(`/users?${query}`)).status).toBe(query === 'limit=0x10' ? 200 : 422);
  });

  test('changes no prototype', async () => {
    const { account } = await world.person();
    const path = `/users/${account.id}/authentication/accessPass`;
    for (const body of [
      '{"__proto__":{"hours":5}}',
      '{"hours":2,"constructor":{"prototype":{"isAdmin":true}}}',
    ])
      await send(path, { method: 'POST', body });
    const probe: Readonly<Record<string, unknown>> = {};
    expect([probe['hours'], probe['isAdmin']]).toEqual([undefined, undefined]);
    const policy = '/policies/securityInfo/default';
    const tag = (await send(policy)).headers.get('etag') ?? '';
    const body = '{"__proto__":{"snoozes":9},"constructor":1}';
    expect((await send(policy, { method: 'PATCH', body, headers: { 'if-match': tag } })).status).toBe(422);
  });

  test('is refused however deep it is', async () => {
    const { account } = await world.person();
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const answer = await send(`/users/${account.id}/authentication/accessPass`, {
      method: 'POST',
      body: deep,
    });
    expect([400, 422]).toContain(answer.status);
  });
});

describe('a name in the address', () => {
  test.each([
    ['of another script', 'name:ｐｅｒｓｏｎ１'],
    ['with a direction override', 'name:\u202eperson1'],
    ['with half a character', 'name:%ED%A0%80'],
    ['with a zero byte', 'name:%00'],
    ['with dots', '..%2f..%2fpolicies'],
    ['with an operator', '{"$ne":null}'],
    ['of a prototype', '__proto__'],
    ['with nothing', 'name:'],
    ['as long as may be', 'a'.repeat(200)],
  ])('%s is answered, and never as somebody by chance', async (_, id) => {
    const isEncoded = id.includes('%');
    const answer = await send(`/users/${isEncoded ? id : encodeURIComponent(id)}`);
    // Full width letters are the same name, as at the sign-in.
    expect(answer.status).toBeOneOf(_ === 'of another script' ? [200, 404] : [400, 404, 422]);
    expect(answer.headers.get('content-type')).toContain('json');
  });

  test('comes back in Location only encoded, and with no host', async () => {
    const { account } = await world.person();
    const strange = `${account.loginName}\u2003`;
    const answer = await send(`/users/${encodeURIComponent(`name:${strange}`)}/authentication/emailMethods`, {
      method: 'POST',
      body: '{"emailAddress":"a@example.org"}',
      headers: { 'x-forwarded-host': 'evil.example' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toMatch(
      /^\/admin\/api\/v1\/users\/[\w%.:~-]+\/authentication\/emailMethods$/,
    );
    const injected = await send(
      `/users/${encodeURIComponent(`name:${account.loginName}\r\nX-Evil: 1`)}/authentication/emailMethods`,
      { method: 'POST', body: '{"emailAddress":"b@example.org"}' },
    );
    expect(injected.headers.get('x-evil')).toBeNull();
  });
});

describe('a token', () => {
  test('counts in the Authorization header alone', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', cookie: `access_token=${token}` };
    const form = { method: 'POST', body: `access_token=${token}`, headers, by: null };
    expect((await send(`/users?access_token=${token}`, { by: null })).status).toBe(401);
    expect((await send('/users/x/authentication/unlock', form)).status).toBe(401);
    expect(
      (await send('/users', { by: null, headers: { authorization: `Bearer ${token}, Bearer x` } })).status,
    ).toBe(401);
  });

  test('is in no answer and no line of the log', async () => {
    await send(`/users?access_token=${token}`);
    await send('/nowhere');
    expect(world.logLines.join('')).not.toContain(token);
  });
});

describe('the method of a request', () => {
  test('is the one that is sent, whatever a header or the query says', async () => {
    const person = await world.person({ methods: [{ type: 'email', verifiedDaysAgo: 10 }] });
    const path = `/users/${person.account.id}/authentication`;
    const [{ id } = { id: '' }] = (await world.deployment.composition.ports.records.read(person.account.id))
      .methods;
    for (const name of ['x-http-method-override', 'x-method-override', 'x-http-method'])
      expect((await send(`${path}/methods/${id}`, { headers: { [name]: 'DELETE' } })).status).toBe(405);
    expect((await send(`${path}/methods/${id}?_method=DELETE`, { method: 'POST' })).status).toBe(405);
    expect((await world.deployment.composition.ports.records.read(person.account.id)).methods).toHaveLength(
      1,
    );
  });

  test('asks the same of HEAD as of GET, and OPTIONS opens nothing to other origins', async () => {
    expect((await send('/users', { method: 'HEAD', by: null })).status).toBe(401);
    expect(await send('/users', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    const answer = await send('/users', {
      method: 'OPTIONS',
      by: null,
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'GET' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    const read = await send('/users', { headers: { origin: 'https://evil.example' } });
    expect(read.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('a forged Host comes back in nothing that is answered', async () => {
  const text = await new Promise<string>((resolve, reject) => {
    const { port } = new URL(world.issuer);
    const path = '/admin/api/v1/openapi.json';
    request(
      {
        port,
        host: '127.0.0.1',
        path,
        headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
      },
      (answer) => {
        let all = JSON.stringify(answer.headers);
        answer.on('data', (chunk) => (all += String(chunk)));
        answer.on('end', () => resolve(all));
      },
    )
      .on('error', reject)
      .end();
  });
  expect(text).not.toContain('evil.example');
  expect(text).toContain(world.issuer);
});

describe('an Idempotency-Key', () => {
  test('gives an access pass again to who had it, and to nobody else', async () => {
    const person = await world.person();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await passOf(person, headers);
    expect((await passOf(person, headers)).text).toBe(first.text);
    const thief = await machineToken(world);
    const other = await passOf(person, headers, thief);
    expect(other.status).toBe(201);
    expect(other.text).not.toBe(first.text);
    const reader = await machineToken(world, ['methods:read']);
    expect((await passOf(person, headers, reader)).status).toBe(403);
  });

  test('of two requests at once lets one through', async () => {
    const person = await world.person();
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => passOf(person, headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    const { records } = world.deployment.composition.ports;
    expect((await records.read(person.account.id)).version).toBeLessThanOrEqual(2);
    expect(new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text)).size).toBe(1);
  });

  test('keeps no refusal: what was put right goes through under the same key', async () => {
    const { account } = await world.person();
    const headers = { 'idempotency-key': randomUUID() };
    const path = `/users/${account.id}/authentication/accessPass`;
    expect((await send(path, { method: 'POST', body: '{"hours":0}', headers })).status).toBe(422);
    expect((await send(path, { method: 'POST', body: '{"hours":1}', headers })).status).toBe(201);
  });

  test('keeps the pass sealed', async () => {
    const person = await world.person();
    const { text } = await passOf(person, { 'idempotency-key': randomUUID() });
    const [, pass = ''] = /"accessPass":"([^"]+)"/.exec(text) ?? [];
    expect(pass.length).toBeGreaterThan(10);
    const kept = await world.deployment.composition.connection
      .collection('idempotency_keys')
      .find()
      .toArray();
    expect(kept.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept)).not.toContain(pass);
    expect(world.logLines.join('')).not.toContain(pass);
  });
});
