/** My security info: the address of one's own, what it shows and does, and that it asks again once it was left alone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, setUpApp, setUpEmail, typePassword } from './steps.ts';
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

/** Opens the page by its address and signs in. */
async function open(person: Person, visitor: Visitor = world.visitor()): Promise<Visitor> {
  await visitor.open(`${world.issuer}/security-info`);
  await typePassword({ visitor }, person);
  return visitor;
}

test('the address leads through the sign-in to the page, and Done to the end, with a way back', async () => {
  const person = await world.person({ methods: both });
  const visitor = await open(person);
  expect(visitor.page.heading).toBe('Your security info');
  await finish(visitor);
  expect(visitor.page.url.pathname).toBe('/security-info/done');
  expect(visitor.page.heading).toBe('Your security info is saved');
  await visitor.follow('Open my security info');
  expect(visitor.page.heading).toBe('Your security info');
});

test('who has nothing registers there, and is told where the methods are found later', async () => {
  const person = await world.person();
  const visitor = await open(person);
  expect(visitor.page.heading).toBe('Set up your security info');
  await setUpEmail(world, visitor, `${person.account.loginName}@later.example`);
  await setUpApp(world, visitor);
  expect(visitor.page.text).toContain(`${world.issuer}/security-info`);
  await finish(visitor);
  expect(visitor.page.heading).toBe('Your security info is saved');
});

test('leaving is told in words, and nothing of the address is repeated', async () => {
  const visitor = world.visitor();
  await visitor.open(`${world.issuer}/security-info`);
  await visitor.submit('/cancel');
  expect(visitor.page.heading).toBe('You have left your security info');
  const state = visitor.page.url.searchParams.get('state') ?? '';
  await visitor.open(`/security-info/done?state=${state}&error=%3Cb%3E&error_description=planted`);
  expect(visitor.page.heading).toBe('Your security info could not be opened');
  expect(visitor.page.html).not.toContain('planted');
  await visitor.open('/security-info/done?state=another&code=abc');
  expect(visitor.page.heading).toBe('Your security info');
});

test('no app may have the id of the page', async () => {
  await expect(world.client({ client_id: 'security-info' })).rejects.toMatchObject({
    code: 'client_id_taken',
  });
});
