/** The device pages in a real provider: what each step shows, and that the library takes what our forms send. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { portOf } from '../../../demo/listen.ts';
import { createDevicePages } from '../../../interactions/device/device-pages.ts';
import type { Pages } from '../../../interactions/shell/pages.ts';
import { loadTranslators } from '../../../locales/translator.ts';

const translators = loadTranslators(fileURLToPath(new URL('../../../locales', import.meta.url)));
const server = createServer();
let origin: string;

/** Shows what a view would get. */
const pages: Pick<Pages, 'show' | 'words'> = {
  show: async (ctx, view, page, options) => {
    ctx.status = options?.status ?? 200;
    ctx.body = { view, page };
  },
  words: () => translators.in('en'),
};

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${portOf(server)}`;
  const devicePages = createDevicePages(pages);
  const provider = new Provider(origin, {
    clients: [
      {
        client_id: 'tv',
        client_name: 'Demo TV',
        token_endpoint_auth_method: 'none',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    cookies: { keys: [randomBytes(16).toString('hex')] },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (ctx, form, _out, error) => devicePages.userCodeInput(ctx, form, error),
        userCodeConfirmSource: (ctx, form, client, _info, code) =>
          devicePages.userCodeConfirm(ctx, form, client, code),
        successSource: (ctx) => devicePages.deviceSuccess(ctx, null),
      },
    },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  });
  server.on('request', provider.callback());
});

afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

const shownSchema = z.object({
  view: z.string(),
  page: z.looseObject({ action: z.string().optional(), xsrf: z.string().optional() }),
});

/** One browser: its cookies, and the last form that it was shown. */
function openBrowser() {
  const cookies = new Map<string, string>();
  let xsrf = '';
  const ask = async (path: string, init: RequestInit = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${origin}${path}`, { redirect: 'manual', ...init, headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const text = await response.text();
    const shown = text.startsWith('{') ? shownSchema.parse(JSON.parse(text)) : undefined;
    xsrf = shown?.page.xsrf ?? xsrf;
    return { status: response.status, location: response.headers.get('location'), shown };
  };
  return {
    open: () => ask('/device'),
    send: (form: Record<string, string>) =>
      ask('/device', { method: 'POST', body: new URLSearchParams({ xsrf, ...form }) }),
  };
}

const grantSchema = z.object({ device_code: z.string(), user_code: z.string() });

async function beginOnDevice() {
  const body = new URLSearchParams({ client_id: 'tv', scope: 'openid' });
  const response = await fetch(`${origin}/device/auth`, { method: 'POST', body });
  return grantSchema.parse(await response.json());
}

async function pollOnDevice(deviceCode: string): Promise<unknown> {
  const body = new URLSearchParams({
    client_id: 'tv',
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: deviceCode,
  });
  const response = await fetch(`${origin}/token`, { method: 'POST', body });
  return z.object({ error: z.string() }).parse(await response.json()).error;
}

test('asks for the code', async () => {
  const { status, shown } = await openBrowser().open();
  expect(status).toBe(200);
  expect(shown).toMatchObject({
    view: 'device/code',
    page: { action: `${origin}/device`, userCode: '', fieldProblem: null, problem: null, isCancelled: false },
  });
});

test('shows the app and the code, and goes on to the sign-in once they are confirmed', async () => {
  const { user_code } = await beginOnDevice();
  const browser = openBrowser();
  await browser.open();
  const typed = user_code.toLowerCase().replace('-', ' ');
  const { shown } = await browser.send({ user_code: typed });
  expect(shown).toMatchObject({
    view: 'device/confirm',
    page: { clientName: 'Demo TV', userCode: user_code, typedCode: typed },
  });
  const { status, location } = await browser.send({ user_code: typed, confirm: 'yes' });
  expect(status).toBe(303);
  expect(location).toMatch(/\/interaction\//);
});

test('cancelling reaches the device', async () => {
  const { user_code, device_code } = await beginOnDevice();
  const browser = openBrowser();
  await browser.open();
  await browser.send({ user_code });
  const { status, shown } = await browser.send({ user_code, confirm: 'yes', abort: 'yes' });
  expect(status).toBe(200);
  expect(shown).toMatchObject({
    view: 'device/code',
    page: { isCancelled: true, fieldProblem: null, problem: null },
  });
  expect(await pollOnDevice(device_code)).toBe('access_denied');
});

test.each([
  ['', 'Enter the code that the device shows.'],
  ['BBBB-BBBB', 'No device shows this code.'],
  ['"><script>&amp;', 'No device shows this code.'],
])('says beside the field what is wrong with %j, and keeps it', async (user_code, problem) => {
  const browser = openBrowser();
  await browser.open();
  const { status, shown } = await browser.send({ user_code });
  expect(status).toBe(422);
  expect(shown?.page['fieldProblem']).toContain(problem);
  expect(shown?.page['userCode']).toBe(user_code);
});

test('says that a code was used, and takes another one on the same page', async () => {
  const { user_code } = await beginOnDevice();
  const browser = openBrowser();
  await browser.open();
  await browser.send({ user_code });
  await browser.send({ user_code, confirm: 'yes', abort: 'yes' });
  const { shown } = await browser.send({ user_code });
  expect(shown?.page['fieldProblem']).toContain('used already');
  const next = await beginOnDevice();
  const confirmed = await browser.send({ user_code: next.user_code });
  expect(confirmed.shown?.view).toBe('device/confirm');
});

test('a form of another browser is shown anew, and nothing is confirmed', async () => {
  const { user_code, device_code } = await beginOnDevice();
  const browser = openBrowser();
  await browser.open();
  const { status, shown } = await browser.send({ user_code, confirm: 'yes', xsrf: 'of-another-browser' });
  expect(status).toBe(400);
  expect(shown?.page['problem']).toContain('another browser');
  expect(await pollOnDevice(device_code)).toBe('authorization_pending');
});

test('a code longer than any device shows is not repeated', async () => {
  const browser = openBrowser();
  await browser.open();
  const { shown } = await browser.send({ user_code: 'X'.repeat(5000) });
  expect(shown?.page['userCode']).toBe('');
});
