/** The sign-out pages in a real provider: that the library takes what our forms send. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { portOf } from '../../../demo/listen.ts';
import type { Pages } from '../../../interactions/shell/pages.ts';
import { createSignOutPages } from '../../../interactions/sign-out/sign-out-pages.ts';

const server = createServer();
let origin: string;

/** Shows what a view would get. */
const pages: Pick<Pages, 'show'> = {
  show: async (ctx, view, page, options) => {
    ctx.status = options?.status ?? 200;
    ctx.body = { view, page };
  },
};

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${portOf(server)}`;
  const signOutPages = createSignOutPages(pages);
  const provider = new Provider(origin, {
    clients: [
      {
        client_id: 'app',
        client_name: 'Some App',
        client_secret: 'x'.repeat(32),
        redirect_uris: ['https://app.example/'],
      },
    ],
    cookies: { keys: [randomBytes(16).toString('hex')] },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    features: {
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => signOutPages.logout(ctx, form, ctx.oidc.client?.clientName ?? null),
        postLogoutSuccessSource: (ctx) => signOutPages.signedOut(ctx, ctx.oidc.client?.clientName ?? null),
      },
    },
  });
  const callback = provider.callback();
  server.on('request', callback);
});

afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

const shownSchema = z.object({ view: z.string(), page: z.record(z.string(), z.unknown()) });

/** A browser that has signed in through the development interactions. */
async function signIn() {
  const cookies = new Map<string, string>();
  const ask = async (path: string, form?: Record<string, string>) => {
    const response = await fetch(new URL(path, origin), {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const text = await response.text();
    const shown = text.startsWith('{') ? shownSchema.parse(JSON.parse(text)) : undefined;
    return { status: response.status, location: response.headers.get('location') ?? '', shown };
  };
  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
  const query = `client_id=app&response_type=code&scope=openid&redirect_uri=https%3A%2F%2Fapp.example%2F&code_challenge=${challenge}&code_challenge_method=S256`;
  let { location } = await ask(`/auth?${query}`);
  for (const form of [{ prompt: 'login', login: 'ada', password: 'x' }, { prompt: 'consent' }]) {
    const resumed = await ask(location, form);
    ({ location } = await ask(resumed.location));
  }
  expect(location).toContain('code=');
  return { ask, cookies };
}

function xsrfIn(page: Record<string, unknown> | undefined): string {
  return /name="xsrf" value="([0-9a-f]+)"/.exec(String(page?.['form']))?.[1] ?? '';
}

test('signs out, and says so', async () => {
  const { ask, cookies } = await signIn();
  const { shown } = await ask('/session/end?client_id=app');
  expect(shown).toMatchObject({ view: 'sign-out/sign-out', page: { canStay: true } });
  const { location } = await ask('/session/end/confirm', { xsrf: xsrfIn(shown?.page), logout: 'yes' });
  expect((await ask(location)).shown).toEqual({ view: 'sign-out/signed-out', page: { clientName: null } });
  expect(cookies.has('_session')).toBe(false);
});

test('stays signed in when asked to, and names the app that was left', async () => {
  const { ask, cookies } = await signIn();
  const { shown } = await ask('/session/end?client_id=app');
  const { location } = await ask('/session/end/confirm', { xsrf: xsrfIn(shown?.page) });
  expect((await ask(location)).shown).toEqual({
    view: 'sign-out/signed-out',
    page: { clientName: 'Some App' },
  });
  expect(cookies.has('_session')).toBe(true);
});

test('offers no answer that the next page could not tell apart', async () => {
  const { ask } = await signIn();
  const { shown } = await ask('/session/end');
  expect(shown?.page).toMatchObject({ canStay: false });
});
