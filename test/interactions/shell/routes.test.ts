/** What the shell does for every room: headers, forms, tokens, prompts, errors, languages. */
import { expect, test } from 'vitest';
import type { Routes } from '../../../interactions/shell/contract.ts';
import { formTokenOf } from '../../../interactions/shell/form-token.ts';
import { SenderUnavailable } from '../../../security-info/errors.ts';
import { keys, openSite, signIn } from './site.ts';

const base = '/interaction/uid-1';
const token = formTokenOf(keys, 'uid-1');

/** A room that shows the sign-out's last page, and repeats its form as JSON. */
function echoRoom(routes: Routes): void {
  routes.get('/sign-in', ['login'], (step) => step.show('sign-out/signed-out', { clientName: null }));
  routes.post('/sign-in', ['login'], async ({ ctx, form }) => {
    ctx.body = { form, hasPrototype: Object.getPrototypeOf(form) !== null };
  });
  routes.get('/refused', ['login'], async () => {
    throw new SenderUnavailable();
  });
  routes.get('/broken', ['login'], async () => {
    throw new Error('secret somebody@example.com');
  });
  routes.post('/cancel', ['login'], (step) => step.finish({ kind: 'cancelled' }));
  routes.post('/cancel', ['consent'], async ({ ctx }) => {
    ctx.body = 'consent';
  });
}

test('every page carries the safe headers, and no script can run', async () => {
  const site = await openSite(echoRoom);
  const response = await site.get(`${base}/sign-in`);
  expect(response.status).toBe(200);
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("style-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('script-src');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.has('strict-transport-security')).toBe(false);
});

test('an https issuer asks for https from then on', async () => {
  const site = await openSite(echoRoom, 'https://issuer.test');
  const response = await site.get(`${base}/sign-in`);
  expect(response.headers.get('strict-transport-security')).toContain('max-age=');
});

test('the stylesheet is served where the page says, to be kept', async () => {
  const site = await openSite(echoRoom);
  const html = await (await site.get(`${base}/sign-in`)).text();
  const path = /href="(\/style-[0-9a-f]{12}\.css)"/.exec(html)?.[1] ?? '';
  const response = await site.get(path);
  expect(response.headers.get('content-type')).toContain('text/css');
  expect(response.headers.get('cache-control')).toContain('immutable');
});

test.each([
  ['login', '/sign-in'],
  ['security_info', '/security-info'],
  ['consent', '/consent'],
] as const)('a sign-in at %s is sent to %s', async (prompt, room) => {
  const site = await openSite(echoRoom);
  site.interaction = { ...signIn, prompt };
  const response = await site.get(base);
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe(`${base}${room}`);
});

test('a page of another prompt leads to where the sign-in is, and takes no form', async () => {
  const site = await openSite(echoRoom);
  site.interaction = { ...signIn, prompt: 'security_info' };
  const shown = await site.get(`${base}/sign-in`);
  expect(shown.headers.get('location')).toBe(`${base}/security-info`);
  const posted = await site.post(`${base}/sign-in`, {});
  expect(posted.status).toBe(403);
  expect(await posted.text()).toContain(`href="${base}"`);
});

test('one path is another page at another prompt', async () => {
  const site = await openSite(echoRoom);
  const left = await site.post(`${base}/cancel`, {});
  expect(left.headers.get('location')).toBe('https://app.example/cb');
  expect(site.results).toEqual([{ kind: 'cancelled' }]);
  site.interaction = { ...signIn, prompt: 'consent' };
  expect(await (await site.post(`${base}/cancel`, {})).text()).toBe('consent');
});

test.each([
  ['no token', 'a=1', {}],
  ["another sign-in's token", `form_token=${formTokenOf(keys, 'uid-2')}`, {}],
  ['a foreign origin', `form_token=${token}`, { origin: 'https://evil.example' }],
  ['a cross-site request', `form_token=${token}`, { 'sec-fetch-site': 'cross-site' }],
])('refuses a form with %s', async (_title, body, headers) => {
  const site = await openSite(echoRoom);
  const response = await site.postRaw(`${base}/sign-in`, body, headers);
  expect(response.status).toBe(403);
  expect(await response.text()).toContain('This form is out of date');
});

test.each([[{ origin: 'http://issuer.test', 'sec-fetch-site': 'same-origin' }], [{ origin: 'null' }]])(
  'takes a form of its own: %o',
  async (headers) => {
    const site = await openSite(echoRoom);
    expect((await site.post(`${base}/sign-in`, {}, headers)).status).toBe(200);
  },
);

test('names that objects have are plain strings, and the token is no field', async () => {
  const site = await openSite(echoRoom);
  const response = await site.postRaw(`${base}/sign-in`, `form_token=${token}&constructor=3`);
  const answer: unknown = await response.json();
  expect(answer).toHaveProperty('hasPrototype', false);
  expect(JSON.stringify(answer)).toContain('"constructor":"3"');
  expect(answer).not.toHaveProperty('form.form_token');
});

test.each(['a[$ne]', 'a.b', '__proto__', '$where'])('refuses a form with a field called %s', async (name) => {
  const site = await openSite(echoRoom);
  const fields = new URLSearchParams([
    ['form_token', token],
    [name, '1'],
  ]);
  expect((await site.postRaw(`${base}/sign-in`, fields.toString())).status).toBe(400);
});

test.each([
  ['a megabyte', `a=${'x'.repeat(1_048_576)}`, {}, 413],
  ['a field twice', `form_token=${token}&a=1&a=2`, {}, 400],
  ['invalid UTF-8', `form_token=${token}&a=%ff`, {}, 400],
  ['raw bytes that are no UTF-8', Buffer.from([0x61, 0x3d, 0xff]), {}, 400],
  ['a broken escape', `form_token=${token}&a=%`, {}, 400],
  ['a NUL', `form_token=${token}&a=%00`, {}, 400],
  ['JSON', `{"form_token":"${token}"}`, { 'content-type': 'application/json' }, 400],
  ['nothing', '', {}, 403],
])('answers %s with a clear refusal', async (_title, body, headers, status) => {
  const site = await openSite(echoRoom);
  const response = await site.postRaw(`${base}/sign-in`, body, headers);
  expect(response.status).toBe(status);
  expect(await response.text()).toContain('<h1>That did not work</h1>');
});

test('a megabyte without a length is refused too', async () => {
  const site = await openSite(echoRoom);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let part = 0; part < 16; part++) controller.enqueue(new Uint8Array(65_536).fill(0x61));
      controller.close();
    },
  });
  const response = await fetch(`${site.origin}${base}/sign-in`, {
    method: 'POST',
    body,
    duplex: 'half',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(response.status).toBe(413);
});

