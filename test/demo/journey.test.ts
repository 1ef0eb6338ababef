/** The demo app at a real deployment: consent, the device flow and sign-out as a person without script meets them. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedDemoClients } from '../../demo/clients.ts';
import type { Listening } from '../../demo/listen.ts';
import { listen } from '../../demo/listen.ts';
import type { RelyingApp } from '../../demo/relying-app/app.ts';
import { createRelyingApp } from '../../demo/relying-app/app.ts';
import { Visitor } from '../journeys/visitor.ts';
import type { Person, World } from '../journeys/world.ts';
import { openWorld } from '../journeys/world.ts';

const folderOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
let world: World;
let server: Listening;
let relyingApp: RelyingApp;
let demoUrl: string;
let person: Person;

beforeAll(async () => {
  world = await openWorld();
  let app: ReturnType<RelyingApp['app']['callback']> | undefined;
  server = await listen((req, res) => void app?.(req, res), 0);
  demoUrl = `http://localhost:${server.port}`;
  const { composition, issuer } = world.deployment;
  relyingApp = createRelyingApp({
    origin: demoUrl,
    issuer,
    translators: composition.translators,
    viewsFolder: folderOf('views'),
    publicFolder: folderOf('public'),
    clients: await seedDemoClients(composition.clients, demoUrl),
    cookieKey: 'a key of this test',
    mailboxUrl: null,
    clock: world.clock,
  });
  app = relyingApp.app.callback();
  person = await world.person({
    methods: [
      { type: 'authenticator_app', verifiedDaysAgo: 10 },
      { type: 'email', verifiedDaysAgo: 10 },
    ],
  });
});

afterAll(async () => {
  relyingApp.close();
  await server.close();
  await world.close();
});

async function openDemo(path: string, language = 'en'): Promise<Visitor> {
  const visitor = new Visitor({ language, ends: () => false });
  await visitor.open(`${demoUrl}${path}`);
  return visitor;
}

async function signInAt(path: string, language = 'en'): Promise<Visitor> {
  const visitor = await openDemo(path, language);
  await visitor.submit('/sign-in', { loginName: person.account.loginName, password: person.password });
  return visitor;
}

test('an app of one’s own asks for no consent and shows whom it knows', async () => {
  const { page } = await signInAt('/sign-in');
  expect(page.url.origin).toBe(demoUrl);
  expect(page.heading).toBe(`Hello ${person.account.displayName}`);
  expect(page.text).toContain('["pwd"]');
});

test('somebody else’s app gets to know what its user allows', async () => {
  const visitor = await signInAt('/sign-in?client=third_party');
  expect(visitor.page.heading).toContain('asks for your consent');
  expect(visitor.page.text).toContain('Your name, your user name and your language');
  await visitor.submit('/consent', { decision: 'allow' });
  expect(visitor.page.heading).toBe(`Hello ${person.account.displayName}`);
  await visitor.open(`${demoUrl}/sign-in?client=third_party&prompt=none`);
  expect(visitor.page.text).toContain('without showing a page');
});

test('refusing consent goes back to the app with access_denied, in the person’s language', async () => {
  const visitor = await signInAt('/sign-in?client=third_party', 'fr');
  expect(visitor.page.heading).toContain('demande votre accord');
  await visitor.submit('/consent', { decision: 'deny' });
  expect(visitor.page.url.href).toBe(`${demoUrl}/?outcome=access_denied`);
});

test.each([{}, { decision: 'maybe' }, { decision: 'allow', form_token: 'forged' }])(
  'a consent form with %j consents to nothing',
  async (values) => {
    const visitor = await signInAt('/sign-in?client=third_party');
    const { status, url } = await visitor.submit('/consent', values);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(url.origin).toBe(world.issuer);
  },
);

test('a TV is signed in with the code that it shows', async () => {
  const tv = await openDemo('/tv');
  await tv.submit('/tv');
  const code = /[A-Z]{4}-[A-Z]{4}/.exec(tv.page.text)?.[0] ?? '';
  const visitor = new Visitor({ ends: () => false });
  await visitor.open(`${world.issuer}/device`);
  await visitor.submit('/device', { user_code: 'QQQQ-QQQQ' });
  expect(visitor.page.status).toBe(422);
  expect(visitor.page.text).toContain('No device shows this code');
  await visitor.submit('/device', { user_code: code.toLowerCase() });
  expect(visitor.page.text).toContain(code);
  await visitor.submit('/device');
  await visitor.submit('/sign-in', { loginName: person.account.loginName, password: person.password });
  expect(visitor.page.heading).toBe('The device is signed in');
  await expect
    .poll(async () => (await tv.open('/tv')).text, { timeout: 15_000, interval: 500 })
    .toContain(`${person.account.displayName} is signed in on this TV.`);
});

test('cancelling at the confirmation reaches the TV', async () => {
  const tv = await openDemo('/tv');
  await tv.submit('/tv');
  const code = /[A-Z]{4}-[A-Z]{4}/.exec(tv.page.text)?.[0] ?? '';
  const visitor = new Visitor({ ends: () => false });
  await visitor.open(`${world.issuer}/device`);
  await visitor.submit('/device', { user_code: code });
  await visitor.submit('/device', { abort: 'yes' });
  expect(visitor.page.text).toContain('you cancelled');
  await expect
    .poll(async () => (await tv.open('/tv')).text, { timeout: 15_000, interval: 500 })
    .toContain('access_denied');
});

test('signing out ends the session at the provider and comes back', async () => {
  const visitor = await signInAt('/sign-in');
  await visitor.submit('/sign-out');
  expect(visitor.page.heading).toBe('Do you want to sign out?');
  await visitor.submit('/session/end/confirm', { logout: 'yes' });
  expect(visitor.page.url.href).toBe(`${demoUrl}/?outcome=signed_out`);
  await visitor.open(`${demoUrl}/sign-in?prompt=none`);
  expect(visitor.page.url.href).toBe(`${demoUrl}/?outcome=login_required`);
});

test('staying signed in comes back, too, and keeps the session', async () => {
  const visitor = await signInAt('/sign-in');
  await visitor.submit('/sign-out');
  await visitor.submit('/session/end/confirm');
  expect(visitor.page.url.origin).toBe(demoUrl);
  await visitor.open(`${demoUrl}/sign-in?prompt=none`);
  expect(visitor.page.text).toContain('without showing a page');
});

test('a recent password is not asked for again, an older one is', async () => {
  const visitor = await signInAt('/sign-in?max_age=300');
  await visitor.open(`${demoUrl}/sign-in?max_age=300`);
  expect(visitor.page.url.origin).toBe(demoUrl);
  await visitor.open(`${demoUrl}/sign-in?max_age=0`);
  expect(visitor.page.url.origin).toBe(world.issuer);
});

test('the app’s own page refuses a sign-in that it did not begin', async () => {
  const visitor = await openDemo('/callback?code=forged&state=forged');
  expect(visitor.page.url.href).toBe(`${demoUrl}/?outcome=flow_lost`);
});
