/** Requests that no app and no browser makes: each is refused in the protocol's words or with a page, never with a 5xx. */
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sendRaw } from './raw-request.ts';
import { begin, redeem, signIn, typePassword } from './steps.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
afterEach(() => {
  expect(world.logLines.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});

const both = [
  { type: 'authenticator_app', verifiedDaysAgo: 10 },
  { type: 'email', verifiedDaysAgo: 10 },
] as const;

/** JSON so deep that a recursive reader would fail. */
const deep = (depth: number): string =>
  `{"id_token":{"email":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}}`;

const badClaims: Readonly<Record<string, string>> = {
  'a NUL in a name': '{"id_token":{"a\\u0000b":null}}',
  'a NUL in a deeper name': '{"userinfo":{"email":{"a\\u0000b":null}}}',
  'a control character in a name': '{"id_token":{"a\\u001b":null}}',
  'a lone surrogate in a name': '{"id_token":{"\\ud800":null}}',
  'an empty name': '{"id_token":{"":null}}',
  'the name of a prototype': '{"id_token":{"__proto__":{"essential":true}}}',
  'ninety levels': deep(90),
  'a list of lists': `{"id_token":{"email":${'['.repeat(500)}${']'.repeat(500)}}}`,
  'no JSON': '{"id_token":',
  'a list': '[]',
  'a number': '1',
  nothing: 'null',
};

test.each(Object.entries(badClaims))('tells the app that its claims cannot be: %s', async (_name, claims) => {
  const { visitor, pending } = await begin(world, { claims });
  expect(visitor.page.url.searchParams.get('error'), visitor.page.text).toBe('invalid_request');
  expect(visitor.page.url.searchParams.get('state')).toBe(pending.state);
});

test('takes claims by the names that other rules give them', async () => {
  const person = await world.person({ methods: both });
  const claims = JSON.stringify({
    id_token: { email: { essential: true }, 'https://claims.example/$group.x': null, 'name#fr-CA': null },
    userinfo: { $where: { values: ['1', 2, null] }, constructor: null, 'a.b': { value: { $gt: '' } } },
  });
  const { claims: told } = await redeem(await signIn(world, person, { claims }));
  expect(told['email']).toBe(person.account.mailbox);
});

test('answers a pushed request that cannot be in the words of the protocol', async () => {
  const push = (parameters: Readonly<Record<string, string>>) => world.app.pushedRequest(parameters);
  const thousandClaims = JSON.stringify({
    id_token: Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`c${at}`, null])),
  });
  for (const claims of [badClaims['a NUL in a name'] ?? '', deep(4_000), thousandClaims]) {
    await expect(push({ claims })).rejects.toMatchObject({ status: 400, error: 'invalid_request' });
  }
  await expect(push({ redirect_uri: 'http://evil.example/' })).rejects.toMatchObject({ status: 400 });
  await expect(push({ prompt: 'none login' })).rejects.toMatchObject({ status: 400 });
  await expect(push({ max_age: '-1' })).rejects.toMatchObject({ status: 400 });
  await expect(push({ request_uri: 'urn:x' })).rejects.toMatchObject({ status: 400 });
  await expect(push({ ui_locales: 'x'.repeat(70_000) })).rejects.toMatchObject({ status: 400 });
  const pending = await push({ ui_locales: '\0 __proto__ fr', login_hint: '\0$ne', state: '\0' });
  const { visitor } = await begin(world);
  await visitor.open(pending.url);
  expect(visitor.page.status).toBe(200);
  expect(visitor.page.html).toContain('<html lang="fr">');
});

test('refuses a device authorization that cannot be in the words of the protocol', async () => {
  const party = await world.client({
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    redirect_uris: [],
    response_types: [],
  });
  const claims = badClaims['a NUL in a name'] ?? '';
  await expect(
    client.initiateDeviceAuthorization(party.configuration, { scope: 'openid', claims }),
  ).rejects.toMatchObject({ status: 400, error: 'invalid_request' });
});

const oddParameters: readonly Readonly<Record<string, string>>[] = [
  { ui_locales: 'x'.repeat(4_000) },
  { ui_locales: '\0 ../../etc/passwd __proto__ constructor fr\r\nSet-Cookie:a=b' },
  { login_hint: 'y'.repeat(4_000) },
  { login_hint: '\0<script>alert(1)</script>' },
  { login_hint: '{"$ne":null}' },
  { state: 's'.repeat(4_000) },
  { state: '\0\u202e<script>' },
  { nonce: '\0'.repeat(500) },
  { acr_values: '\0 a.b $c' },
  { display: '<script>' },
  { id_token_hint: 'not a token' },
  { max_age: '9'.repeat(400) },
  { scope: `openid ${'x '.repeat(1_000)}` },
  { scope: 'openid $ne \0' },
  { prompt: 'security_info none' },
  { prompt: 'toString' },
  { response_type: '__proto__' },
  { response_mode: 'constructor' },
  { code_challenge: '\0' },
  { resource: 'javascript:alert(1)' },
];

