/** Password reset and unlock: each way through over HTTP, from the sign-in page and back to it. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { begin, isBack, redeem, type SignIn, signIn, typePassword } from './steps.ts';
import type { Visitor } from './visitor.ts';
import { appCode, openWorld, type Person, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const newPassword = 'seven green bicycles';
const twoMethods = [
  { type: 'authenticator_app', verifiedDaysAgo: 10 },
  { type: 'email', verifiedDaysAgo: 10 },
] as const;

/** From the sign-in page of an app to the reset, with the name that was typed. */
async function forget(person: Person, given: Partial<SignIn> = {}): Promise<SignIn> {
  const started = await begin(world, {}, given);
  const form = started.visitor.form('/sign-in');
  await started.visitor.open(form.action.replace(/\/sign-in$/, '/forgot'), {
    form: { ...form.fields, loginName: person.account.loginName, password: 'what I thought it was' },
  });
  return started;
}

async function proveByApp(visitor: Visitor, person: Person): Promise<void> {
  await visitor.submit('/method/authenticator_app');
  await visitor.submit('/reset/code', { code: appCode(person.secrets[0] ?? '', world.clock.now()) });
}

async function mailed(address: string, before: number): Promise<string> {
  return vi.waitFor(() => {
    expect(
      world.relay.messages.filter(({ recipients }) => recipients.includes(address)).length,
    ).toBeGreaterThan(before);
    return world.mailedCode(address);
  }, 5_000);
}

const mailsTo = (address: string): number =>
  world.relay.messages.filter(({ recipients }) => recipients.includes(address)).length;

async function choosePassword(visitor: Visitor, password = newPassword): Promise<void> {
  await visitor.submit('/reset/password', { newPassword: password, repeatPassword: password });
}

test('by an authenticator app, from the sign-in page of an app and back to it', async () => {
  const person = await world.person({ methods: twoMethods });
  const started = await forget(person);
  const { visitor } = started;
  expect(visitor.page.url.pathname).toBe('/reset');
  expect(visitor.page.url.search).toBe('');
  await proveByApp(visitor, person);
  expect(visitor.page.heading).toBe('Choose a new password');
  await choosePassword(visitor);
  expect(visitor.page.heading).toBe('Your password is changed');
  await visitor.follow(/^\/interaction\/|\/interaction\/[^/]+$/);
  await typePassword(started, person, newPassword);
  expect(isBack(started)).toBe(true);
  const { claims } = await redeem(started);
  expect(claims['amr']).toEqual(['pwd']);
});

test('by an e-mail address that is typed as it was registered', async () => {
  const person = await world.person({ methods: twoMethods });
  const address = person.addresses.email ?? '';
  const before = mailsTo(address);
  const { visitor } = await forget(person);
  await visitor.follow('/method/email');
  await visitor.submit('/method/email', { address: address.toUpperCase() });
  const code = await mailed(address, before);
  await visitor.submit('/reset/code', { code });
  await choosePassword(visitor);
  expect(visitor.page.heading).toBe('Your password is changed');
});

describe('an address that is not registered', () => {
  test('is answered alike, and gets nothing', async () => {
    const person = await world.person({ methods: twoMethods });
    const { visitor } = await forget(person);
    await visitor.follow('/method/email');
    await visitor.submit('/method/email', { address: 'somebody@else.example' });
    expect(visitor.page.text).toContain('If it matches what is registered');
    await visitor.submit('/reset/code', { code: '123456' });
    expect(visitor.page.status).toBe(422);
    expect(mailsTo('somebody@else.example')).toBe(0);
  });
});

