/** My security info: the address of one's own, what it shows and does, and that it asks again once it was left alone. */
import * as openid from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { begin, finish, redeem, setUpApp, setUpEmail, signIn, typePassword } from './steps.ts';
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

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

test('a method gets a name and comes first, in the list and where a proof is asked for, without a proof', async () => {
  const person = await world.person({ methods: both });
  const visitor = await open(person);
  const { methods } = await world.deployment.composition.ports.records.read(person.account.id);
  const mail = methods.find(({ type }) => type === 'email')?.id ?? '';
  await visitor.follow(`/methods/${mail}/name`);
  await visitor.submit('/name', { name: 'x'.repeat(41) });
  expect(visitor.page.status).toBe(422);
  await visitor.submit('/name', { name: 'holiday\u202Email' });
  expect(visitor.page.status).toBe(422);
  await visitor.submit('/name', { name: ' Cafe\u0301 <mail> ' });
  expect(visitor.page.text).toContain('The name is saved.');
  expect(visitor.page.text).toMatch(/home\.example Café <mail>/);
  expect(visitor.page.text.indexOf('Authenticator app')).toBeLessThan(visitor.page.text.indexOf('Café'));
  await visitor.submit(`/methods/${mail}/prefer`);
  expect(visitor.page.text).toContain('Used first');
  expect(visitor.page.text.indexOf('Authenticator app')).toBeGreaterThan(visitor.page.text.indexOf('Café'));
  const named = visitor.page;
  await visitor.submit(`/methods/${mail}/unprefer`);
  expect(visitor.page.text).toContain('None of your methods comes first any more.');
  expect(visitor.page.text).not.toContain('Used first');
  expect(visitor.page.text.indexOf('Authenticator app')).toBeLessThan(visitor.page.text.indexOf('Café'));
  visitor.page = named;
  await visitor.submit(`/methods/${mail}/unprefer`);
  expect(visitor.page.status).toBe(200);
  await visitor.submit(`/methods/${mail}/prefer`);
  await visitor.follow(`/methods/${mail}/replace`);
  const choices = visitor.page.links.filter(({ href }) => href.includes('/prove?'));
  expect(choices[0]?.text).toContain('Café');
});

test('what happened lately is shown in words, with the device and the network only coarsely', async () => {
  const person = await world.person({ methods: both });
  const agent = { headers: { 'User-Agent': firefox } };
  const visitor = world.visitor();
  await visitor.open(`${world.issuer}/security-info`, agent);
  await visitor.submit('/sign-in', { loginName: person.account.loginName, password: 'not this one' }, agent);
  await visitor.submit('/sign-in', { loginName: person.account.loginName, password: person.password }, agent);
  await visitor.follow('Recent activity');
  expect(visitor.page.text).toMatch(/Signed in .*Firefox on a computer .*127\.0\.0\.x .*At Security info/);
  expect(visitor.page.text).toContain('A sign-in was refused: wrong password');
  expect(visitor.page.text).not.toContain('127.0.0.1');
  const stored = await world.deployment.composition.connection
    .collection('audit_events')
    .find({ accountId: person.account.id })
    .toArray();
  expect(stored.map(({ device }) => device)).toContain('firefox/computer');
  expect(JSON.stringify(stored)).not.toContain('Gecko');
});

test('signing out everywhere else ends other browsers and tokens, and this one goes on at the page', async () => {
  const person = await world.person({ methods: both });
  const elsewhere = await signIn(world, person);
  const { tokens } = await redeem(elsewhere);
  const managing = await open(person);
  const visitor = await open(person);
  await visitor.follow('Sign out everywhere else');
  await visitor.submit('/sign-out-elsewhere');
  expect(visitor.page.heading).toBe('Your security info');
  expect(visitor.page.text).toContain('Everybody else is signed out.');

  await expect(
    openid.refreshTokenGrant(world.app.configuration, tokens.refresh_token ?? ''),
  ).rejects.toMatchObject({ error: 'invalid_grant' });
  const other = await begin(world, { prompt: 'none' }, { visitor: elsewhere.visitor });
  expect(other.visitor.page.url.searchParams.get('error')).toBe('login_required');
  await managing.follow('Recent activity');
  expect(managing.page.heading).toBe('This sign-in has ended');

  await visitor.follow('Recent activity');
  expect(visitor.page.text).toContain('Signed out everywhere else');
  await visitor.follow('Back');
  expect(visitor.page.text).not.toContain('Everybody else is signed out.');
  await finish(visitor);
  expect(visitor.page.heading).toBe('Your security info is saved');
  await redeem(await begin(world, {}, { visitor }));
  const { relay } = world;
  await world.deployment.composition.jobs
    .find(({ name }) => name === 'deliver')
    ?.run({ onProgress: () => undefined, signal: new AbortController().signal, dryRun: false });
  const told = relay.messages.filter(({ recipients }) => recipients.includes(person.account.mailbox ?? ''));
  expect(told.some(({ source }) => /signed out/i.test(source))).toBe(true);
});

test('a page that was left alone for 15 minutes asks for the password again', async () => {
  const own = await openWorld();
  try {
    const person = await own.person({ methods: both });
    const visitor = own.visitor();
    await visitor.open(`${own.issuer}/security-info`);
    await typePassword({ visitor }, person);
    own.clock.advance(14 * 60_000);
    await visitor.follow('Recent activity');
    own.clock.advance(14 * 60_000);
    await visitor.follow('Back');
    expect(visitor.page.heading).toBe('Your security info');
    own.clock.advance(15 * 60_000 + 1_000);
    await visitor.follow('Change the password');
    expect(visitor.page.heading).toBe('Confirm that it is you');
    await typePassword({ visitor }, person);
    expect(visitor.page.heading).toBe('Your security info');
  } finally {
    await own.close();
  }
});
