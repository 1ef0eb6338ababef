/** Sign-ins on a session that lives: other apps, other accounts, other windows, accounts that go, refreshing, PAR. */
import * as openid from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  begin,
  finish,
  isBack,
  redeem,
  type SignIn,
  setUpApp,
  setUpEmail,
  signIn,
  typePassword,
} from './steps.ts';
import { openWorld, type Person, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const both = [
  { type: 'authenticator_app', verifiedDaysAgo: 10 },
  { type: 'email', verifiedDaysAgo: 10 },
] as const;

async function mark({ account }: Person): Promise<void> {
  await world.deployment.composition.ports.records.change(account.id, (record) => ({
    next: { ...record, mark: { by: 'admin', at: world.clock.now() } },
    events: [],
    result: undefined,
  }));
}

async function registerAll(journey: SignIn, address: string): Promise<void> {
  await setUpEmail(world, journey.visitor, address);
  await setUpApp(world, journey.visitor);
  await finish(journey.visitor);
}

test('a session from one app passes at another without a page, with the same auth_time', async () => {
  const person = await world.person({ methods: both });
  const first = await signIn(world, person);
  const { claims } = await redeem(first);
  const second = await begin(world, {}, { visitor: first.visitor, party: await world.client() });
  expect((await redeem(second)).claims.auth_time).toBe(claims.auth_time);
});

test('who left the interruption is stopped at another app, and passes everywhere once registered', async () => {
  const person = await world.person();
  const { visitor } = await signIn(world, person);
  const journey = await begin(world, {}, { visitor, party: await world.client() });
  expect(isBack(journey)).toBe(false);
  await registerAll(journey, `${person.account.loginName}@later.example`);
  await redeem(journey);
  await redeem(await begin(world, {}, { visitor }));
});

test('who changes to another account meets what that account needs, and gets its tokens, without script', async () => {
  const satisfied = await world.person({ methods: both });
  const { visitor } = await signIn(world, satisfied);
  const other = await world.person();
  const journey = await begin(world, { prompt: 'login' }, { visitor });
  await visitor.follow('/sign-in/other');
  await visitor.submit('/sign-in/other', { loginName: other.account.loginName, password: other.password });
  // The library ends the first account's session by a form that posts itself; without script it has a button.
  const confirm = visitor.form('/session/end/confirm');
  expect(confirm.buttons.length).toBeGreaterThan(0);
  await visitor.submit('/session/end/confirm');
  expect(visitor.page.heading).toBe('Set up your security info');
  await registerAll(journey, `${other.account.loginName}@switched.example`);
  expect((await redeem(journey)).claims.sub).toBe(other.account.id);
});

test('who changes the account within one interaction finds nothing of the first one’s half-done step', async () => {
  const first = await world.person();
  const { visitor } = await signIn(world, first);
  await visitor.follow('/add/email');
  await visitor.submit('/add/email', { address: 'first.person@begun.example' });
  const second = await world.person();
  const journey = await begin(world, { prompt: 'login' }, { visitor });
  await visitor.follow('/sign-in/other');
  await visitor.submit('/sign-in/other', { loginName: second.account.loginName, password: second.password });
  await visitor.submit('/session/end/confirm');
  const base = visitor.page.url.pathname;
  await visitor.open(`${base}/add/email/code`);
  expect(visitor.page.html).not.toContain('begun.example');
  await visitor.open(base);
  await registerAll(journey, `${second.account.loginName}@own.example`);
  expect((await redeem(journey)).claims.sub).toBe(second.account.id);
  const { methods } = await world.deployment.composition.ports.records.read(first.account.id);
  expect(methods).toEqual([]);
});

test('two windows that both began at the sign-in page both come back with a code', async () => {
  const person = await world.person();
  const visitor = world.visitor();
  const one = await begin(world, {}, { visitor });
  const firstPage = visitor.page;
  const two = await begin(world, {}, { visitor, party: await world.client() });
  await typePassword(two, person);
  await registerAll(two, `${person.account.loginName}@windows.example`);
  await redeem(two);
  visitor.page = firstPage;
  await typePassword(one, person);
  await redeem(one);
});

test('two windows of one browser both come back with a code', async () => {
  const person = await world.person({ methods: both, mark: { by: 'admin', at: world.clock.now() } });
  const { visitor } = await signIn(world, person);
  const party = await world.client();
  const one = await begin(world, {}, { visitor });
  const firstPage = visitor.page;
  const two = await begin(world, {}, { visitor, party });
  await visitor.submit('/all-right');
  await redeem(two);
  await visitor.open(firstPage.url);
  await finish(visitor);
  await redeem({ ...one, visitor });
});

test.for(['disabled', 'deleted'] as const)(
  'a live session whose account is %s asks to sign in, and shows no fault',
  async (how) => {
    const person = await world.person({ methods: both });
    const { visitor } = await signIn(world, person);
    const { directory, connection } = world.deployment.composition;
    if (how === 'disabled') await directory.setDisabled(person.account.id, true);
    else await connection.collection<{ _id: string }>('accounts').deleteOne({ _id: person.account.id });
    const silent = await begin(world, { prompt: 'none' }, { visitor });
    expect(silent.visitor.page.url.searchParams.get('error')).toBe('login_required');
    const journey = await begin(world, {}, { visitor });
    expect(visitor.page.status).toBe(200);
    expect(visitor.page.url.pathname).toMatch(/\/sign-in$/);
    await typePassword(journey, person);
    expect(isBack(journey)).toBe(false);
    const other = await world.person({ methods: both });
    await typePassword(journey, other);
    await visitor.submit('/session/end/confirm');
    expect((await redeem(journey)).claims.sub).toBe(other.account.id);
  },
);

test('an account that is disabled while it registers gets no code', async () => {
  const person = await world.person();
  const { visitor } = await signIn(world, person);
  await world.deployment.composition.directory.setDisabled(person.account.id, true);
  await visitor.open(visitor.page.url);
  expect(visitor.page.status).toBe(400);
  expect(visitor.page.heading).toBe('This sign-in has ended');
});

test('a refresh goes on although its user became due, and a new sign-in is stopped', async () => {
  const person = await world.person({ methods: both });
  const journey = await signIn(world, person);
  const { tokens } = await redeem(journey);
  await mark(person);
  const refreshed = await openid.refreshTokenGrant(world.app.configuration, tokens.refresh_token ?? '');
  expect(refreshed.claims()?.sub).toBe(person.account.id);
  expect(isBack(await begin(world, {}, { visitor: journey.visitor }))).toBe(false);
});

test('a pushed request (PAR) is stopped and goes on like any other', async () => {
  const person = await world.person();
  const visitor = world.visitor();
  const pending = await world.app.pushedRequest();
  await visitor.open(pending.url);
  const journey: SignIn = { visitor, party: world.app, pending };
  await typePassword(journey, person);
  await registerAll(journey, `${person.account.loginName}@pushed.example`);
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd', 'otp', 'mfa']);
});

test('after the end, Back shows a page with a way on and no second code', async () => {
  const person = await world.person({ methods: both, mark: { by: 'admin', at: world.clock.now() } });
  const journey = await signIn(world, person);
  const { visitor } = journey;
  const page = visitor.page;
  const form = visitor.form('/all-right');
  await visitor.submit('/all-right');
  await redeem(journey);
  for (const again of [
    () => visitor.open(page.url),
    () => visitor.open(new URL(form.action, page.url), { form: form.fields }),
  ]) {
    await again();
    expect(visitor.page.status).toBe(400);
    expect(visitor.page.heading).toBe('This sign-in has ended');
    expect(visitor.page.text).toContain('Go back to the app that you wanted to use');
  }
});

test('an interaction that has expired, or is another browser’s, says how to go on', async () => {
  const person = await world.person();
  const { visitor } = await signIn(world, person);
  const uid = visitor.page.url.pathname.split('/')[2] ?? '';
  const stranger = world.visitor('fr');
  await stranger.open(visitor.page.url);
  expect(stranger.page.status).toBe(400);
  expect(stranger.page.html).toContain('<html lang="fr">');
  await (await world.deployment.provider.Interaction.find(uid))?.destroy();
  await visitor.open(`/interaction/${uid}/security-info`);
  expect(visitor.page.heading).toBe('This sign-in has ended');
  await visitor.open(`/auth/${uid}`);
  expect(visitor.page.heading).toBe('This sign-in has ended');
});