test('where the policy asks for two, the second is chosen among what is registered, masked', async () => {
  await world.policy({ methodsToReset: 2 });
  try {
    const person = await world.person({ methods: twoMethods });
    const address = person.addresses.email ?? '';
    const { visitor } = await forget(person);
    await proveByApp(visitor, person);
    expect(visitor.page.heading).toBe('Show once more that it is you');
    expect(visitor.page.html).not.toContain(address);
    const before = mailsTo(address);
    await visitor.follow(/\/reset\/second\//);
    await visitor.submit('/send');
    await visitor.submit('/prove', { code: await mailed(address, before) });
    await choosePassword(visitor);
    expect(visitor.page.heading).toBe('Your password is changed');
  } finally {
    await world.policy({ methodsToReset: 1 });
  }
});

test('sessions and tokens from before have ended, and every address is told', async () => {
  const person = await world.person({ methods: twoMethods });
  const address = person.addresses.email ?? '';
  const old = await signIn(world, person);
  const { tokens } = await redeem(old);
  const { visitor } = await forget(person);
  await proveByApp(visitor, person);
  await choosePassword(visitor);
  const userinfo = await fetch(`${world.issuer}/me`, {
    headers: { Authorization: `Bearer ${tokens.access_token}` },
  });
  expect(userinfo.status).toBe(401);
  const again = await begin(world, { prompt: 'none' }, { visitor: old.visitor });
  expect(again.visitor.page.url.searchParams.get('error')).toBe('login_required');
  await vi.waitFor(() => {
    for (const to of [address, person.account.mailbox ?? '']) {
      const told = world.relay.messages.filter(({ recipients }) => recipients.includes(to));
      expect(told.some(({ source }) => source.includes('Your password was reset'))).toBe(true);
    }
  }, 10_000);
});

test('a locked account is only unlocked by who knows its password', async () => {
  const person = await world.person({ methods: twoMethods });
  const locking = await begin(world);
  for (let tries = 0; tries < 10; tries += 1) await typePassword(locking, person, 'wrong');
  await typePassword(locking, person);
  expect(locking.visitor.page.status).toBe(429);
  const { visitor } = await forget(person, { visitor: locking.visitor });
  await proveByApp(visitor, person);
  expect(visitor.page.heading).toBe('You know your password?');
  expect(visitor.page.forms.map(({ action }) => action)).toEqual(['/reset/unlock', '/reset/password']);
  await visitor.submit('/reset/unlock', { password: 'wrong again' });
  expect(visitor.page.status).toBe(422);
  await visitor.submit('/reset/unlock', { password: person.password });
  expect(visitor.page.heading).toBe('Your account is unlocked');
  const after = await signIn(world, person);
  expect(isBack(after)).toBe(true);
});

test('an access pass opens the reset, and the registration after it', async () => {
  const person = await world.person({ methods: twoMethods });
  const { generateAccessPass, accessPassHash } = await import('../../security-info/access-pass.ts');
  const { ports } = world.deployment.composition;
  const pass = generateAccessPass();
  const passHash = accessPassHash(ports.keys, pass) ?? '';
  const now = world.clock.now();
  const expiresAt = new Date(now.getTime() + 3_600_000);
  await ports.records.change(person.account.id, (record) => ({
    next: {
      ...record,
      accessPass: { passHash, issuedAt: now, expiresAt, usedByFlowId: null },
      methods: record.methods.map((method) => ({ ...method, proveAnewAt: now })),
    },
    events: [],
    result: undefined,
  }));
  const started = await forget(person);
  const { visitor } = started;
  await visitor.follow('/reset/access-pass');
  await visitor.submit('/reset/access-pass', { pass: 'AAAA-AAAA-AAAA-AAAA-AAAA' });
  expect(visitor.page.status).toBe(422);
  await visitor.submit('/reset/access-pass', { pass });
  await choosePassword(visitor);
  await visitor.follow(/^\/interaction\/|\/interaction\/[^/]+$/);
  await typePassword(started, person, newPassword);
  expect(visitor.page.url.pathname).toContain('/security-info');
  await visitor.follow('/security-info/access-pass');
  await visitor.submit('/security-info/access-pass', { pass });
  expect(visitor.page.text).toContain('The access pass was accepted');
});

test('who comes from the sign-in once too often is told until when, with the name still there', async () => {
  const person = await world.person();
  let visitor: Visitor;
  for (let times = 0; times < 10; times += 1) {
    ({ visitor } = await forget(person));
    expect(visitor.page.heading).toBe('Show that it is you');
  }
  ({ visitor } = await forget(person));
  expect(visitor.page.status).toBe(429);
  expect(visitor.page.url.pathname).toBe('/reset');
  expect(visitor.page.text).toMatch(/too often in a short time\. It goes on from .*\d:\d\d/);
  expect(visitor.form('/name').fields['loginName']).toBe(person.account.loginName);
  world.clock.advance(3_600_000);
  await visitor.open('/reset');
  expect(visitor.page.status).toBe(200);
  world.clock.advance(-3_600_000);
});
