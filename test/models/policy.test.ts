/** The PolicyStore port on the store: one winner per version of each policy, and nobody works with an old one for long. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PolicyChangedMeanwhile } from '../../security-info/errors.ts';
import { defaultPolicy, type Policy } from '../../security-info/policy.ts';
import { openModels, type TestModels, testEvent } from './open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

const changed = { ...defaultPolicy(), reconfirmAfterDays: 90, exemptClients: ['a.client$'] };
const policyEvent = (id: string) => testEvent({ id, type: 'policy_changed', accountId: null });

function forGroup(id: string, fields: Partial<Policy> = {}): Policy {
  return { ...defaultPolicy(), id, appliesToGroups: [id], ...fields };
}

async function versionOf(id: string): Promise<number | undefined> {
  const { defaultPolicy: ofAll, groupPolicies } = await models.policies.latest();
  return [ofAll, ...groupPolicies].find((policy) => policy.id === id)?.version;
}

function auditedIds(): Promise<unknown[]> {
  return models.connection.collection('audit_events').distinct('_id');
}

test('before an admin has set one, the default policy holds', async () => {
  expect(await models.policies.current()).toEqual({ defaultPolicy: defaultPolicy(), groupPolicies: [] });
});

test('a saved policy is the next version and in force at once on the same node', async () => {
  await models.policies.current();
  await models.policies.save(changed, 0, []);
  expect(await models.policies.current()).toEqual({
    defaultPolicy: { ...changed, version: 1 },
    groupPolicies: [],
  });
  await models.policies.save({ ...changed, reconfirmAfterDays: 0 }, 1, []);
  expect((await models.policies.current()).defaultPolicy).toMatchObject({
    version: 2,
    reconfirmAfterDays: 0,
  });
});

describe('policies for groups', () => {
  test('each has its own versions and settings, and the one that wins comes first', async () => {
    await models.policies.save(
      forGroup('staff', { priority: 20, helpdeskUrl: 'mailto:it@x.example' }),
      0,
      [],
    );
    await models.policies.save(forGroup('guests', { priority: 20, snoozes: 3 }), 0, []);
    await models.policies.save(forGroup('board', { priority: 10 }), 0, []);
    await models.policies.save(forGroup('staff', { priority: 20, review: 'prove' }), 1, []);
    const { defaultPolicy: ofAll, groupPolicies } = await models.policies.latest();
    expect(ofAll).toEqual(defaultPolicy());
    expect(groupPolicies).toEqual([
      forGroup('board', { version: 1, priority: 10 }),
      forGroup('guests', { version: 1, priority: 20, snoozes: 3 }),
      forGroup('staff', { version: 2, priority: 20, review: 'prove' }),
    ]);
    expect(await models.policies.current()).toEqual({ defaultPolicy: ofAll, groupPolicies });
  });

  test('one that is removed is gone at once on the same node, and the others stay', async () => {
    await models.policies.save(changed, 0, []);
    await models.policies.save(forGroup('staff'), 0, []);
    await models.policies.save(forGroup('guests'), 0, []);
    await models.policies.current();
    await models.policies.remove('staff', 1, [policyEvent('removed')]);
    const { defaultPolicy: ofAll, groupPolicies } = await models.policies.current();
    expect(ofAll.version).toBe(1);
    expect(groupPolicies.map(({ id }) => id)).toEqual(['guests']);
    expect(await auditedIds()).toEqual(['removed']);
  });

  test('one that is made again goes on counting: a save of before its removal comes too late', async () => {
    await models.policies.save(forGroup('staff'), 0, []);
    await models.policies.save(forGroup('staff'), 1, []);
    await models.policies.remove('staff', 2, []);
    await expect(models.policies.save(forGroup('staff'), 2, [])).rejects.toThrow(PolicyChangedMeanwhile);
    await expect(models.policies.save(forGroup('staff'), 3, [])).rejects.toThrow(PolicyChangedMeanwhile);
    await models.policies.save(forGroup('staff', { review: 'prove' }), 0, []);
    expect((await models.policies.latest()).groupPolicies).toMatchObject([{ version: 4, review: 'prove' }]);
    await expect(models.policies.save(forGroup('staff'), 1, [])).rejects.toThrow(PolicyChangedMeanwhile);
    await models.policies.remove('staff', 4, []);
    await models.policies.save(forGroup('staff'), 0, []);
    expect(await versionOf('staff')).toBe(6);
  });

  test('what is not there, or is another version, is not removed', async () => {
    await models.policies.save(forGroup('staff'), 0, []);
    for (const version of [0, 2]) {
      await expect(models.policies.remove('staff', version, [policyEvent('no')])).rejects.toThrow(
        PolicyChangedMeanwhile,
      );
    }
    await expect(models.policies.remove('guests', 1, [])).rejects.toThrow(PolicyChangedMeanwhile);
    await models.policies.remove('staff', 1, []);
    await expect(models.policies.remove('staff', 2, [])).rejects.toThrow(PolicyChangedMeanwhile);
    expect(await auditedIds()).toEqual([]);
  });

  test('the default is never removed', async () => {
    await models.policies.save(changed, 0, []);
    await expect(models.policies.remove('default', 1, [])).rejects.toThrow(PolicyChangedMeanwhile);
    expect((await models.policies.latest()).defaultPolicy).toEqual({ ...changed, version: 1 });
  });
});

test('another node keeps the old policies for less than five seconds', async () => {
  const other = models.anotherNode().policies;
  await other.current();
  await models.policies.save(changed, 0, []);
  await models.policies.save(forGroup('staff'), 0, []);
  expect(await other.current()).toMatchObject({ defaultPolicy: { version: 0 }, groupPolicies: [] });
  expect(await other.latest()).toMatchObject({ defaultPolicy: { version: 1 }, groupPolicies: [{}] });
  models.clock.advance(4.999);
  expect(await other.current()).toMatchObject({ defaultPolicy: { version: 1 }, groupPolicies: [{}] });
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

test('a save that came too late leaves no old policy in memory', async () => {
  await models.policies.current();
  await models.anotherNode().policies.save(changed, 0, []);
  await expect(models.policies.save(defaultPolicy(), 0, [])).rejects.toThrow(PolicyChangedMeanwhile);
  expect((await models.policies.current()).defaultPolicy.version).toBe(1);
});

test.each(['default', 'staff'])('of two admins who save the same version of %s one is told', async (id) => {
  const policy = { ...changed, id };
  for (const version of [0, 1]) {
    const saves = await Promise.allSettled([
      models.policies.save(policy, version, [policyEvent(`a${version}`)]),
      models.anotherNode().policies.save(policy, version, [policyEvent(`b${version}`)]),
    ]);
    const lost = saves.filter((save) => save.status === 'rejected');
    expect(lost).toHaveLength(1);
    expect(lost[0]?.reason).toBeInstanceOf(PolicyChangedMeanwhile);
  }
  expect(await versionOf(id)).toBe(2);
  expect(await auditedIds()).toHaveLength(2);
});

test('of two who make a removed policy again, and of one who removes and one who saves, one is told', async () => {
  await models.policies.save(forGroup('staff'), 0, []);
  await models.policies.remove('staff', 1, []);
  const other = models.anotherNode().policies;
  const made = await Promise.allSettled([
    models.policies.save(forGroup('staff'), 0, []),
    other.save(forGroup('staff'), 0, []),
  ]);
  expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const ended = await Promise.allSettled([
    models.policies.save(forGroup('staff'), 3, []),
    other.remove('staff', 3, []),
  ]);
  expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

describe('the audit entry', () => {
  test('of a save that broke off is written by the next read, once, whoever reads', async () => {
    await models.policies.save(changed, 0, []);
    await models.policies.save(forGroup('staff'), 0, []);
    await models.policies.remove('staff', 1, []);
    const stored = models.connection.collection<{ _id: string }>('policies');
    await stored.updateOne({ _id: 'default' }, { $set: { pendingEvents: [policyEvent('left-over')] } });
    await stored.updateOne({ _id: 'staff' }, { $set: { pendingEvents: [policyEvent('of-removal')] } });
    await Promise.all([models.anotherNode().policies.latest(), models.anotherNode().policies.latest()]);
    await models.anotherNode().policies.latest();
    expect(await auditedIds()).toEqual(['left-over', 'of-removal']);
    expect(await stored.distinct('pendingEvents')).toEqual([]);
  });

  test('waits with those of before when a save comes in between', async () => {
    await models.policies.save(changed, 0, []);
    const stored = models.connection.collection('policies');
    await stored.updateOne({}, { $set: { pendingEvents: [policyEvent('first')] } });
    await models.policies.save(changed, 1, [policyEvent('second')]);
    expect(await auditedIds()).toEqual(['first', 'second']);
    expect(await models.connection.collection('audit_events').countDocuments()).toBe(2);
  });
});

test('a setting of a newer release does not stop this one from reading', async () => {
  await models.policies.save(changed, 0, []);
  await models.connection.collection('policies').updateOne({}, { $set: { 'settings.newSetting': true } });
  expect((await models.policies.latest()).defaultPolicy.reconfirmAfterDays).toBe(90);
});

test('a policy of an older release has the defaults for what it does not know', async () => {
  await models.policies.save(changed, 0, []);
  await models.connection
    .collection('policies')
    .updateOne({}, { $unset: { 'settings.snoozes': 1, 'settings.helpdeskUrl': 1, isRemoved: 1 } });
  expect((await models.policies.latest()).defaultPolicy).toEqual({ ...changed, version: 1 });
});
