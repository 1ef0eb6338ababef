/** `prompt=none`: what passes without a page, and with which error the relying party learns that it does not. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { defaultPolicy } from '../../security-info/policy.ts';
import type { Mark } from '../../security-info/record.ts';
import { begin, redeem, type SignIn, signIn } from './steps.ts';
import { type GivenMethod, openWorld, type Person, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterEach(() => world.policy(defaultPolicy()));
afterAll(() => world.close());

const day = 86_400_000;

function methodsOf(daysAgo: number): readonly GivenMethod[] {
  return [
    { type: 'authenticator_app', verifiedDaysAgo: daysAgo },
    { type: 'email', verifiedDaysAgo: daysAgo },
  ];
}

/** Somebody signed in while nothing was asked, whose record is then as old as a test wants it. */
async function signedIn(daysAgo: number | null, mark: Mark | null = null): Promise<[Person, SignIn]> {
  const person = await world.person(daysAgo === null ? {} : { methods: methodsOf(0) });
  const exempt = await world.client({ security_info_exempt: true });
  const journey = await signIn(world, person, {}, { party: exempt });
  await redeem(journey);
  const confirmedAt = new Date(world.clock.now().getTime() - (daysAgo ?? 0) * day);
  await world.deployment.composition.ports.records.change(person.account.id, (record) => ({
    next: { ...record, mark, methods: record.methods.map((method) => ({ ...method, confirmedAt })) },
    events: [],
    result: undefined,
  }));
  return [person, journey];
}

/** Asks without a page. @returns the error, or null where a code came back that is good */
async function askSilently(from: SignIn, party = world.app): Promise<string | null> {
  const silent = await begin(world, { prompt: 'none' }, { visitor: from.visitor, party });
  const { url } = silent.visitor.page;
  expect(url.href).toContain(party.redirectUri);
  const error = url.searchParams.get('error');
  if (error === null) await redeem(silent);
  else expect(url.searchParams.get('code')).toBeNull();
  return error;
}

test('answers login_required where nobody is signed in', async () => {
  const { visitor } = await begin(world, { prompt: 'none' });
  expect(visitor.page.url.searchParams.get('error')).toBe('login_required');
});

test('answers interaction_required while methods are missing', async () => {
  const [, session] = await signedIn(null);
  expect(await askSilently(session)).toBe('interaction_required');
});

test('the description of the error names neither a method nor an address', async () => {
  const [person, session] = await signedIn(null);
  const { visitor } = await begin(world, { prompt: 'none' }, { visitor: session.visitor });
  const description = visitor.page.url.searchParams.get('error_description') ?? '';
  expect(description).toBe('the End-User has to register recovery methods');
  expect(visitor.page.url.href).not.toContain(person.account.loginName);
});

test.for([
  [181, null],
  [193, null],
  [195, 'interaction_required'],
] as const)('who was last asked %i days ago, with 14 days of grace: %s', async ([daysAgo, error]) => {
  const [, session] = await signedIn(daysAgo);
  expect(await askSilently(session)).toBe(error);
});

test('the days of grace are the policy’s', async () => {
  const [, session] = await signedIn(181);
  await world.policy({ silentGraceDays: 0 });
  expect(await askSilently(session)).toBe('interaction_required');
});

test('a page-less pass counts as nothing: a request with a page stops the same person', async () => {
  const [, session] = await signedIn(185);
  expect(await askSilently(session)).toBeNull();
  const { visitor } = await begin(world, {}, { visitor: session.visitor });
  expect(visitor.page.url.pathname).toMatch(/\/security-info$/);
});

test('never passes against an admin’s mark, however new', async () => {
  const [, session] = await signedIn(10, { by: 'admin', at: world.clock.now() });
  expect(await askSilently(session)).toBe('interaction_required');
});

test('gives a campaign’s mark the days of grace, and no more', async () => {
  const now = world.clock.now().getTime();
  const [, recent] = await signedIn(30, { by: 'campaign', at: new Date(now - 13 * day) });
  expect(await askSilently(recent)).toBeNull();
  const [, older] = await signedIn(30, { by: 'campaign', at: new Date(now - 15 * day) });
  expect(await askSilently(older)).toBe('interaction_required');
});

test('answers interaction_required at once to a client that is strict, and not while nothing is due', async () => {
  const strict = await world.client({ security_info_silent: 'strict' });
  const [, due] = await signedIn(181);
  expect(await askSilently(due, strict)).toBe('interaction_required');
  expect(await askSilently(due)).toBeNull();
  const [, satisfied] = await signedIn(10);
  expect(await askSilently(satisfied, strict)).toBeNull();
});

test('passes at an exempt client whatever is missing', async () => {
  const [, session] = await signedIn(null);
  expect(await askSilently(session, session.party)).toBeNull();
});

test('passes again and again on a live session that has passed, each time with the same auth_time', async () => {
  const person = await world.person({ methods: methodsOf(10) });
  const session = await signIn(world, person);
  const { claims: first } = await redeem(session);
  for (let time = 0; time < 4; time += 1) {
    const silent = await begin(world, { prompt: 'none' }, { visitor: session.visitor });
    const { claims } = await redeem(silent);
    expect(claims).toMatchObject({ auth_time: first.auth_time, amr: ['pwd'], acr: first['acr'] });
  }
});

test('with id_token_hint passes for this account and answers login_required for another', async () => {
  const [, one] = await signedIn(10);
  const person = await world.person({ methods: methodsOf(10) });
  const other = await signIn(world, person);
  const { tokens } = await redeem(other);
  const hint = { prompt: 'none', id_token_hint: tokens.id_token ?? '' };
  const same = await begin(world, hint, { visitor: other.visitor });
  await redeem(same);
  const { visitor } = await begin(world, hint, { visitor: one.visitor });
  expect(visitor.page.url.searchParams.get('error')).toBe('login_required');
});

test('answers consent_required to a third-party app that was never allowed', async () => {
  const [, session] = await signedIn(10);
  expect(await askSilently(session, await world.client({ first_party: false }))).toBe('consent_required');
});
