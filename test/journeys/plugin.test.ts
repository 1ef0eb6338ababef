/** Another node-oidc-provider deployment, with accounts and a sign-in page of its own, that plugs security info in. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHost } from '../../examples/host.ts';
import { makeKeys } from '../../provider/development-keys.ts';
import { readDataKeys } from '../../provider/index.ts';
import { type Relay, startRelay } from '../delivery/relay.ts';
import { openTestStore, type TestStore } from '../store.ts';
import { createRelyingParty, type RelyingParty } from './relying-party.ts';
import { secretOnPage } from './steps.ts';
import { Visitor } from './visitor.ts';
import { appCode, freePort, mailedCodeIn } from './world.ts';

const redirectUri = 'http://localhost:1/callback';
let store: TestStore;
let relay: Relay;
let host: { close(): Promise<void> };
let party: RelyingParty;

beforeAll(async () => {
  store = await openTestStore();
  relay = await startRelay();
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const client = { client_id: 'app', client_secret: randomBytes(32).toString('hex') };
  host = await startHost({
    issuer,
    port,
    mongodbUri: store.uri,
    keys: readDataKeys(makeKeys(new Date())),
    mail: { smtpUrl: relay.url, from: 'no-reply@host.example' },
    log: { info: () => {}, error: () => {} },
    clients: [{ ...client, redirect_uris: [redirectUri] }],
    cookieKeys: [randomBytes(32).toString('hex')],
  });
  party = await createRelyingParty({
    issuer,
    clientId: client.client_id,
    clientSecret: client.client_secret,
    redirectUri,
  });
});
afterAll(async () => {
  await host.close();
  await relay.close();
  await store.close();
});

async function signIn(name: string): Promise<{ visitor: Visitor; redeem: () => Promise<unknown> }> {
  const visitor = new Visitor({ ends: (url) => url.port === '1' });
  const pending = await party.request({ scope: 'openid' });
  await visitor.open(pending.url);
  await visitor.submit('/sign-in', { loginName: name, password: 'open' });
  return { visitor, redeem: async () => (await party.redeem(pending, visitor.page.url)).claims()?.['amr'] };
}

test('stops a sign-in of the host, registers two methods, and goes on to its relying party', async () => {
  const { visitor, redeem } = await signIn('ada');
  expect(visitor.page.url.pathname).toMatch(/\/security-info$/);
  await visitor.follow('/add/email');
  await visitor.submit('/add/email', { address: 'ada@elsewhere.example' });
  await visitor.submit('/add/email/code', { code: mailedCodeIn(relay, 'ada@elsewhere.example') });
  await visitor.follow('/add/authenticator_app');
  await visitor.submit('/add/authenticator_app');
  const secret = secretOnPage(visitor);
  await visitor.submit('/add/authenticator_app/code', { code: appCode(secret, new Date()) });
  await visitor.submit('/finish');
  expect(await redeem()).toEqual(expect.arrayContaining(['pwd', 'otp', 'mfa']));
  expect((await signIn('ada')).visitor.page.url.href).toContain('code=');
});

test("refuses a mailbox in the host's own domain, and leads to the host's page from a page of an earlier step", async () => {
  const { visitor } = await signIn('grace');
  await visitor.follow('/add/email');
  await visitor.submit('/add/email', { address: 'grace.other@host.example' });
  expect(visitor.page.status).toBe(422);
});
