/** The main job: who is stopped at sign-in, what they do, and what the relying party gets. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwordAcr } from '../../provider/oidc.ts';
import { begin, finish, isBack, redeem, setUpApp, setUpEmail, signIn, typePassword } from './steps.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const bothMethods = [
  { type: 'authenticator_app', verifiedDaysAgo: 10 },
  { type: 'email', verifiedDaysAgo: 10 },
] as const;

test('stops who has nothing registered, lets them register two methods, and gives the app its tokens', async () => {
  const person = await world.person();
  const before = Math.floor(Date.now() / 1000);
  const journey = await signIn(world, person);
  const { visitor } = journey;
  expect(visitor.page.url.pathname).toMatch(/^\/interaction\/[\w-]+\/security-info$/);
  await setUpEmail(world, visitor, `${person.account.loginName}@elsewhere.example`);
  await setUpApp(world, visitor);
  await finish(visitor);
  const { claims } = await redeem(journey);
  expect(claims.sub).toBe(person.account.id);
  expect(claims['acr']).toBe(passwordAcr);
  expect(claims['amr']).toEqual(['pwd', 'otp', 'mfa']);
  expect(claims.auth_time).toBeGreaterThanOrEqual(before);
});

test('lets who is up to date pass without a word', async () => {
  const person = await world.person({ methods: bothMethods });
  const journey = await signIn(world, person);
  const { claims, tokens } = await redeem(journey);
  expect(claims['amr']).toEqual(['pwd']);
  const userinfo = await fetch(`${world.issuer}/me`, {
    headers: { Authorization: `Bearer ${tokens.access_token}` },
  });
  expect(await userinfo.text()).not.toContain('home.example');
});

test('asks only for what is missing, after a proof of what is there', async () => {
  const person = await world.person({ methods: [{ type: 'email', verifiedDaysAgo: 10 }] });
  const journey = await signIn(world, person);
  const { visitor } = journey;
  await visitor.follow('/add/authenticator_app');
  expect(visitor.page.url.pathname).toMatch(/\/prove$/);
  await visitor.submit('/send');
  const [address] = world.relay.messages.at(-1)?.recipients ?? [];
  await visitor.submit('/prove', { code: world.mailedCode(address ?? '') });
  expect(visitor.page.url.pathname).toMatch(/\/add\/authenticator_app$/);
  await visitor.open(`${visitor.page.url.pathname.replace(/\/add.*/, '')}`);
  await setUpApp(world, visitor);
  await finish(visitor);
  // The app is cooling off: it counts for the policy, and says nothing of this sign-in.
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd']);
});

test('stops who is past the interval, and lets them go on once all looks good', async () => {
  const person = await world.person({
    methods: [
      { type: 'authenticator_app', verifiedDaysAgo: 200 },
      { type: 'email', verifiedDaysAgo: 200 },
    ],
  });
  const journey = await signIn(world, person);
  expect(isBack(journey)).toBe(false);
  await journey.visitor.submit('/all-right');
  const { claims } = await redeem(journey);
  expect(claims['amr']).toEqual(['pwd']);
  const record = await world.deployment.composition.ports.records.read(person.account.id);
  expect(
    record.methods.every(({ confirmedAt, verifiedAt }) => Number(confirmedAt) > Number(verifiedAt)),
  ).toBe(true);
});

test('stops at a live session from another client as well, and leaves auth_time as it was', async () => {
  const person = await world.person({ methods: bothMethods });
  const first = await signIn(world, person);
  const { claims } = await redeem(first);
  const other = await world.client();
  await world.deployment.composition.ports.records.change(person.account.id, (record) => ({
    next: { ...record, mark: { by: 'admin', at: world.clock.now() } },
    events: [],
    result: undefined,
  }));
  const second = await begin(world, {}, { visitor: first.visitor, party: other });
  expect(second.visitor.page.url.pathname).toMatch(/\/security-info$/);
  await second.visitor.submit('/all-right');
  const again = await redeem(second);
  expect(again.claims.auth_time).toBe(claims.auth_time);
});

test('goes back to the relying party with access_denied on cancel, and stops the next sign-in again', async () => {
  const person = await world.person();
  const journey = await signIn(world, person);
  await journey.visitor.submit('/cancel');
  expect(journey.visitor.page.url.searchParams.get('error')).toBe('access_denied');
  const again = await begin(world, {}, { visitor: journey.visitor });
  expect(again.visitor.page.url.pathname).toMatch(/\/security-info$/);
});

test('asks a first-time user in French where the relying party or the browser says so', async () => {
  const person = await world.person();
  const journey = await begin(world, { ui_locales: 'fr-CA en' });
  expect(journey.visitor.page.html).toContain('<html lang="fr">');
  await typePassword(journey, person);
  expect(journey.visitor.page.html).toContain('<html lang="fr">');
  const byBrowser = await begin(world, {}, { visitor: world.visitor('fr') });
  expect(byBrowser.visitor.page.html).toContain('<html lang="fr">');
});
