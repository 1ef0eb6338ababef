/** Attacks on the console: borrowed cookies, addresses that lead elsewhere, forms from elsewhere, borrowed codes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readReturnTo } from '../../provider/console-entry.ts';
import { createAdmin, enterConsole, proveApp } from './console.ts';
import { cookieHeader, sendRaw } from './raw-request.ts';
import { typePassword } from './steps.ts';
import type { Visitor } from './visitor.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** The heading of the console's first page, for a browser with these cookies. */
async function headingFor(cookie: string): Promise<string> {
  const response = await fetch(`${world.issuer}/admin/`, { redirect: 'manual', headers: { cookie } });
  return response.status === 200
    ? 'in'
    : new URL(response.headers.get('location') ?? '', world.issuer).pathname;
}

const elsewhere = [
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https://evil.example/',
  'https:evil.example',
  '/%5cevil.example/..//',
  '/%09/evil.example',
  '/\t/evil.example',
  '/\u0000/evil.example',
  '@evil.example/',
  '.evil.example/',
  '/../../evil',
  '/..//evil.example',
  '/%2e%2e/security-info',
  '/.%2e/session/end',
  'javascript:alert(1)',
  '/a\r\nSet-Cookie: a=b',
  `/${'a'.repeat(2_000)}`,
];

describe('where an entry leads', () => {
  test.each(elsewhere)('is a page under /admin of this host: %j', (to) => {
    const { origin, pathname } = new URL(`/admin${readReturnTo(to)}`, world.issuer);
    expect(origin).toBe(world.issuer);
    expect(pathname).toMatch(/^\/admin(\/|$)/);
  });

  test('is kept where it is one', () => {
    for (const to of ['/', '/people', '/people/a%20b?query=%C3%A9&x=..', '/policies/default#a'])
      expect(readReturnTo(to)).toBe(to);
  });

  test('is no other host after the whole sign-in', async () => {
    const admin = await createAdmin(world);
    const visitor = await enterConsole(
      world,
      admin,
      `/admin/enter?to=${encodeURIComponent('//evil.example/x')}`,
    );
    expect(visitor.page.url.href).toBe(`${world.issuer}/admin`);
    await visitor.open(`${world.issuer}/admin/enter?to=/a&to=//evil.example`);
    expect(visitor.page.url.host).toBe(new URL(world.issuer).host);
  });
});

describe('the cookie of a visit', () => {
  test('opens nothing in another browser, nor with a cookie of that browser’s own', async () => {
    const [mine, other] = [
      await enterConsole(world, await createAdmin(world)),
      await enterConsole(world, await createAdmin(world)),
    ];
    expect(await headingFor(cookieHeader(mine, '/admin/'))).toBe('in');
    const valueIn = (visitor: Visitor, name: string): string =>
      visitor.cookies().find((cookie) => cookie.name === name)?.value ?? '';
    const visit = valueIn(mine, 'console');
    expect(visit).not.toBe('');
    expect(visit).not.toContain('eyJ');
    expect(await headingFor(`console=${visit}`)).toBe('/admin/enter');
    expect(await headingFor(`console=${visit}; console_browser=${valueIn(other, 'console_browser')}`)).toBe(
      '/admin/enter',
    );
    expect(
      await headingFor(
        `console=${visit.slice(0, -2)}AA; console_browser=${valueIn(mine, 'console_browser')}`,
      ),
    ).toBe('/admin/enter');
  });

  test('is void once its admin has signed out of the provider', async () => {
    const visitor = await enterConsole(world, await createAdmin(world));
    const cookies = cookieHeader(visitor, '/admin/');
    await visitor.open(`${world.issuer}/session/end`);
    await visitor.submit('/session/end/confirm', { logout: 'yes' });
    expect(await headingFor(cookies)).toBe('/admin/enter');
  });
});

describe('what comes back from the sign-in', () => {
  test('is taken in the browser that began, once, and with its own state', async () => {
    const admin = await createAdmin(world);
    const victim = world.visitor();
    const thief = world.visitor();
    await thief.open(`${world.issuer}/admin/`);
    await typePassword({ visitor: thief }, admin);
    await proveApp(world, admin, thief);
    const back = thief.trail.addresses.find((address) => address.includes('/admin/signed-in')) ?? '';
    expect(back).toContain('code=');
    await victim.open(back);
    expect(victim.page.status).toBe(403);
    await victim.open(`${world.issuer}/admin/`);
    await victim.open(back);
    expect(victim.page.status).toBe(403);
    await thief.open(back);
    expect(thief.page.status).toBe(403);
  });

  test('gives no token at the token endpoint without the verifier', async () => {
    const response = await fetch(`${world.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'security-info-console',
        code: 'x'.repeat(43),
        redirect_uri: `${world.issuer}/admin/signed-in`,
        code_verifier: 'x'.repeat(43),
      }),
    });
    expect(response.status).toBe(400);
  });
});

describe('a form', () => {
  test('from another site, or without its token, is refused', async () => {
    const visitor = await enterConsole(world, await createAdmin(world));
    const leave = `${world.issuer}/admin/leave`;
    const { fields } = visitor.form('/leave');
    const body = new URLSearchParams(fields).toString();
    for (const headers of [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }])
      expect((await sendRaw(visitor, leave, { body, headers })).status).toBe(403);
    expect((await sendRaw(visitor, leave, { body: 'a=b' })).status).toBe(403);
    const other = await enterConsole(world, await createAdmin(world));
    const foreign = new URLSearchParams(other.form('/leave').fields).toString();
    expect((await sendRaw(visitor, leave, { body: foreign })).status).toBe(403);
    expect(await headingFor(cookieHeader(visitor, '/admin/'))).toBe('in');
    await visitor.submit('/leave');
    expect(await headingFor(cookieHeader(visitor, '/admin/'))).toBe('/admin/enter');
  });

  test('page may be in no frame, and is kept by nobody', async () => {
    const { page } = await enterConsole(world, await createAdmin(world));
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('cache-control')).toContain('no-store');
  });
});
