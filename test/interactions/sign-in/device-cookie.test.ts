/** The device cookie by itself: whose browser it is, for how long, and what changes that. */
import Koa from 'koa';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../../demo/listen.ts';
import { createDeviceCookie, type KnownAccount } from '../../../interactions/sign-in/device-cookie.ts';
import { keys } from '../shell/site.ts';

const accountOf = (id: string, changedAt = 0): KnownAccount => ({
  id,
  passwordChangedAt: new Date(changedAt),
});

interface Browser {
  now: Date;
  cookie: string;
  header: string;
  remember(account: KnownAccount): Promise<void>;
  knows(account: KnownAccount): Promise<boolean>;
}

async function open(issuer: string): Promise<Browser> {
  let action: (ctx: Koa.Context) => unknown = () => null;
  const deviceCookie = createDeviceCookie({ keys, issuer, clock: { now: () => browser.now } });
  const app = new Koa();
  app.use((ctx) => {
    ctx.body = JSON.stringify(action(ctx) ?? null);
  });
  const server = await listen(app.callback(), 0);
  onTestFinished(() => server.close());
  const send = async (next: (ctx: Koa.Context) => unknown): Promise<unknown> => {
    action = next;
    const response = await fetch(`http://127.0.0.1:${server.port}/`, { headers: { cookie: browser.cookie } });
    const [header] = response.headers.getSetCookie();
    if (header !== undefined) {
      browser.header = header;
      browser.cookie = header.split(';', 1)[0] ?? '';
    }
    return JSON.parse(await response.text());
  };
  const browser: Browser = {
    now: new Date('2026-01-01T00:00:00Z'),
    cookie: '',
    header: '',
    remember: async (account) => void (await send((ctx) => deviceCookie.remember(ctx, account))),
    knows: async (account) => (await send((ctx) => deviceCookie.isKnownBrowser(ctx, account))) === true,
  };
  return browser;
}

test('knows the account that signed in, and no other', async () => {
  const browser = await open('http://issuer.test');
  expect(await browser.knows(accountOf('ada'))).toBe(false);
  await browser.remember(accountOf('ada'));
  expect(await browser.knows(accountOf('ada'))).toBe(true);
  expect(await browser.knows(accountOf('bob'))).toBe(false);
});

test('a new password makes every browser a stranger’s', async () => {
  const browser = await open('http://issuer.test');
  await browser.remember(accountOf('ada', 1));
  expect(await browser.knows(accountOf('ada', 2))).toBe(false);
});

test('a year later it is a stranger’s', async () => {
  const browser = await open('http://issuer.test');
  await browser.remember(accountOf('ada'));
  browser.now = new Date('2026-12-31T00:00:00Z');
  expect(await browser.knows(accountOf('ada'))).toBe(true);
  browser.now = new Date('2027-01-02T00:00:00Z');
  expect(await browser.knows(accountOf('ada'))).toBe(false);
});

test('five accounts share a browser; the one that was away longest gives way, and none is there twice', async () => {
  const browser = await open('http://issuer.test');
  for (const id of ['a', 'b', 'a', 'c', 'd', 'e']) await browser.remember(accountOf(id));
  expect(await browser.knows(accountOf('a'))).toBe(true);
  await browser.remember(accountOf('f'));
  expect(await browser.knows(accountOf('b'))).toBe(false);
  for (const id of ['a', 'c', 'd', 'e', 'f']) expect(await browser.knows(accountOf(id))).toBe(true);
});

test('a cookie that was changed or made up is a stranger’s', async () => {
  const browser = await open('http://issuer.test');
  await browser.remember(accountOf('ada'));
  const good = browser.cookie;
  browser.cookie = good.replace(/=(\w+)\./, '=zzzzzz.');
  expect(await browser.knows(accountOf('ada'))).toBe(false);
  browser.cookie = `known_browser=${'~'.repeat(3_000)}`;
  expect(await browser.knows(accountOf('ada'))).toBe(false);
  browser.cookie = good;
  expect(await browser.knows(accountOf('ada'))).toBe(true);
});

test('is out of scripts’ reach, and bound to the host with https', async () => {
  const plain = await open('http://issuer.test');
  await plain.remember(accountOf('ada'));
  expect(plain.header).toMatch(/^known_browser=.*; path=\/; expires=.*; samesite=lax; httponly$/);
  const secure = await open('https://issuer.test');
  await secure.remember(accountOf('ada'));
  expect(secure.header).toMatch(/^__Host-known_browser=.*; path=\/; .*secure; httponly$/);
});
