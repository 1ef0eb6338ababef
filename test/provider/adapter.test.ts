/** node-oidc-provider's storage contract on the store. */
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { errors } from 'oidc-provider';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { oidcCollection } from '../../models/oidc-document.ts';
import { clockToleranceSeconds, createAdapterFactory } from '../../provider/adapter.ts';
import { openModels, type TestModels } from '../models/open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

const adapterOf = (model: string): Adapter => createAdapterFactory(models.connection, models.clients)(model);
const expired = -clockToleranceSeconds - 1;

test('gives back what was stored, whatever the names of its fields', async () => {
  const codes = adapterOf('AuthorizationCode');
  const payload: AdapterPayload = {
    jti: 'a-code',
    accountId: 'ada',
    // What a relying party asks for comes in here as it is.
    claims: JSON.parse('{"id_token":{"$where":null,"a.b":{"essential":true},"__proto__":{"x":1}}}'),
    authorizations: { 'https://shop.example/app': { sid: 's', grantId: 'g' } },
    scope: undefined,
  };
  await codes.upsert('a-code', payload, 60);
  const { scope: _, ...stored } = payload;
  expect(await codes.find('a-code')).toEqual(stored);
  expect(await codes.find('another')).toBeUndefined();
});

test('a second upsert replaces the whole payload', async () => {
  const interactions = adapterOf('Interaction');
  await interactions.upsert('i', { uid: 'one', params: { scope: 'openid' } }, 60);
  await interactions.upsert('i', { uid: 'two' }, 60);
  expect(await interactions.find('i')).toEqual({ uid: 'two' });
});

test('what has expired is not found before the store has deleted it; what has no expiry stays', async () => {
  const sessions = adapterOf('Session');
  await sessions.upsert('s', { uid: 'u' }, expired);
  expect(await sessions.find('s')).toBeUndefined();
  expect(await sessions.findByUid('u')).toBeUndefined();
  const devices = adapterOf('DeviceCode');
  await devices.upsert('d', { userCode: 'ABCD' }, expired);
  expect(await devices.findByUserCode('ABCD')).toBeUndefined();
  const tokens = adapterOf('InitialAccessToken');
  await tokens.upsert('t', { jti: 't' }, expired);
  await tokens.upsert('t', { jti: 't' });
  expect(await tokens.find('t')).toEqual({ jti: 't' });
});

test('of two sessions with one uid the one written last is found', async () => {
  const sessions = adapterOf('Session');
  await sessions.upsert('new', { jti: 'new', uid: 'u' }, 120);
  await sessions.upsert('old', { jti: 'old', uid: 'u' }, 60);
  expect(await sessions.findByUid('u')).toEqual({ jti: 'new', uid: 'u' });
});

test('a device is found by its user code, and two cannot have one', async () => {
  const devices = adapterOf('DeviceCode');
  await devices.upsert('d', { jti: 'd', userCode: 'ABCD' }, 60);
  expect(await devices.findByUserCode('ABCD')).toEqual({ jti: 'd', userCode: 'ABCD' });
  await expect(devices.upsert('e', { jti: 'e', userCode: 'ABCD' }, 60)).rejects.toThrow();
});

test('of twenty redemptions of one code at the same time one succeeds', async () => {
  const codes = adapterOf('AuthorizationCode');
  await codes.upsert('a-code', { jti: 'a-code' }, 60);
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => codes.consume('a-code')));
  const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(lost).toHaveLength(19);
  for (const { reason } of lost) expect(reason).toBeInstanceOf(errors.InvalidGrant);
  expect(await codes.find('a-code')).toMatchObject({ consumed: expect.any(Number) });
});

test('what is not there cannot be consumed, and destroying it does nothing', async () => {
  const codes = adapterOf('AuthorizationCode');
  await expect(codes.consume('nothing')).rejects.toThrow(errors.InvalidGrant);
  await codes.destroy('nothing');
  await codes.upsert('a-code', { jti: 'a-code' }, 60);
  await codes.destroy('a-code');
  expect(await codes.find('a-code')).toBeUndefined();
});

test('revoking a grant removes its tokens and no others', async () => {
  const tokens = adapterOf('RefreshToken');
  await tokens.upsert('a', { grantId: 'g' }, 60);
  await tokens.upsert('b', { grantId: 'g' }, 60);
  await tokens.upsert('c', { grantId: 'other' }, 60);
  await tokens.revokeByGrantId('g');
  expect(await tokens.find('a')).toBeUndefined();
  expect(await tokens.find('c')).toMatchObject({ grantId: 'other' });
});

test('no code and no token that a bearer could show lies in the store', async () => {
  for (const model of ['AuthorizationCode', 'AccessToken', 'RefreshToken', 'ClientCredentials']) {
    await adapterOf(model).upsert(`value-of-${model}`, { jti: `value-of-${model}`, kind: model }, 60);
    expect(await adapterOf(model).find(`value-of-${model}`)).toMatchObject({ jti: `value-of-${model}` });
  }
  expect(await models.dump()).not.toContain('value-of-');
});

test('clients come from the client store and are not written by the library', async () => {
  await models.clients.add({ client_id: 'shop', client_secret: 'a-secret-of-thirty-two-characters' });
  const clients = adapterOf('Client');
  expect(await clients.find('shop')).toMatchObject({
    client_id: 'shop',
    client_secret: 'a-secret-of-thirty-two-characters',
    security_info_exempt: false,
  });
  expect(await clients.find('nobody')).toBeUndefined();
  await expect(clients.upsert('evil', { client_id: 'evil' })).rejects.toThrow(TypeError);
});

test('a model that this release does not know is refused at once', () => {
  expect(() => adapterOf('Invention')).toThrow(TypeError);
  expect(oidcCollection('PushedAuthorizationRequest').name).toBe('oidc_pushed_authorization_request');
});
