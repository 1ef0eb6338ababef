/** The device flow (RFC 8628): its pages are ours, it goes through the same checks, and the polling device gets the end. */
import * as openid from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, setUpApp, setUpEmail, typePassword } from './steps.ts';
import type { Visitor } from './visitor.ts';
import { openWorld, type Person, type World } from './world.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

let world: World;
let device: openid.Configuration;
beforeAll(async () => {
  world = await openWorld();
  const party = await world.client({ grant_types: [grantType], redirect_uris: [], response_types: [] });
  device = party.configuration;
});
afterAll(() => world.close());

/** A device that shows a code, and a browser on the page that asks for it. */
interface Started {
  readonly visitor: Visitor;
  readonly userCode: string;
  /** Asks for the tokens once, without the pause that a device makes. */
  poll(): ReturnType<typeof openid.genericGrantRequest>;
}

async function start(language?: string): Promise<Started> {
  const answer = await openid.initiateDeviceAuthorization(device, { scope: 'openid profile' });
  const visitor = world.visitor(language);
  await visitor.open(answer.verification_uri);
  return {
    visitor,
    userCode: answer.user_code,
    poll: () => openid.genericGrantRequest(device, grantType, { device_code: answer.device_code }),
  };
}

/** Types the code and confirms the device. */
async function connect(): Promise<Started> {
  const started = await start();
  await started.visitor.submit('/device', { user_code: started.userCode });
  await started.visitor.submit('/device');
  return started;
}

async function connectAs(person: Person): Promise<Started> {
  const started = await connect();
  await typePassword(started, person);
  return started;
}

test('the pages of the device flow are ours, in the user’s language', async () => {
  const { visitor, userCode } = await start('fr');
  expect(visitor.page.html).toContain('<html lang="fr">');
  expect(visitor.page.html).not.toContain('<script');
  await visitor.submit('/device', { user_code: userCode });
  expect(visitor.page.html).toContain('<html lang="fr">');
  expect(visitor.page.text).toContain(userCode);
});

test('a device waits while its user registers, and then gets tokens that say how', async () => {
  const person = await world.person();
  const { visitor, poll } = await connectAs(person);
  expect(visitor.page.url.pathname).toMatch(/\/security-info$/);
  await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' });
  await setUpEmail(world, visitor, `${person.account.loginName}@tv.example`);
  await setUpApp(world, visitor);
  await finish(visitor);
  expect(visitor.page.status).toBe(200);
  expect(visitor.page.heading).toBe('The device is signed in');
  expect((await poll()).claims()).toMatchObject({ sub: person.account.id, amr: ['pwd', 'otp', 'mfa'] });
});

test('a device whose user needs nothing gets its tokens without a stop, once', async () => {
  const person = await world.person({
    methods: [
      { type: 'authenticator_app', verifiedDaysAgo: 10 },
      { type: 'email', verifiedDaysAgo: 10 },
    ],
  });
  const { visitor, poll } = await connectAs(person);
  expect(visitor.page.heading).toBe('The device is signed in');
  expect((await poll()).claims()).toMatchObject({ sub: person.account.id, amr: ['pwd'] });
  await expect(poll()).rejects.toMatchObject({ error: 'invalid_grant' });
});

test('a direct GET of the resume address signs no device in', async () => {
  const { visitor, poll } = await connectAs(await world.person());
  await visitor.open(`/device/${visitor.page.url.pathname.split('/')[2]}`);
  expect(visitor.page.url.pathname).toMatch(/\/security-info$/);
  await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' });
});

test.for(['sign-in', 'security info'] as const)(
  'a cancel at %s is said on our page and reaches the device as access_denied',
  async (where) => {
    const { visitor, poll } = await (where === 'sign-in' ? connect() : connectAs(await world.person()));
    await visitor.submit('/cancel');
    expect(visitor.page.html).toContain('<html lang="en">');
    expect(visitor.page.text).toContain('The device was not signed in: you cancelled.');
    await expect(poll()).rejects.toMatchObject({ error: 'access_denied' });
  },
);

test('a device that its user does not confirm gets access_denied', async () => {
  const { visitor, userCode, poll } = await start();
  await visitor.submit('/device', { user_code: userCode });
  await visitor.submit('/device', { abort: 'yes' });
  await expect(poll()).rejects.toMatchObject({ error: 'access_denied' });
});

test('a wrong code is said beside its field, and the page goes on', async () => {
  const { visitor, userCode } = await start();
  await visitor.submit('/device', { user_code: 'XXXX-XXXX' });
  expect(visitor.page.status).toBe(422);
  expect(visitor.page.text).toContain('No device shows this code.');
  await visitor.submit('/device', { user_code: userCode });
  expect(visitor.page.text).toContain(userCode);
});
