/** A new password from one's own page: by the old one or a proof, and what it ends. */
import * as openid from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { begin, finish, isBack, proveApp, redeem, setUpApp, setUpEmail, signIn } from './steps.ts';
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
const manage = { prompt: 'security_info' };
const fresh = 'seven herons over the weir';

async function openPage(person: Person): Promise<Visitor> {
  const { visitor } = await signIn(world, person, manage);
  await visitor.follow('Change the password');
  return visitor;
}

async function change(visitor: Visitor, current: string, next = fresh): Promise<void> {
  await visitor.submit('/password', {
    ...(current === '' ? {} : { currentPassword: current }),
    newPassword: next,
    repeatPassword: next,
  });
}

test('with the old password: other sessions and tokens end, this one goes on, everybody known is told', async () => {
  const person = await world.person({ methods: both });
  const elsewhere = await signIn(world, person);
  const { tokens } = await redeem(elsewhere);
  const mine = await signIn(world, person, manage);
  await mine.visitor.follow('Change the password');
  await change(mine.visitor, person.password);
  expect(mine.visitor.page.heading).toBe('Your security info');
  expect(mine.visitor.page.text).toContain('Your password is changed.');
  await finish(mine.visitor);
  const { claims } = await redeem(mine);
  expect(claims['amr']).toEqual(['pwd']);
  const record = await world.deployment.composition.ports.records.read(person.account.id);
  expect(Number(claims.auth_time) * 1000).toBeGreaterThanOrEqual(Number(record.credentialsChangedAt));

  await expect(
    openid.refreshTokenGrant(world.app.configuration, tokens.refresh_token ?? ''),
  ).rejects.toMatchObject({ error: 'invalid_grant' });
  const other = await begin(world, {}, { visitor: elsewhere.visitor });
  expect(other.visitor.page.url.pathname).toMatch(/\/sign-in$/);
  expect((await signIn(world, person)).visitor.page.status).toBe(422);
  expect(isBack(await signIn(world, { ...person, password: fresh }))).toBe(true);
  for (const address of [person.account.mailbox, person.addresses.email]) {
    const told = () =>
      world.relay.messages.some(
        ({ recipients, source }) =>
          recipients.includes(address ?? '') && source.includes('Your password was changed'),
      );
    await expect.poll(told, { timeout: 10_000 }).toBe(true);
  }
});

test('what is wrong is said at its field, and nothing that was typed is repeated', async () => {
  const person = await world.person({ methods: both });
  const visitor = await openPage(person);
  await change(visitor, 'not the password at all');
  expect(visitor.page.status).toBe(422);
  expect(visitor.page.text).toContain('This is not the password of your account.');
  await change(visitor, person.password, 'short');
  expect(visitor.page.text).toContain('Too short');
  await change(visitor, person.password, person.password);
  expect(visitor.page.text).toContain('Choose another password than the one that you have now.');
  expect(visitor.page.html).not.toContain(person.password);
});

test('a proof of a method stands in for the old password, and one made before a sign-out does not', async () => {
  const person = await world.person({ methods: both });
  const visitor = await openPage(person);
  await visitor.follow('I do not know it');
  await visitor.follow('Authenticator app');
  await proveApp(world, visitor, person.secrets[0] ?? '');
  expect(visitor.page.heading).toBe('Change your password');
  expect(visitor.page.html).not.toContain('currentPassword');
  await change(visitor, '');
  expect(visitor.page.text).toContain('Your password is changed.');
  await visitor.follow('Change the password');
  expect(visitor.page.html).toContain('currentPassword');
});

test('a first registration is no proof: who took over a session does not choose a password with it', async () => {
  const person = await world.person();
  const { visitor } = await signIn(world, person, manage);
  await setUpEmail(world, visitor, `${person.account.loginName}@taken.example`);
  await setUpApp(world, visitor);
  await visitor.open(visitor.page.url.pathname.replace(/\/security-info.*/, '/security-info/password'));
  expect(visitor.page.html).toContain('currentPassword');
  await change(visitor, '');
  expect(visitor.page.status).toBe(422);
});

test('wrong old passwords delay on a counter of their own: the sign-in page is not touched', async () => {
  const person = await world.person({ methods: both });
  const visitor = await openPage(person);
  for (let time = 0; time < 10; time += 1) await change(visitor, `wrong password ${time}`);
  await change(visitor, person.password);
  expect(visitor.page.status).toBe(429);
  expect(visitor.page.text).toContain('There were too many wrong passwords.');
  expect(isBack(await signIn(world, person))).toBe(true);
});
