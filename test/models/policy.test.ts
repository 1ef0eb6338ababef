/** The PolicyStore port on the store: one winner per version, and nobody works with an old policy for long. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InvalidPolicy, PolicyChangedMeanwhile } from '../../security-info/errors.ts';
import { defaultPolicy } from '../../security-info/policy.ts';
import { openModels, type TestModels, testEvent } from './open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

const changed = { ...defaultPolicy(), reconfirmAfterDays: 90, exemptClients: ['a.client$'] };
const policyEvent = (id: string) => testEvent({ id, type: 'policy_changed', accountId: null });

test('before an admin has set one, the default policy holds', async () => {
  expect(await models.policies.current()).toEqual({ defaultPolicy: defaultPolicy() });
});

test('a saved policy is the next version and in force at once on the same node', async () => {
  await models.policies.current();
  await models.policies.save(changed, 0, []);
  expect(await models.policies.current()).toEqual({ defaultPolicy: { ...changed, version: 1 } });
  await models.policies.save({ ...changed, reconfirmAfterDays: 0 }, 1, []);
  expect((await models.policies.current()).defaultPolicy).toMatchObject({
    version: 2,
    reconfirmAfterDays: 0,
  });
});

test('another node keeps the old policy for less than five seconds', async () => {
  const other = models.anotherNode().policies;
  await other.current();
  await models.policies.save(changed, 0, []);
  expect((await other.current()).defaultPolicy.version).toBe(0);
  expect((await other.latest()).defaultPolicy.version).toBe(1);
  models.clock.advance(4.999);
  expect((await other.current()).defaultPolicy.version).toBe(1);
});

test('a clock that was set back does not keep the old policy alive', async () => {
  const other = models.anotherNode().policies;
  await other.current();
  await models.policies.save(changed, 0, []);
  models.clock.advance(-3600);
  expect((await other.current()).defaultPolicy.version).toBe(1);
});

test('callers at the same moment share one read', () => {
  expect(models.policies.current()).toBe(models.policies.current());
});

test('of two admins who save the same version one is told', async () => {
  for (const version of [0, 1]) {
    const saves = await Promise.allSettled([
      models.policies.save(changed, version, [policyEvent(`a${version}`)]),
      models.anotherNode().policies.save(changed, version, [policyEvent(`b${version}`)]),
    ]);
    const lost = saves.filter((save) => save.status === 'rejected');
    expect(lost).toHaveLength(1);
    expect(lost[0]?.reason).toBeInstanceOf(PolicyChangedMeanwhile);
  }
  expect((await models.policies.latest()).defaultPolicy.version).toBe(2);
  expect(await models.connection.collection('audit_events').countDocuments()).toBe(2);
});

test('the audit entry of a save that broke off is written by the next read', async () => {
  await models.policies.save(changed, 0, []);
  await models.connection
    .collection('policies')
    .updateOne({}, { $set: { pendingEvents: [policyEvent('left-over')] } });
  await models.anotherNode().policies.latest();
  await models.anotherNode().policies.latest();
  expect(await models.connection.collection('audit_events').distinct('_id')).toEqual(['left-over']);
});

test('a setting of a newer release does not stop this one from reading', async () => {
  await models.policies.save(changed, 0, []);
  await models.connection.collection('policies').updateOne({}, { $set: { 'settings.newSetting': true } });
  expect((await models.policies.latest()).defaultPolicy.reconfirmAfterDays).toBe(90);
});

test('there is one policy so far: another id is refused', async () => {
  await expect(models.policies.save({ ...changed, id: 'staff' }, 0, [])).rejects.toThrow(InvalidPolicy);
});
