/** Registering the demo's clients, on a store in memory. */
import { expect, test } from 'vitest';
import { seedDemoClients } from '../../demo/clients.ts';
import type { ClientMetadata, ClientStore } from '../../models/client.ts';
import { clientMetadataSchema } from '../../models/client.ts';

function createStore() {
  const kept = new Map<string, ClientMetadata>();
  const added: string[] = [];
  const store: Pick<ClientStore, 'find' | 'add' | 'remove'> = {
    find: async (id) => kept.get(id),
    add: async (metadata) => {
      const client = clientMetadataSchema.parse(metadata);
      kept.set(client.client_id, client);
      added.push(client.client_id);
      return client;
    },
    remove: async (id) => kept.delete(id),
  };
  return { store, kept, added };
}

test('registers an app of one’s own, somebody else’s that asks for consent, and a TV without a secret', async () => {
  const { store, kept } = createStore();
  const clients = await seedDemoClients(store, 'http://localhost:3001');
  expect(kept.get(clients.own.clientId)).toMatchObject({
    first_party: true,
    redirect_uris: ['http://localhost:3001/callback'],
    client_secret: clients.own.clientSecret,
  });
  expect(kept.get(clients.third_party.clientId)?.first_party).toBe(false);
  expect(clients.tv.clientSecret).toBeNull();
  expect(kept.get(clients.tv.clientId)).not.toHaveProperty('client_secret');
  expect(clients.own.clientSecret).not.toBe(clients.third_party.clientSecret);
});

test('a second start registers nothing and knows the same secrets', async () => {
  const { store, added } = createStore();
  const first = await seedDemoClients(store, 'http://localhost:3001');
  expect(await seedDemoClients(store, 'http://localhost:3001')).toEqual(first);
  expect(added).toHaveLength(3);
});

test('another port of the demo app changes the addresses and keeps the secrets', async () => {
  const { store, kept } = createStore();
  const first = await seedDemoClients(store, 'http://localhost:3001');
  expect(await seedDemoClients(store, 'http://localhost:4001')).toEqual(first);
  expect(kept.get('demo-app')?.redirect_uris).toEqual(['http://localhost:4001/callback']);
  expect(kept.get('demo-app')?.post_logout_redirect_uris).toEqual(['http://localhost:4001/signed-out']);
});