test('an unknown path is a page too, and so is a wrong method', async () => {
  const site = await openSite(echoRoom);
  const unknown = await site.get(`${base}/nothing`);
  expect(unknown.status).toBe(404);
  expect(await unknown.text()).toContain('There is no such page.');
  const wrong = await site.get(`${base}/cancel`);
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get('allow')).toContain('POST');
});

test('a refusal is told with its status and a way on; a sign-in that is gone with what to do', async () => {
  const site = await openSite(echoRoom);
  const refused = await site.get(`${base}/refused`);
  expect(refused.status).toBe(503);
  expect(await refused.text()).toContain(`href="${base}"`);
  const gone = await site.get('/interaction/uid-2/sign-in');
  expect(gone.status).toBe(400);
  expect(await gone.text()).toContain('sign in there again');
});

test('a failure is a plain page, and the log learns where but not what', async () => {
  const site = await openSite(echoRoom);
  const response = await site.get(`${base}/broken`);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('somebody');
  expect(site.logged).toHaveLength(1);
  expect(site.logged[0]).toMatchObject({ failure: 'Error', page: '/interaction/:uid/broken' });
  expect(JSON.stringify(site.logged)).not.toMatch(/somebody|secret|uid-1/);
});

test('ui_locales come first, then Accept-Language, then English', async () => {
  const site = await openSite(echoRoom);
  const languageOf = async (headers?: Record<string, string>): Promise<string | null> =>
    (await site.get(`${base}/sign-in`, headers)).headers.get('content-language');
  expect(await languageOf()).toBe('en');
  expect(await languageOf({ 'accept-language': 'de, fr;q=0.8, en;q=0.5' })).toBe('fr');
  site.interaction = { ...signIn, uiLocales: ['fr-CA'] };
  expect(await languageOf({ 'accept-language': 'en' })).toBe('fr');
  const gone = await site.get('/interaction/uid-2', { 'accept-language': 'fr' });
  expect(await gone.text()).toContain('Cette connexion est terminée');
});

test("the provider's errors are told in words, what was typed is escaped", async () => {
  const site = await openSite(echoRoom);
  const description = encodeURIComponent('<script>alert(1)</script>');
  const client = await (await site.get(`/auth?error=invalid_client&description=${description}`)).text();
  expect(client).toContain('not known to this service');
  expect(client).toContain('<code>invalid_client</code>');
  expect(client).not.toContain('<script>');
  const other = await (await site.get('/auth?error=__proto__&description=x')).text();
  expect(other).toContain('what the app that sent you here asked for');
  const gone = await (await site.get('/auth?error=invalid_request&name=SessionNotFound')).text();
  expect(gone).toContain('This sign-in has ended');
  expect((await site.get('/x?error=invalid_request&status=404')).status).toBe(404);
});
