/** What a relying party can ask for: `prompt` in its values, `max_age`, `login_hint`, and the page of security info. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  begin,
  finish,
  isBack,
  proveApp,
  redeem,
  type SignIn,
  setUpApp,
  setUpEmail,
  signIn,
  typePassword,
} from './steps.ts';
import type { Visitor } from './visitor.ts';
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

async function satisfied(): Promise<[Person, SignIn]> {
  const person = await world.person({ methods: both });
  const journey = await signIn(world, person);
  await redeem(journey);
  return [person, journey];
}

const manage = { prompt: 'security_info' };

/** The secret of the first authenticator app that a person was given. */
function secretOf({ secrets: [secret = ''] }: Person): string {
  return secret;
}

/** The link on the overview that leads to this page of a method. */
async function openMethodPage(visitor: Visitor, type: string, page: string, person: Person): Promise<void> {
  const { methods } = await world.deployment.composition.ports.records.read(person.account.id);
  const method = methods.find((one) => one.type === type);
  await visitor.follow(`/methods/${method?.id}/${page}`);
}

test('prompt=security_info shows a satisfied person the page of their own wish, and leaving it is success', async () => {
  const [, session] = await satisfied();
  const journey = await begin(world, manage, { visitor: session.visitor });
  expect(journey.visitor.page.heading).toBe('Your security info');
  expect(journey.visitor.page.text).toMatch(/p•+\d@home\.example/);
  await finish(journey.visitor);
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd']);
});

test('prompt=security_info asks each time that it is asked for, and plain requests in between do not', async () => {
  const [, session] = await satisfied();
  for (let time = 0; time < 2; time += 1) {
    const asked = await begin(world, manage, { visitor: session.visitor });
    expect(isBack(asked)).toBe(false);
    await finish(asked.visitor);
    await redeem(asked);
    await redeem(await begin(world, {}, { visitor: session.visitor }));
  }
});

test('prompt=security_info registers who has nothing', async () => {
  const person = await world.person();
  const journey = await signIn(world, person, manage);
  expect(journey.visitor.page.heading).toBe('Set up your security info');
  await setUpEmail(world, journey.visitor, `${person.account.loginName}@elsewhere.example`);
  await setUpApp(world, journey.visitor);
  await finish(journey.visitor);
  await redeem(journey);
});

test('prompt=security_info works at an exempt client, where nothing is required', async () => {
  const party = await world.client({ security_info_exempt: true });
  const journey = await signIn(world, await world.person(), manage, { party });
  expect(journey.visitor.page.heading).toBe('Your security info');
  expect(journey.visitor.page.text).toContain('Nothing is required of you.');
  await finish(journey.visitor);
  await redeem(journey);
});

test('a direct GET of the resume address leaves prompt=security_info where it was: no code', async () => {
  const [, session] = await satisfied();
  const { visitor } = await begin(world, manage, { visitor: session.visitor });
  for (let time = 0; time < 2; time += 1) {
    const [, , uid] = visitor.page.url.pathname.split('/');
    await visitor.open(`/auth/${uid}`);
    expect(visitor.page.url.pathname).toMatch(/\/security-info$/);
  }
});

test('a direct GET of the resume address leaves a registration where it was, half done or not begun', async () => {
  const person = await world.person();
  const { visitor } = await signIn(world, person);
  const resume = () => visitor.open(`/auth/${visitor.page.url.pathname.split('/')[2]}`);
  await resume();
  expect(visitor.page.heading).toBe('Set up your security info');
  await setUpEmail(world, visitor, `${person.account.loginName}@half.example`);
  await resume();
  expect(visitor.page.heading).toBe('Set up your security info');
  expect(visitor.page.text).toContain('1 of 2 set up');
});

test('adding a method on one’s own wish takes proof, and says so in amr', async () => {
  const [person, session] = await satisfied();
  const journey = await begin(world, manage, { visitor: session.visitor });
  const { visitor } = journey;
  await visitor.follow('/add/authenticator_app');
  expect(visitor.page.url.pathname).toMatch(/\/prove$/);
  const methods = visitor.page.links.filter(({ href }) => href.includes('/methods/'));
  expect(methods).toHaveLength(2);
  await openMethodPage(visitor, 'authenticator_app', 'prove?next=add.authenticator_app', person);
  await proveApp(world, visitor, secretOf(person));
  expect(visitor.page.url.pathname).toMatch(/\/add\/authenticator_app$/);
  await visitor.follow('/security-info');
  await setUpApp(world, visitor, 'Second phone');
  expect(visitor.page.text).toContain('Second phone');
  await finish(visitor);
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd', 'otp', 'mfa']);
});

test('replacing an address takes proof, and keeps the old one until the new one is proved', async () => {
  const [person, session] = await satisfied();
  const journey = await begin(world, manage, { visitor: session.visitor });
  const { visitor } = journey;
  await openMethodPage(visitor, 'email', 'replace', person);
  await openMethodPage(visitor, 'authenticator_app', `prove?next=replace.${await emailIdOf(person)}`, person);
  await proveApp(world, visitor, secretOf(person));
  expect(visitor.page.url.pathname).toMatch(/\/replace$/);
  const fresh = `${person.account.loginName}@fresh.example`;
  await visitor.submit('/replace', { address: fresh });
  const before = await world.deployment.composition.ports.records.read(person.account.id);
  expect(before.methods).toHaveLength(2);
  await visitor.submit('/add/email/code', { code: world.mailedCode(fresh) });
  const { methods } = await world.deployment.composition.ports.records.read(person.account.id);
  expect(methods.filter(({ replacedById }) => replacedById === null)).toHaveLength(2);
  await finish(visitor);
  await redeem(journey);
});