test.each(oddParameters)('answers odd parameters with a sign-in or a refusal: %#', async (parameters) => {
  const person = await world.person({ methods: both });
  const started = await begin(world, parameters);
  const { page } = started.visitor;
  const isRefused = page.url.port === '1';
  if (!isRefused) {
    expect(page.status, page.text).toBeLessThan(500);
    expect(page.html).not.toContain('<script');
  }
  if (isRefused || page.status !== 200) return;
  await typePassword(started, person);
  expect(started.visitor.page.url.searchParams.get('state')).toBe(
    parameters['state'] ?? started.pending.state,
  );
  expect(started.visitor.page.url.searchParams.get('code')).not.toBeNull();
});

test.each([
  '/',
  '/auth',
  '/auth?client_id[$ne]=x&redirect_uri=y',
  '/auth?client_id=a&client_id=b',
  '/auth?client_id=__proto__&response_type=code',
  '/auth?client_id=%00&response_type=code',
  '/auth?%',
  '/auth/nowhere',
  '/auth/%00',
  '/auth/%E0%A4%A',
  '/interaction',
  '/interaction/',
  '/interaction/%00/sign-in',
  '/interaction/%E0%A4%A/sign-in',
  '/interaction/..%2f..%2fetc%2fpasswd/sign-in',
  '/interaction/__proto__/sign-in',
  `/interaction/${'x'.repeat(4_000)}/security-info`,
  '/interaction/x/security-info/methods/%00/remove',
  '/device?user_code=a&user_code=b',
  '/device?user_code[$ne]=%00',
  '/device/%00',
  '/session/end?id_token_hint=x',
  '/session/end?post_logout_redirect_uri=javascript:alert(1)',
  '/session/end?client_id=a&client_id=b',
  '/style-000000000000.css',
  '/.well-known/%00',
  '/%',
  '/%00',
])('answers %s with a page, at worst a refusal', async (path) => {
  const visitor = world.visitor();
  for (const language of ['en', 'fr']) {
    const page = await sendRaw(visitor, new URL(`${world.issuer}${path}`), {
      method: 'GET',
      headers: { 'Accept-Language': language },
    });
    expect(page.status, page.text).toBeLessThan(500);
    if (page.status >= 400) expect(page.html).toContain(`<html lang="${language}">`);
    expect(page.html).not.toContain('alert(1)');
  }
});

test('shows the field for a device code again to a browser that has lost its session', async () => {
  const visitor = world.visitor();
  await visitor.open(`${world.issuer}/device`);
  const { fields } = visitor.form('/device');
  const stranger = world.visitor();
  await stranger.open(`${world.issuer}/device`, { form: { ...fields, user_code: 'AAAA-AAAA' } });
  expect(stranger.page.status).toBe(400);
  await stranger.submit('/device', { user_code: 'AAAA-AAAA' });
  expect(stranger.page.status).toBe(422);
});

test('is not impressed by odd headers', async () => {
  const { visitor } = await begin(world);
  const kept = visitor.page.url;
  const cookie = visitor.cookies().map(({ name, value }) => `${name}=${value}`);
  const junk: readonly Readonly<Record<string, string>>[] = [
    { 'Accept-Language': 'x'.repeat(4_000) },
    { 'Accept-Language': '*;q=9, ;;q=,__proto__, fr;q=NaN' },
    { Accept: '\u00ff/*;q=a' },
    { 'User-Agent': '<script>alert(1)</script>' },
    { 'X-Forwarded-For': "'; DROP TABLE users; --" },
    { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'gopher', Forwarded: 'host=evil.example' },
    { 'X-HTTP-Method-Override': 'DELETE', 'X-Original-URL': '/admin' },
    { Cookie: [...cookie, 'a=%E0%A4%A', '=', ';;', '__proto__=1', 'known_browser=~~..~'].join('; ') },
    { Cookie: [...cookie, `x=${'y'.repeat(6_000)}`].join('; ') },
    { Range: 'bytes=0-1', 'If-None-Match': '*', 'If-Modified-Since': 'never' },
  ];
  for (const headers of junk) {
    const page = await sendRaw(visitor, kept, { method: 'GET', headers });
    expect(page.status, JSON.stringify(headers)).toBe(200);
    expect(page.html).not.toContain('evil.example');
    expect(page.html).not.toContain('alert(1)');
  }
  for (const value of ['interaction=__proto__', `interaction=${'x'.repeat(3_000)}`, 'interaction=']) {
    const page = await sendRaw(visitor, kept, { method: 'GET', headers: { Cookie: value } });
    expect(page.status).toBe(400);
    expect(page.heading).toBe('This sign-in has ended');
  }
});
