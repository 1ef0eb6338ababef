/** What a request reads in one operation, and that nothing of it outlives the request. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accounts } from '../../models/account.ts';
import { createAccountDirectory } from '../../provider/account-directory.ts';
import { createAdapterFactory } from '../../provider/adapter.ts';
import { createJointReads, type JointReads } from '../../provider/joint-reads.ts';
import type { Account } from '../../security-info/ports.ts';
import { emptyMethod } from '../../security-info/record.ts';
import { openModels, type TestModels } from '../models/open-models.ts';

let models: TestModels;
let joint: JointReads;
let ada: Account;
beforeEach(async () => {
  models = await openModels();
  const { connection, keys, clock } = models;
  joint = createJointReads(connection, keys);
  const argon2 = { memoryKib: 7_168, passes: 5 };
  const directory = createAccountDirectory(connection, { clock, keys, argon2 });
  ada = await directory.create({
    ...{ loginName: 'ada', displayName: 'Ada', mailbox: 'ada@work.example', isAdmin: false, password: null },
  });
});
afterEach(() => models.close());

test('the account and its record are what their own stores read, with nothing sealed', async () => {
  const credentialsChangedAt = models.clock.now();
  const methods = [
    { ...emptyMethod('m', 'email'), addressCiphertext: 'sealed', verifiedAt: credentialsChangedAt },
  ];
  await models.records.change(ada.id, (record) => ({
    next: { ...record, methods, credentialsChangedAt },
    events: [],
    result: undefined,
  }));
  const { account, record } = await joint.of({}, ada.id);
  expect(account).toEqual(ada);
  expect(record).toEqual(await models.records.readForSignIn(ada.id));
  expect(JSON.stringify(record)).not.toContain('sealed');
});

test('somebody who is not there has no account and an empty record', async () => {
  const { account, record } = await joint.of({}, 'nobody', { grantId: 'none', sessionUid: 'none' });
  expect(account).toBeUndefined();
  expect(record).toEqual(await models.records.readForSignIn('nobody'));
});

test('a grant and a session are read ahead for one use, alive and the newest', async () => {
  const adapterOf = createAdapterFactory(models.connection, models.clients);
  await adapterOf('Grant').upsert('g', { jti: 'g', accountId: ada.id }, 60);
  await adapterOf('Grant').upsert('old', { jti: 'old' }, -60);
  await adapterOf('Session').upsert('s1', { jti: 's1', uid: 'u' }, 60);
  await adapterOf('Session').upsert('s2', { jti: 's2', uid: 'u' }, 120);
  const request = {};
  await joint.of(request, ada.id, { grantId: 'g', sessionUid: 'u' });
  expect(joint.take(request, 'Grant', 'g')).toEqual({ jti: 'g', accountId: ada.id });
  expect(joint.take(request, 'Grant', 'g')).toBeUndefined();
  expect(joint.take(request, 'Session', 'other')).toBeUndefined();
  expect(joint.take({}, 'Session', 'u')).toBeUndefined();
  expect(joint.take(request, 'Session', 'u')).toEqual({ jti: 's2', uid: 'u' });
  const another = {};
  await joint.of(another, ada.id, { grantId: 'old' });
  expect(joint.take(another, 'Grant', 'old')).toBeUndefined();
});

test('the next request sees what was written meanwhile', async () => {
  const request = {};
  expect((await joint.of(request, ada.id)).account?.isDisabled).toBe(false);
  const stored = models.connection.collection<{ _id: string }>(accounts.name);
  await stored.updateOne({ _id: ada.id }, { $set: { isDisabled: true } });
  expect((await joint.of({}, ada.id)).account?.isDisabled).toBe(true);
  expect((await joint.of(request, 'nobody')).account).toBeUndefined();
});
