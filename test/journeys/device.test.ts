/** The device flow (RFC 8628) goes through the same checks, and its pages are ours. */
import * as openid from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, setUpApp, setUpEmail, typePassword } from './steps.ts';
import type { Visitor } from './visitor.ts';
import { openWorld, type Person, type World } from './world.ts';

let world: World;
let device: openid.Configuration;
beforeAll(async () => {
  world = await openWorld();
  const party = await world.client({
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    redirect_uris: [],
    response_types: [],
  });
  device = party.configuration;
});
afterAll(() => world.close());

async function enterCode(person: Person): Promise<{
  visitor: Visitor;
  poll: () => ReturnType<typeof openid.genericGrantRequest>;
}> {
  const started = await openid.initiateDeviceAuthorization(device, { scope: 'openid' });
  const visitor = world.visitor();
  await visitor.open(started.verification_uri);
  await visitor.submit('/device', { user_code: started.user_code });
  await visitor.submit('/device');
  await typePassword({ visitor }, person);
  const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
  return {
    visitor,
    poll: () => openid.genericGrantRequest(device, grantType, { device_code: started.device_code }),
  };
}

test('a device gets its tokens once its user has registered what is missing', async () => {
  const person = await world.person();
  const { visitor, poll } = await enterCode(person);
  expect(visitor.page.url.pathname).toMatch(/\/security-info$/);
  await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' });
  await setUpEmail(world, visitor, `${person.account.loginName}@other.example`);
  await setUpApp(world, visitor);
  await finish(visitor);
  expect(visitor.page.status).toBe(200);
  expect((await poll()).claims()?.sub).toBe(person.account.id);
});

test('a device is told access_denied when its user cancels', async () => {
  const { visitor, poll } = await enterCode(await world.person());
  await visitor.submit('/cancel');
  expect(visitor.page.html).toContain('<html lang="en">');
  await expect(poll()).rejects.toMatchObject({ error: 'access_denied' });
});
