/** What the adapter spares within one request of node-oidc-provider, and what it still does. */
import { createHash } from 'node:crypto';
import { type Adapter, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAdapterFactory } from '../../provider/adapter.ts';
import { openModels, type TestModels } from '../models/open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await models.close();
});

const adapterOf = (model: string): Adapter => createAdapterFactory(models.connection, models.clients)(model);

/** From now on everything happens within a request of this kind. */
function inRequest(oidc: Readonly<Record<string, unknown>>): void {
  vi.spyOn(Provider, 'ctx', 'get').mockReturnValue(Object.assign(Object.create(null), { oidc }));
}

const now = Math.floor(Date.now() / 1000);
const day = 86_400;
const session = { jti: 's', uid: 'u', kind: 'Session', iat: now, exp: now + day, authorizations: {} };

async function storedSession(): Promise<unknown> {
  return models.connection.collection<{ _id: string }>('oidc_session').findOne({ _id: 's' });
}

test('a session that is as it was is not written; it is once it has changed, or would live on for less', async () => {
  const sessions = adapterOf('Session');
  await sessions.upsert('s', session, day);
  const before = await storedSession();
  inRequest({ route: 'authorization' });
  await sessions.find('s');
  await sessions.upsert('s', { ...session, exp: session.exp + 60 }, day);
  expect(await storedSession()).toEqual(before);
  await sessions.upsert('s', { ...session, exp: session.exp + day / 50 }, day);
  expect(await storedSession()).not.toEqual(before);
  await sessions.find('s');
  await sessions.upsert('s', { ...session, accountId: 'ada' }, day);
  expect(await sessions.find('s')).toMatchObject({ accountId: 'ada' });
});

test('a change within what a session holds is seen, though the library changes what it was given', async () => {
  const sessions = adapterOf('Session');
  await sessions.upsert('s', session, day);
  inRequest({ route: 'authorization' });
  const found = await sessions.find('s');
  Object.assign(Object(found).authorizations, { app: { sid: 'x' } });
  await sessions.upsert('s', { ...session, ...found }, day);
  expect(await sessions.find('s')).toMatchObject({ authorizations: { app: { sid: 'x' } } });
});

test('a session that was ended while a request used it stays ended', async () => {
  const sessions = adapterOf('Session');
  await sessions.upsert('s', session, day);
  inRequest({ route: 'authorization' });
  await sessions.find('s');
  await models.connection.collection('oidc_session').deleteMany({});
  await sessions.upsert('s', { ...session, exp: session.exp + 1 }, day);
  expect(await storedSession()).toBeNull();
});

test('of two resumes of one sign-in one finds it', async () => {
  const interactions = adapterOf('Interaction');
  await interactions.upsert('i', { uid: 'i' }, 60);
  inRequest({ route: 'resume' });
  const found = await Promise.all([interactions.find('i'), interactions.find('i')]);
  expect(found.filter((one) => one !== undefined)).toEqual([{ uid: 'i' }]);
});

test('a resume that asks for a sign-out first keeps its sign-in', async () => {
  const interactions = adapterOf('Interaction');
  await interactions.upsert('i', { uid: 'i' }, 60);
  inRequest({ route: 'resume' });
  await interactions.find('i');
  await interactions.upsert('i', { uid: 'i', result: { login: { accountId: 'ada' } } }, 60);
  expect(await interactions.find('i')).toMatchObject({ result: { login: { accountId: 'ada' } } });
});

test('a result does not bring back a sign-in that is over', async () => {
  const interactions = adapterOf('Interaction');
  await interactions.upsert('i', { uid: 'i' }, 60);
  await interactions.upsert('i', { uid: 'i', result: { consent: {} } }, 60);
  expect(await interactions.find('i')).toMatchObject({ result: { consent: {} } });
  await interactions.destroy('i');
  const late = interactions.upsert('i', { uid: 'i', result: { consent: {} } }, 60);
  await expect(late).rejects.toThrow(errors.SessionNotFound);
  expect(await interactions.find('i')).toBeUndefined();
});

const verifier = 'v'.repeat(43);
const code = {
  clientId: 'app',
  redirectUri: 'https://app.example/back',
  codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
  codeChallengeMethod: 'S256',
  exp: now + 60,
};
const right = {
  grant_type: 'authorization_code',
  redirect_uri: code.redirectUri,
  code_verifier: verifier,
};

function redeeming(clientId: string, params: Readonly<Record<string, unknown>>): void {
  inRequest({ route: 'token', client: { clientId }, params });
}

test.each([
  ['another client', 'other', right],
  ['another redirect URI', 'app', { ...right, redirect_uri: 'https://evil.example/' }],
  ['a wrong verifier', 'app', { ...right, code_verifier: 'w'.repeat(43) }],
  ['no verifier', 'app', { ...right, code_verifier: undefined }],
])('a redemption with %s does not use the code up', async (_name, clientId, params) => {
  const codes = adapterOf('AuthorizationCode');
  await codes.upsert('c', { jti: 'c', ...code }, 60);
  redeeming(clientId, params);
  expect(await codes.find('c')).toMatchObject({ jti: 'c', clientId: 'app' });
  redeeming('app', right);
  expect(await codes.find('c')).not.toHaveProperty('consumed');
  await codes.consume('c');
});

test('of twenty redemptions at once one finds a code that was not used', async () => {
  const codes = adapterOf('AuthorizationCode');
  await codes.upsert('c', { jti: 'c', ...code }, 60);
  const redeem = async () => {
    // Each is a request of its own.
    const oidc = { route: 'token', client: { clientId: 'app' }, params: right };
    const ctx: KoaContextWithOIDC = Object.assign(Object.create(null), { oidc });
    vi.spyOn(Provider, 'ctx', 'get').mockReturnValue(ctx);
    return codes.find('c');
  };
  const found = await Promise.all(Array.from({ length: 20 }, redeem));
  expect(found.filter((payload) => Object(payload).consumed === undefined)).toHaveLength(1);
});

test('a code without a challenge is redeemed without a verifier, and an expired one is only read', async () => {
  const codes = adapterOf('AuthorizationCode');
  const { codeChallenge: _, codeChallengeMethod: __, ...plain } = code;
  await codes.upsert('c', { jti: 'c', ...plain }, 60);
  await codes.upsert('old', { jti: 'old', ...plain, exp: now - 1 }, 60);
  redeeming('app', { ...right, code_verifier: undefined });
  await codes.find('c');
  await codes.find('old');
  vi.restoreAllMocks();
  expect(await codes.find('c')).toHaveProperty('consumed');
  expect(await codes.find('old')).not.toHaveProperty('consumed');
});
