/** After a change of the credentials nothing from before is accepted; the session in which the user acts is spared. */
import * as openid from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeCredentials } from '../../security-info/transitions/change-credentials.ts';
import { begin, isBack, redeem, signIn, typePassword } from './steps.ts';
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

async function change({ account }: Person): Promise<void> {
  await world.deployment.composition.ports.records.change(account.id, changeCredentials(new Date(), []));
}

test('a session, a code, a refresh token and an access token from before are refused', async () => {
  const person = await world.person({ methods: both });
  const journey = await signIn(world, person);
  const { tokens } = await redeem(journey);
  const other = await begin(world, {}, { visitor: journey.visitor });
  expect(isBack(other)).toBe(true);
  await change(person);

  await expect(redeem(other)).rejects.toMatchObject({ error: 'invalid_grant' });
  await expect(
    openid.refreshTokenGrant(world.app.configuration, tokens.refresh_token ?? ''),
  ).rejects.toMatchObject({ error: 'invalid_grant' });
  const userinfo = await fetch(`${world.issuer}/me`, {
    headers: { Authorization: `Bearer ${tokens.access_token}` },
  });
  expect(userinfo.status).toBe(401);
  const seen = await openid.tokenIntrospection(world.app.configuration, tokens.access_token);
  expect(seen.active).toBe(false);
  const silent = await begin(world, { prompt: 'none' }, { visitor: journey.visitor });
  expect(silent.visitor.page.url.searchParams.get('error')).toBe('login_required');
  const again = await begin(world, {}, { visitor: journey.visitor });
  expect(again.visitor.page.url.pathname).toMatch(/\/sign-in$/);
});

test('a one-time password is changed at the sign-in, which then goes on with an auth_time of its own', async () => {
  const person = await world.person({ methods: both, mustChangePassword: true });
  const journey = await begin(world);
  await typePassword(journey, person);
  expect(journey.visitor.page.url.pathname).toMatch(/\/new-password$/);
  await journey.visitor.submit('/new-password', { newPassword: 'short', repeatPassword: 'short' });
  expect(journey.visitor.page.status).toBe(422);
  const password = 'seven herons over the weir';
  await journey.visitor.submit('/new-password', { newPassword: password, repeatPassword: password });
  const { claims } = await redeem(journey);
  const record = await world.deployment.composition.ports.records.read(person.account.id);
  expect(Number(claims.auth_time) * 1000).toBeGreaterThanOrEqual(Number(record.credentialsChangedAt));
  expect(isBack(await begin(world, {}, { visitor: journey.visitor }))).toBe(true);
  const old = await signIn(world, person);
  expect(old.visitor.page.status).toBe(422);
});

test('nothing of the methods is in a token, an answer, an address or the log', async () => {
  const person = await world.person({ methods: both });
  const journey = await signIn(world, person, { scope: 'openid profile email' });
  const { tokens } = await redeem(journey);
  const userinfo = await openid.fetchUserInfo(
    world.app.configuration,
    tokens.access_token,
    person.account.id,
  );
  const said = JSON.stringify([tokens.claims(), userinfo, tokens.scope, world.logLines]);
  expect(said).not.toContain('home.example');
  for (const secret of person.secrets) expect(said).not.toContain(secret);
});
