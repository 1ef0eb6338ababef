/** The relying apps on the store: secrets sealed, changes seen within seconds. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ZodError } from 'zod';
import { ClientIdTaken } from '../../models/client.ts';
import { openModels, type TestModels } from './open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

const secret = 'a-secret-of-a-relying-app-0123456789';
const shop = {
  client_id: 'https://shop.example/app',
  client_secret: secret,
  redirect_uris: ['https://shop.example/callback'],
  first_party: true,
  token_endpoint_auth_method: 'client_secret_basic',
};

test('gives back what was added, with its secret, and the defaults of what was left out', async () => {
  await models.clients.add(shop);
  expect(await models.anotherNode().clients.find(shop.client_id)).toEqual({
    ...shop,
    post_logout_redirect_uris: [],
    security_info_exempt: false,
    security_info_silent: 'grace',
  });
});

test('no secret lies in the store in clear, and none is listed', async () => {
  await models.clients.add(shop);
  await models.clients.add({ client_id: 'a-public-app' });
  expect(await models.dump()).not.toContain(secret);
  const list = await models.clients.list();
  expect(list.map(({ client_id }) => client_id)).toEqual(['a-public-app', shop.client_id]);
  expect(JSON.stringify(list)).not.toContain(secret);
});

test('a second client with the same id is refused and changes nothing', async () => {
  await models.clients.add(shop);
  await expect(models.clients.add({ ...shop, client_secret: `${secret}-other` })).rejects.toThrow(
    ClientIdTaken,
  );
  expect((await models.clients.find(shop.client_id))?.client_secret).toBe(secret);
});

test('a client that was not there is found once it is added; a removed one is gone', async () => {
  expect(await models.clients.find(shop.client_id)).toBeUndefined();
  await models.clients.add(shop);
  expect(await models.clients.find(shop.client_id)).toBeDefined();
  expect(await models.clients.remove(shop.client_id)).toBe(true);
  expect(await models.clients.remove(shop.client_id)).toBe(false);
  expect(await models.clients.find(shop.client_id)).toBeUndefined();
});

test('another node knows a removed client for less than five seconds', async () => {
  const other = models.anotherNode().clients;
  await models.clients.add(shop);
  await other.find(shop.client_id);
  await models.clients.remove(shop.client_id);
  models.clock.advance(4.999);
  expect(await other.find(shop.client_id)).toBeUndefined();
});

test('what a reader does to a client does not reach the next reader', async () => {
  await models.clients.add(shop);
  (await models.clients.find(shop.client_id))?.redirect_uris.push('https://evil.example');
  (await models.clients.find(shop.client_id))?.redirect_uris.push('https://evil.example');
  expect((await models.clients.find(shop.client_id))?.redirect_uris).toEqual(shop.redirect_uris);
});

test('malformed metadata is refused', async () => {
  const wrong = [
    { client_id: '' },
    { client_id: 'with space' },
    { client_id: '$where' },
    { client_id: 'a', client_secret: 'short' },
  ];
  for (const metadata of wrong) await expect(models.clients.add(metadata)).rejects.toThrow(ZodError);
});
