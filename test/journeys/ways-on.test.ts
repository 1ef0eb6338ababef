/**
 * No honest user is ever stuck: each state of docs/never-stuck.md, walked with nothing but the links and forms that
 * the pages offer.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessPassHash, generateAccessPass } from '../../security-info/access-pass.ts';
import type { DomainEvent } from '../../security-info/events.ts';
import { issueAccessPass } from '../../security-info/transitions/issue-access-pass.ts';
import { begin, finish, proveApp, redeem, secretOnPage, setUpApp, signIn } from './steps.ts';
import type { Visitor } from './visitor.ts';
import { appCode, openWorld, type Person, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const hour = 3_600_000;

const bothFor = (days: number) =>
  [
    { type: 'authenticator_app', verifiedDaysAgo: days },
    { type: 'email', verifiedDaysAgo: days },
  ] as const;

function ownAddress({ account }: Person): string {
  return `${account.loginName}@home.example`;
}

function basePath(visitor: Visitor): string {
  return /^\/interaction\/[^/]+/.exec(visitor.page.url.pathname)?.[0] ?? '';
}

async function givePass({ account }: Person): Promise<string> {
  const { keys, records } = world.deployment.composition.ports;
  const pass = generateAccessPass();
  const now = world.clock.now();
  const passHash = accessPassHash(keys, pass) ?? '';
  const event: DomainEvent = {
    id: pass.slice(0, 9),
    type: 'access_pass_issued',
    at: now,
    accountId: account.id,
    actor: 'cli',
    result: 'success',
    reason: null,
    methodType: null,
    notify: [],
    callerAddress: null,
    clientId: null,
  };
  const expiresAt = new Date(now.getTime() + 86_400_000);
  await records.change(
    account.id,
    issueAccessPass({ passHash, issuedAt: now, expiresAt, usedByFlowId: null }, event),
  );
  return pass;
}

test('lost phone: proves by e-mail and replaces the app', async () => {
  const person = await world.person({ methods: bothFor(10) });
  const journey = await signIn(world, person, { prompt: 'security_info' });
  const { visitor } = journey;
  await visitor.follow('/replace');
  await visitor.follow(/@home\.example/);
  await visitor.submit('/send');
  await visitor.submit('/prove', { code: world.mailedCode(ownAddress(person)) });
  await visitor.submit('/replace', { name: 'new phone' });
  const code = appCode(secretOnPage(visitor), world.clock.now());
  await visitor.submit('/add/authenticator_app/code', { code });
  await visitor.submit('/finish');
  await redeem(journey);
});

test('lost everything, the only admin included: an access pass leads to new methods and into the app', async () => {
  const person = await world.person({
    isAdmin: true,
    methods: [{ type: 'email', verifiedDaysAgo: 10 }],
  });
  const pass = await givePass(person);
  const journey = await signIn(world, person);
  const { visitor } = journey;
  await visitor.follow('/access-pass');
  expect(visitor.page.html).toContain('https://help.example/');
  await visitor.submit('/access-pass', { pass: 'AAAA-BBBB' });
  expect(visitor.page.status).toBe(422);
  await visitor.submit('/access-pass', { pass });
  await setUpApp(world, visitor);
  await finish(visitor);
  await redeem(journey);
});

test('wrong prefilled address: another is registered instead, and the prefilled one is told', async () => {
  const person = await world.person({
    methods: [{ type: 'email', verifiedDaysAgo: null, address: 'mistyped@home.example' }],
  });
  const journey = await signIn(world, person);
  const { visitor } = journey;
  expect(visitor.page.html).not.toContain('mistyped@home.example');
  await visitor.follow('/replace');
  await visitor.submit('/replace', { address: 'right@home.example' });
  await visitor.submit('/add/email/code', { code: world.mailedCode('right@home.example') });
  await setUpApp(world, visitor);
  await finish(visitor);
  await redeem(journey);
});

test('a code that never comes: it is sent again, to another address, or another method is chosen', async () => {
  const person = await world.person();
  const journey = await signIn(world, person);
  const { visitor } = journey;
  await visitor.follow('/add/email');
  await visitor.submit('/add/email', { address: 'gone@home.example' });
  await visitor.submit('/resend');
  await visitor.submit('/abandon');
  await visitor.submit('/add/email', { address: 'there@home.example' });
  await visitor.submit('/add/email/code', { code: world.mailedCode('there@home.example') });
  await setUpApp(world, visitor);
  await finish(visitor);
  await redeem(journey);
});

test('too many wrong codes: the page says until when, and the next day it works', async () => {
  const person = await world.person({ methods: bothFor(10) });
  const { visitor } = await signIn(world, person, { prompt: 'security_info' });
  await visitor.follow('/replace');
  const proof = visitor.page.links.find(({ href, text }) => href.includes('/prove?') && !text.includes('@'));
  await visitor.open(proof?.href ?? '');
  for (let tries = 0; tries < 11; tries += 1) await visitor.submit('/prove', { code: '000000' });
  expect(visitor.page.status).toBe(429);
  expect(visitor.page.html).toContain('https://help.example/');
  world.clock.advance(25 * hour);
  const again = await signIn(world, person, { prompt: 'security_info' });
  await again.visitor.follow('/replace');
  await again.visitor.open(proof?.href.replace(/^\/interaction\/[^/]+/, basePath(again.visitor)) ?? '');
  await proveApp(world, again.visitor, person.secrets[0] ?? '');
  expect(again.visitor.page.url.pathname).toMatch(/\/replace$/);
  world.clock.advance(-25 * hour);
});

test('too many sends: the page says until when, another method meanwhile, and later the next code comes', async () => {
  const person = await world.person();
  const journey = await signIn(world, person);
  const { visitor } = journey;
  await visitor.follow('/add/email');
  await visitor.submit('/add/email', { address: ownAddress(person) });
  for (let sends = 1; sends < 6; sends += 1) {
    expect(visitor.page.status).not.toBe(429);
    await visitor.submit('/resend');
  }
  expect(visitor.page.status).toBe(429);
  expect(visitor.page.text).toMatch(/The next one can be sent from .*\d:\d\d/);
  await visitor.follow('Choose another method');
  const secret = await setUpApp(world, visitor);
  world.clock.advance(hour);
  await visitor.follow('/add/email');
  // The proof that the app gave an hour ago is too old for a change.
  await proveApp(world, visitor, secret);
  await visitor.submit('/add/email', { address: ownAddress(person) });
  await visitor.submit('/add/email/code', { code: world.mailedCode(ownAddress(person)) });
  await finish(visitor);
  await redeem(journey);
  world.clock.advance(-hour);
});

test('too many wrong codes while registering: another method meanwhile, and the next day the same one', async () => {
  const person = await world.person();
  const { visitor } = await signIn(world, person);
  await visitor.follow('/add/email');
  await visitor.submit('/add/email', { address: ownAddress(person) });
  for (let tries = 0; visitor.page.status !== 429; tries += 1) {
    expect(tries).toBeLessThan(12);
    await visitor.submit('/resend');
    for (let at = 0; at < 4; at += 1) await visitor.submit('/code', { code: '000000' });
  }
  expect(visitor.page.text).toMatch(/No code is accepted until .*\d:\d\d/);
  await visitor.follow('Choose another method');
  expect(visitor.page.text).toMatch(/no code is accepted until .*\d:\d\d.*Ask the helpdesk/);
  const secret = await setUpApp(world, visitor);
  expect(visitor.page.text).toContain('1 of 2 set up');
  await visitor.submit('/cancel');
  expect(visitor.page.url.searchParams.get('error')).toBe('access_denied');

  world.clock.advance(25 * hour);
  const nextDay = await signIn(world, person);
  await nextDay.visitor.follow('/add/email');
  await proveApp(world, nextDay.visitor, secret);
  await nextDay.visitor.submit('/add/email', { address: ownAddress(person) });
  await nextDay.visitor.submit('/add/email/code', { code: world.mailedCode(ownAddress(person)) });
  await finish(nextDay.visitor);
  await redeem(nextDay);
  world.clock.advance(-25 * hour);
});

test('an office phone that no call reaches any more: ‘looks good’ ends the review, though it takes proof', async () => {
  await world.groupPolicy('abroad', {
    methods: ['authenticator_app', 'office_phone'],
    review: 'prove',
    phoneCountries: ['DE'],
  });
  const methods = (['authenticator_app', 'office_phone'] as const).map((type) => ({
    type,
    verifiedDaysAgo: 200,
  }));
  const person = await world.person({ groups: ['abroad'], methods });
  const journey = await signIn(world, person);
  const { visitor } = journey;
  expect(visitor.page.text).toContain('No code can be sent there at the moment.');
  await visitor.press(/^Looks good \+33/);
  expect(visitor.page.text).toContain('You can finish once everything in the list is checked.');
  await visitor.follow(/^Check with a code/);
  await proveApp(world, visitor, person.secrets[0] ?? '');
  await finish(visitor);
  await redeem(journey);
});

test('a sender that is down: the other method goes on, and the policy can be relaxed without mail', async () => {
  const person = await world.person();
  await world.relay.close();
  const journey = await signIn(world, person);
  const { visitor } = journey;
  await visitor.follow('/add/email');
  await visitor.submit('/add/email', { address: 'down@home.example' });
  expect(visitor.page.status).toBe(503);
  await visitor.follow(/security-info$/);
  await setUpApp(world, visitor);
  await finish(visitor);
  expect(visitor.page.status).toBe(409);
  await world.policy({ excludedAccounts: [person.account.id] });
  await visitor.submit('/finish');
  await redeem(journey);
});

test('a sign-in that is over: the page says how to go on', async () => {
  const person = await world.person();
  const journey = await signIn(world, person);
  const { page } = journey.visitor;
  await journey.visitor.submit('/cancel');
  journey.visitor.page = page;
  await journey.visitor.submit('/finish');
  expect(journey.visitor.page.status).toBe(400);
  expect(journey.visitor.page.text).toMatch(/go back to the app/i);
  expect((await begin(world)).visitor.page.status).toBe(200);
});