async function emailIdOf(person: Person): Promise<string> {
  const { methods } = await world.deployment.composition.ports.records.read(person.account.id);
  return methods.find(({ type }) => type === 'email')?.id ?? '';
}

test('what the policy needs is not removed, and what it does not need is, after proof', async () => {
  const person = await world.person({
    methods: [...both, { type: 'authenticator_app', verifiedDaysAgo: 5 }],
  });
  const journey = await signIn(world, person, manage);
  const { visitor } = journey;
  const base = visitor.page.url.pathname;
  await visitor.open(`${base}/methods/${await emailIdOf(person)}/remove`);
  expect(visitor.page.heading).toBe('This method is needed');
  await visitor.open(base);
  await openMethodPage(visitor, 'authenticator_app', 'remove', person);
  expect(visitor.page.url.pathname).toMatch(/\/prove$/);
  const second = person.secrets[1] ?? '';
  const { methods } = await world.deployment.composition.ports.records.read(person.account.id);
  const [first, , last] = methods;
  await visitor.follow(`/methods/${last?.id}/prove?next=remove.${first?.id}`);
  await proveApp(world, visitor, second);
  await visitor.submit('/remove');
  expect(visitor.page.text).toContain('The method was removed.');
  await finish(visitor);
  await redeem(journey);
});

test('prompt=login asks for the password once, not twice, and the sign-in is new', async () => {
  const [person, session] = await satisfied();
  const journey = await begin(world, { prompt: 'login' }, { visitor: session.visitor });
  expect(journey.visitor.page.heading).toBe('Confirm that it is you');
  await typePassword(journey, person);
  await redeem(journey);
});

test('prompt=login asks for the password once where security info is due as well', async () => {
  const person = await world.person({ methods: both, mark: { by: 'admin', at: world.clock.now() } });
  const exempt = await world.client({ security_info_exempt: true });
  const { visitor } = await signIn(world, person, {}, { party: exempt });
  const journey = await begin(world, { prompt: 'login' }, { visitor });
  await typePassword(journey, person);
  await visitor.submit('/all-right');
  await redeem(journey);
});

test('prompt="login security_info consent" asks for each once, in this order', async () => {
  const [person, { visitor }] = await satisfied();
  const party = await world.client({ first_party: false });
  const journey = await begin(world, { prompt: 'login security_info consent' }, { visitor, party });
  await typePassword(journey, person);
  await finish(visitor);
  await visitor.submit('/consent', { decision: 'allow' });
  await redeem(journey);
});

test('an elapsed max_age asks for the password once and then for what is due', async () => {
  const person = await world.person();
  const exempt = await world.client({ security_info_exempt: true });
  const { visitor } = await signIn(world, person, {}, { party: exempt });
  const now = Math.floor(Date.now() / 1000);
  const journey = await begin(world, { max_age: '0' }, { visitor });
  expect(visitor.page.url.pathname).toMatch(/\/sign-in$/);
  await typePassword(journey, person);
  await setUpApp(world, visitor);
  await setUpEmail(world, visitor, `${person.account.loginName}@aged.example`);
  await finish(visitor);
  expect((await redeem(journey)).claims.auth_time).toBeGreaterThanOrEqual(now);
});

test('a max_age that has not elapsed lets the session pass', async () => {
  const [, { visitor }] = await satisfied();
  await redeem(await begin(world, { max_age: '600' }, { visitor }));
});

test('a third-party app gets its tokens after consent, and is not asked about again', async () => {
  const person = await world.person({ methods: both });
  const party = await world.client({ first_party: false });
  const journey = await signIn(world, person, {}, { party });
  expect(journey.visitor.page.heading).toMatch(/asks for your consent$/);
  await journey.visitor.submit('/consent', { decision: 'allow' });
  await redeem(journey);
  await redeem(await begin(world, {}, { visitor: journey.visitor, party }));
  const { visitor } = await begin(world, { prompt: 'consent' }, { visitor: journey.visitor, party });
  expect(visitor.page.heading).toMatch(/asks for your consent$/);
});

test('refused consent goes back with access_denied', async () => {
  const party = await world.client({ first_party: false });
  const { visitor } = await signIn(world, await world.person({ methods: both }), {}, { party });
  await visitor.submit('/consent', { decision: 'deny' });
  expect(visitor.page.url.searchParams.get('error')).toBe('access_denied');
});

test('login_hint fills in the name, and a hint at another account offers that one', async () => {
  const { visitor } = await begin(world, { login_hint: 'person.of.note' });
  expect(visitor.form('/sign-in').fields['loginName']).toBe('person.of.note');
  const [, session] = await satisfied();
  const other = await begin(
    world,
    { login_hint: 'someone.else', prompt: 'login' },
    { visitor: session.visitor },
  );
  expect(other.visitor.form('/sign-in').fields['loginName']).toBe('someone.else');
});
