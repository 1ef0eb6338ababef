/** What OpenID's certification asks of a provider stays true with the prompt in place. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwordAcr } from '../../provider/oidc.ts';
import { begin, redeem, signIn } from './steps.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const both = [
  { type: 'authenticator_app', verifiedDaysAgo: 10 },
  { type: 'email', verifiedDaysAgo: 10 },
] as const;

test('discovery names the issuer, whatever Host says, and the prompt', async () => {
  const answer = await fetch(`${world.issuer}/.well-known/openid-configuration`, {
    headers: { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' },
  });
  const document = await answer.text();
  expect(document).not.toContain('evil.example');
  expect(JSON.parse(document)).toMatchObject({
    issuer: world.issuer,
    token_endpoint: `${world.issuer}/token`,
    acr_values_supported: [passwordAcr],
    prompt_values_supported: expect.arrayContaining(['security_info', 'none', 'login', 'consent']),
  });
});

test('form_post posts the code to the app, and works without script', async () => {
  const person = await world.person({ methods: both });
  const journey = await signIn(world, person, { response_mode: 'form_post' });
  const { page } = journey.visitor;
  const form = page.forms.find(({ action }) => action === world.app.redirectUri);
  expect(form?.fields).toMatchObject({ state: journey.pending.state, code: expect.any(String) });
  expect(form?.buttons.length).toBeGreaterThan(0);
});

test('acr_values are answered with the acr, and an essential one that no sign-in gives is refused', async () => {
  const person = await world.person({ methods: both });
  const asked = await signIn(world, person, { acr_values: passwordAcr });
  expect((await redeem(asked)).claims['acr']).toBe(passwordAcr);
  const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:nobody:has'] } } });
  const refused = await begin(world, { claims });
  expect(refused.visitor.page.url.searchParams.get('error')).toBe('unmet_authentication_requirements');
});

test('a code is redeemed once, even by two at the same time, and a replay ends its tokens', async () => {
  const person = await world.person({ methods: both });
  const journey = await signIn(world, person);
  const outcomes = await Promise.allSettled([redeem(journey), redeem(journey)]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
  const other = await signIn(world, person);
  const { tokens } = await redeem(other);
  await expect(redeem(other)).rejects.toMatchObject({ error: 'invalid_grant' });
  const seen = await openid.tokenIntrospection(world.app.configuration, tokens.access_token);
  expect(seen.active).toBe(false);
});

test('PKCE is required, but not of a confidential client whose metadata says so', async () => {
  const without = new URL('/auth', world.issuer);
  const request = (clientId: string): URL => {
    without.search = new URLSearchParams({
      client_id: clientId,
      redirect_uri: world.app.redirectUri,
      response_type: 'code',
      scope: 'openid',
    }).toString();
    return without;
  };
  const strict = await world.visitor().open(request(world.app.configuration.clientMetadata().client_id));
  expect(strict.url.searchParams.get('error')).toBe('invalid_request');
  const lax = await world.client({ pkce_optional: true });
  const page = await world.visitor().open(request(lax.configuration.clientMetadata().client_id));
  expect(page.url.pathname).toMatch(/\/sign-in$/);
});

test('an unregistered redirect URI is told in words, in the language asked for, without a redirect', async () => {
  const { url } = await world.app.request({ redirect_uri: 'https://evil.example/', ui_locales: 'fr' });
  const page = await world.visitor().open(url);
  expect(page.status).toBe(400);
  expect(page.html).toContain('<html lang="fr">');
  expect(page.text).not.toBe('');
});

test('signing out asks, ends the session, tells the app behind the browser, and goes where it is registered', async () => {
  const told: string[] = [];
  const listener = createServer((request, response) => {
    void text(request).then((body) => {
      told.push(new URLSearchParams(body).get('logout_token') ?? '');
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const goodbye = 'http://localhost:1/goodbye';
  const party = await world.client({
    post_logout_redirect_uris: [goodbye],
    backchannel_logout_uri: `http://127.0.0.1:${port}/logout`,
  });
  const person = await world.person({ methods: both });
  const journey = await signIn(world, person, {}, { party });
  const { tokens } = await redeem(journey);
  const end = openid.buildEndSessionUrl(party.configuration, {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: goodbye,
    state: 'the-state',
  });
  await journey.visitor.open(end);
  expect(journey.visitor.page.html).toContain('<html lang="en">');
  await journey.visitor.submit('/session/end/confirm', { logout: 'yes' });
  expect(journey.visitor.page.url.href).toBe(`${goodbye}?state=the-state`);
  const keys = createRemoteJWKSet(new URL('/jwks', world.issuer));
  const { payload } = await jwtVerify(told[0] ?? '', keys, {
    issuer: world.issuer,
    audience: party.configuration.clientMetadata().client_id,
  });
  expect(payload.sub).toBe(person.account.id);
  expect(payload['events']).toHaveProperty(['http://schemas.openid.net/event/backchannel-logout']);
  const after = await begin(world, { prompt: 'none' }, { visitor: journey.visitor, party });
  expect(after.visitor.page.url.searchParams.get('error')).toBe('login_required');
  listener.close();
});

test('an unregistered address after signing out is told in words', async () => {
  const end = new URL('/session/end', world.issuer);
  end.search = new URLSearchParams({
    client_id: world.app.configuration.clientMetadata().client_id,
    post_logout_redirect_uri: 'https://evil.example/',
  }).toString();
  const page = await world.visitor().open(end);
  expect(page.status).toBe(400);
  expect(page.heading).not.toBe('');
});
