/** The connection's own promises: indexes, and errors that give no password away. */
import { expect, test } from 'vitest';
import { connectStore, ensureIndexes, StoreUnreachable } from '../../models/connection.ts';
import { oidcCollection, oidcCollections } from '../../models/oidc-document.ts';
import { openModels } from './open-models.ts';

test('builds every index, and a second time changes nothing', async () => {
  const models = await openModels();
  try {
    await ensureIndexes(models.connection);
    const indexesOf = (name: string) => models.connection.collection(name).indexes();
    const expiring = ['flows', 'throttles', 'outbox', ...oidcCollections.map(({ name }) => name)];
    for (const name of expiring) {
      expect(await indexesOf(name), name).toContainEqual(
        expect.objectContaining({ key: { expiresAt: 1 }, expireAfterSeconds: 0 }),
      );
    }
    const byGrant = expect.objectContaining({ key: { 'payload.grantId': 1 } });
    for (const model of ['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode']) {
      expect(await indexesOf(oidcCollection(model).name), model).toContainEqual(byGrant);
    }
    const unique: readonly [string, string][] = [
      ['accounts', 'loginKey'],
      ['oidc_device_code', 'payload.userCode'],
    ];
    for (const [name, field] of unique) {
      expect(await indexesOf(name)).toContainEqual(
        expect.objectContaining({ key: { [field]: 1 }, unique: true }),
      );
    }
    const sessions = await indexesOf('oidc_session');
    expect(sessions.some(({ unique }) => unique === true)).toBe(false);
    expect(await indexesOf('security_infos')).toContainEqual(
      expect.objectContaining({ key: { policyId: 1, markableAt: 1 } }),
    );
  } finally {
    await models.close();
  }
});

test('says that no server answers, without the password of the URI', async () => {
  // Port 1 of this machine: nothing listens there.
  const options = { serverSelectionTimeoutMilliseconds: 200 };
  for (const uri of ['mongodb://ada:hunter2@127.0.0.1:1/x', 'mongodb://ada:hunter2@']) {
    const error = await connectStore(uri, options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreUnreachable);
    expect(String(error)).not.toContain('hunter2');
  }
});
