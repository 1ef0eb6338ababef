/** Who comes into the console, and who does not: a password alone, an ordinary user, a proof that has grown old. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAdmin, enterConsole, proveApp } from './console.ts';
import { signIn, typePassword } from './steps.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test('an admin signs in, proves a method, and is at the page that was asked for', async () => {
  const visitor = await enterConsole(world, await createAdmin(world), '/admin/?day=1');
  expect(visitor.page.url.href).toBe(`${world.issuer}/admin/?day=1`);
  expect(visitor.page.heading).toBe('Overview');
});

test('who is signed in already is asked for the proof alone; the session does not come in by itself', async () => {
  const admin = await createAdmin(world);
  const { visitor } = await signIn(world, admin);
  await visitor.open(`${world.issuer}/admin/`);
  expect(visitor.page.heading).toBe('Show that you are you');
  await visitor.open('/admin/');
  await proveApp(world, admin, visitor);
  expect(visitor.page.heading).toBe('Overview');
});

test('after 15 minutes the proof is asked for again, and no password', async () => {
  const admin = await createAdmin(world);
  const visitor = await enterConsole(world, admin);
  world.clock.advance(15 * 60_000 + 1_000);
  await visitor.open('/admin/');
  expect(visitor.page.heading).toBe('Show that you are you');
  await proveApp(world, admin, visitor);
  expect(visitor.page.heading).toBe('Overview');
});

test('an ordinary user is sent back without being let in', async () => {
  const person = await world.person({
    methods: [
      { type: 'authenticator_app', verifiedDaysAgo: 10 },
      { type: 'email', verifiedDaysAgo: 10 },
    ],
  });
  const visitor = world.visitor();
  await visitor.open(`${world.issuer}/admin/`);
  await typePassword({ visitor }, person);
  expect(visitor.page.status).toBe(403);
  expect(visitor.page.heading).toBe('You are not in the console');
});

test('whoever takes the cookie elsewhere, signs out, or is no admin any more is out', async () => {
  const admin = await createAdmin(world);
  const visitor = await enterConsole(world, admin);
  await world.deployment.composition.connection
    .collection<{ _id: string }>('accounts')
    .updateOne({ _id: admin.account.id }, { $set: { isAdmin: false } });
  await visitor.open('/admin/');
  expect(visitor.page.heading).not.toBe('Overview');
});
