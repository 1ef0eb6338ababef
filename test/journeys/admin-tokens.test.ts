/** An admin's own token for the API: by a sign-in in which a method was proved, and by nothing less. */
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminScopeNames } from '../../admin/scopes.ts';
import { atCommandLine } from '../../security-info/admin/acting-admin.ts';
import { createPeopleDesk } from '../../security-info/admin/create-people-desk.ts';
import { changeCredentials } from '../../security-info/transitions/change-credentials.ts';
import { publicApp, resourceOf } from './api-tokens.ts';
import { createAdmin, proveApp } from './console.ts';
import type { RelyingParty } from './relying-party.ts';
import { begin, finish, isBack, redeem, type SignIn, setUpApp, setUpEmail, signIn } from './steps.ts';
import type { Visitor } from './visitor.ts';
import { appCode, openWorld, type Person, type World } from './world.ts';

let world: World;
let app: RelyingParty;
beforeAll(async () => {
  world = await openWorld();
  app = await publicApp(world);
});
afterAll(() => world.close());

const scope = ['openid', ...adminScopeNames].join(' ');
const forApi = () => ({ scope, resource: resourceOf(world) });

/** What the API answers to a token. */
async function statusFor(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${resourceOf(world)}/policies/securityInfo`, { headers })).status;
}

/** Signs in, proves, redeems. */
async function enter(admin: Person, party = app, parameters: Readonly<Record<string, string>> = {}) {
  const journey = await signIn(world, admin, { ...forApi(), ...parameters }, { party });
  await proveApp(world, admin, journey.visitor);
  return { journey, ...(await redeem(journey)) };
}

/** The path of the interaction that a browser is in. */
function roomOf({ page }: Visitor): string {
  return page.url.pathname.replace(/\/security-info.*$/, '/security-info');
}

/** Proves the app, whether or not a page leads there. */
async function proveAnyway(visitor: Visitor, { account, secrets }: Person): Promise<void> {
  const { methods } = await world.deployment.composition.ports.records.read(account.id);
  const app = methods.find(({ type }) => type === 'authenticator_app');
  await visitor.open(`${roomOf(visitor)}/methods/${app?.id ?? ''}/prove?next=admin`);
  await visitor.submit('/prove', { code: appCode(secrets[0] ?? '', world.clock.now()) });
}

/** Posts what the button Finish posts, whether or not a page has it. */
async function postFinish(visitor: Visitor): Promise<void> {
  if (visitor.page.forms.length === 0) await visitor.follow(/next=admin/);
  await visitor.open(`${roomOf(visitor)}/finish`, { form: visitor.form('/prove').fields });
}

/** The error that the browser brought back. */
function errorOf({ visitor }: Pick<SignIn, 'visitor'>): string | null {
  return visitor.page.url.searchParams.get('error');
}

describe('an admin', () => {
  test('gets a token after proving a method, for this API alone, and nothing to renew it with', async () => {
    const admin = await createAdmin(world);
    const journey = await signIn(world, admin, forApi(), { party: app });
    expect(isBack(journey)).toBe(false);
    expect(journey.visitor.page.heading).toBe('Show that you are you');
    await proveApp(world, admin, journey.visitor);
    const { tokens } = await redeem(journey);
    expect(tokens.scope?.split(' ').sort()).toEqual([...adminScopeNames].sort());
    expect(tokens.refresh_token).toBeUndefined();
    expect(tokens.expires_in).toBeLessThanOrEqual(600);
    expect(await statusFor(tokens.access_token)).toBe(200);
    const userinfo = await fetch(`${world.issuer}/me`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(userinfo.ok).toBe(false);
  });

  test('gets no refresh token by asking for offline access either', async () => {
    const admin = await createAdmin(world);
    const { tokens } = await enter(admin, app, { scope: `${scope} offline_access`, prompt: 'consent' }).catch(
      () => ({
        tokens: { refresh_token: undefined },
      }),
    );
    expect(tokens.refresh_token).toBeUndefined();
  });

  test('is asked again by each request: a session alone gives nothing, not even silently', async () => {
    const admin = await createAdmin(world);
    const { journey } = await enter(admin);
    const { visitor } = journey;
    const silent = await begin(world, { ...forApi(), prompt: 'none' }, { visitor, party: app });
    expect(errorOf(silent)).toBe('interaction_required');
    const again = await begin(world, forApi(), { visitor, party: app });
    expect(isBack(again)).toBe(false);
    expect(again.visitor.page.heading).toBe('Show that you are you');
  });

  test('does not get by with the proof of another request of the same browser', async () => {
    const admin = await createAdmin(world);
    const first = await signIn(world, admin, forApi(), { party: app });
    const second = await begin(world, forApi(), { visitor: first.visitor.secondTab(), party: app });
    await proveApp(world, admin, first.visitor);
    expect(isBack(first)).toBe(true);
    await postFinish(second.visitor);
    expect(isBack(second)).toBe(false);
    expect(second.visitor.page.url.pathname).toContain('/prove');
  });

  test('does not get by with posting Finish, or with a wrong code', async () => {
    const admin = await createAdmin(world);
    const { visitor } = await signIn(world, admin, forApi(), { party: app });
    await visitor.follow(/next=admin/);
    await visitor.submit('/prove', { code: '000000' });
    expect(visitor.page.status).toBe(422);
    await postFinish(visitor);
    expect(visitor.page.url.origin).toBe(world.issuer);
    expect(visitor.page.url.pathname).toContain('/prove');
  });

  test('whose only methods are cooling off does not come in', async () => {
    const admin = await createAdmin(world);
    const until = new Date(world.clock.now().getTime() + 3_600_000);
    await world.deployment.composition.ports.records.change(admin.account.id, (record) => ({
      next: { ...record, methods: record.methods.map((one) => ({ ...one, coolingOffUntilAt: until })) },
      events: [],
      result: undefined,
    }));
    const journey = await signIn(world, admin, forApi(), { party: app });
    expect(journey.visitor.page.links.some(({ href }) => href.includes('/methods/'))).toBe(false);
    await proveAnyway(journey.visitor, admin);
    expect(isBack(journey)).toBe(false);
    expect(journey.visitor.page.url.pathname).toContain('/access-pass');
  });

  test('who is new does not come in with the methods that the password alone has registered', async () => {
    const admin = await world.person({ isAdmin: true });
    const journey = await signIn(world, admin, forApi(), { party: app });
    const secret = await setUpApp(world, journey.visitor);
    await setUpEmail(world, journey.visitor, 'thief@elsewhere.example');
    expect(isBack(journey)).toBe(false);
    // Not in this sign-in, and not in the next.
    world.clock.advance(60_000);
    const thief = { ...admin, secrets: [secret] };
    await proveAnyway(journey.visitor, thief);
    expect(isBack(journey)).toBe(false);
    world.clock.advance(60_000);
    const next = await signIn(world, thief, forApi(), { party: app });
    await proveAnyway(next.visitor, thief);
    expect(isBack(next)).toBe(false);
    expect(next.visitor.page.url.pathname).toContain('/access-pass');
    // Once they are a day old, they are as good as anybody's.
    world.clock.advance(25 * 3_600_000);
    const later = await signIn(world, thief, forApi(), { party: app });
    await proveAnyway(later.visitor, thief);
    expect(isBack(later)).toBe(true);
  });

  test('who is new comes in with an access pass', async () => {
    const admin = await world.person({ isAdmin: true });
    const people = createPeopleDesk(world.deployment.composition.ports, { published: () => undefined });
    const { accessPass } = await people.issueAccessPass(
      { by: atCommandLine, accountId: admin.account.id },
      1,
    );
    const journey = await signIn(world, admin, forApi(), { party: app });
    const { visitor } = journey;
    await visitor.open(
      `${visitor.page.url.pathname.replace(/\/security-info.*$/, '')}/security-info/access-pass?next=admin`,
    );
    await visitor.submit('/access-pass', { pass: accessPass });
    await setUpApp(world, visitor);
    await setUpEmail(world, visitor, 'new-admin@home.example');
    await finish(visitor);
    const { tokens } = await redeem(journey);
    expect(await statusFor(tokens.access_token)).toBe(200);
  });
});

describe('a token is refused', () => {
  test('after the credentials have changed', async () => {
    const admin = await createAdmin(world);
    const { tokens } = await enter(admin);
    const { records } = world.deployment.composition.ports;
    const later = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1_000);
    await records.change(admin.account.id, changeCredentials(later, []));
    expect(await statusFor(tokens.access_token)).toBe(401);
  });

  test.each([
    ['disabled', { isDisabled: true }],
    ['no admin any more', { isAdmin: false }],
  ])('once its user is %s', async (_, change) => {
    const admin = await createAdmin(world);
    const { tokens } = await enter(admin);
    await world.deployment.composition.connection
      .collection<{ _id: string }>('accounts')
      .updateOne({ _id: admin.account.id }, { $set: change });
    expect([401, 403]).toContain(await statusFor(tokens.access_token));
  });

  test('after its user has signed out, and after its app has given it back', async () => {
    const admin = await createAdmin(world);
    const { tokens, journey } = await enter(admin);
    await journey.visitor.open(`${world.issuer}/session/end`);
    await journey.visitor.submit('/session/end/confirm', { logout: 'yes' });
    expect(await statusFor(tokens.access_token)).toBe(401);

    const other = await enter(await createAdmin(world));
    await openid.tokenRevocation(app.configuration, other.tokens.access_token);
    expect(await statusFor(other.tokens.access_token)).toBe(401);
  });
});

test('an ordinary user is told access_denied, with a session as well', async () => {
  const person = await world.person({
    methods: [
      { type: 'authenticator_app', verifiedDaysAgo: 10 },
      { type: 'email', verifiedDaysAgo: 10 },
    ],
  });
  const journey = await signIn(world, person, forApi(), { party: app });
  expect(errorOf(journey)).toBe('access_denied');
  const again = await begin(world, forApi(), { visitor: journey.visitor, party: app });
  expect(errorOf(again)).toBe('access_denied');
});

test('an app without the scopes, and one that asks for another resource, are refused', async () => {
  const admin = await createAdmin(world);
  const plain = await world.client();
  expect(errorOf(await begin(world, forApi(), { party: plain }))).toBe('invalid_target');
  for (const resource of [
    'https://elsewhere.example/admin/api/v1',
    `${resourceOf(world)}/`,
    `${resourceOf(world)}?x=1`,
  ])
    expect(errorOf(await begin(world, { ...forApi(), resource }, { party: app }))).toBe('invalid_target');
  const reader = await publicApp(world, { admin_scopes: ['policy:read'] });
  const { tokens } = await enter(admin, reader);
  expect(tokens.scope).toBe('policy:read');
});

test('a code or a refresh token that was given without the proof is redeemed for nothing here', async () => {
  const admin = await createAdmin(world);
  const party = await world.client({ admin_scopes: adminScopeNames });
  const journey = await signIn(world, admin, { scope: `openid ${adminScopeNames[0]}` }, { party });
  expect(isBack(journey)).toBe(true);
  const { tokens } = await redeem(journey);
  await expect(
    openid.refreshTokenGrant(party.configuration, tokens.refresh_token ?? '', {
      resource: resourceOf(world),
    }),
  ).rejects.toMatchObject({ error: 'invalid_target' });
  expect(await statusFor(tokens.access_token)).toBe(401);

  const second = await begin(world, {}, { visitor: journey.visitor, party });
  await expect(
    openid.authorizationCodeGrant(
      party.configuration,
      second.visitor.page.url,
      {
        pkceCodeVerifier: second.pending.verifier,
        expectedState: second.pending.state,
        expectedNonce: second.pending.nonce,
      },
      { resource: resourceOf(world) },
    ),
  ).rejects.toMatchObject({ error: 'invalid_target' });
});

test('an app of others shows what it may do in the admin’s name, in words, and gets it once that is allowed', async () => {
  const admin = await createAdmin(world);
  const party = await publicApp(world, {
    first_party: false,
    admin_scopes: ['policy:read', 'methods:write'],
  });
  const journey = await signIn(world, admin, forApi(), { party });
  await proveApp(world, admin, journey.visitor);
  const { visitor } = journey;
  expect(isBack(journey)).toBe(false);
  expect(visitor.page.text).toContain(
    'In your name as an administrator: the policies, and what they would do',
  );
  expect(visitor.page.text).toContain('change people’s methods, make access passes');
  expect(visitor.page.text).not.toContain('the audit log');
  expect(visitor.page.text).not.toContain('policy:read');
  await visitor.submit('/consent', { decision: 'allow' });
  const { tokens } = await redeem(journey);
  expect(tokens.scope).toBe('policy:read methods:write');
  expect(await statusFor(tokens.access_token)).toBe(200);
});
