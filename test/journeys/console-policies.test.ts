/** Policies in the console: every setting, mistakes at their field, what a change would do, and two admins at one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settingGroups } from '../../admin/console/policies/policy-fields.ts';
import { formOf, proposalOf } from '../../admin/console/policies/policy-form.ts';
import { policySchema } from '../../security-info/policy.ts';
import { createAdmin, enterConsole } from './console.ts';
import type { Visitor } from './visitor.ts';
import { openWorld, type Person, type World } from './world.ts';

let world: World;
let admin: Person;
let visitor: Visitor;
beforeAll(async () => {
  world = await openWorld();
  admin = await createAdmin(world);
  visitor = await enterConsole(world, admin, '/admin/policies');
  for (let count = 0; count < 2; count += 1) {
    await world.person({ groups: ['pilots'], methods: [{ type: 'email', verifiedDaysAgo: 120 }] });
  }
});
afterAll(() => world.close());

/** A window at the form of a policy. */
async function at(policyId: string): Promise<Visitor> {
  const tab = visitor.secondTab();
  await tab.open(`/admin/policies/policy/${policyId}`);
  expect(tab.page.status).toBe(200);
  return tab;
}

const saved = async (policyId = 'default') => {
  const { defaultPolicy, groupPolicies } = await world.deployment.composition.ports.policies.latest();
  return [defaultPolicy, ...groupPolicies].find(({ id }) => id === policyId);
};

test('every setting has its field, once, and the form of a policy says that policy', () => {
  const names = Object.values(settingGroups).flat();
  const settings = Object.keys(policySchema.shape).filter((name) => name !== 'id' && name !== 'version');
  expect([...names].sort()).toEqual(settings.sort());
  const policy = policySchema.parse({
    ...{ id: 'some', version: 3, appliesToGroups: ['a', 'b'], scope: { kind: 'groups', groups: ['c'] } },
    ...{ customQuestions: [{ id: 'pet', text: 'Which: cat or dog?' }], spreadFrom: '2027-01-01' },
    ...{ spreadDays: 3, spreadFormerDays: 0, predefinedQuestions: ['first_pet'], remindByMail: false },
  });
  expect(proposalOf(formOf(policy))).toEqual(policy);
});

test('the form holds each setting with its bounds; saving what is there changes nothing', async () => {
  const tab = await at('default');
  const before = await saved();
  expect(tab.page.text).toContain('From 0 to 730.');
  await tab.press('What would this do?');
  expect(tab.page.heading).toBe('What saving “default” would do');
  await tab.press('Save');
  expect(tab.page.text).toContain('The policy is saved.');
  expect(await saved()).toEqual(before);
});

test('a mistake is told at its field, in French, and what was typed stays', async () => {
  const french = world.visitor('fr');
  await enterConsole(world, await createAdmin(world), '/admin/policies/policy/default', french);
  await french.submit('/preview', {
    ...{ reconfirmAfterDays: '731', snoozes: 'many', phoneCountries: 'FR\nXX', customQuestions: 'no colon' },
    scope: 'groups',
  });
  expect(french.page.status).toBe(422);
  expect(french.page.html).toMatch(/id="field-reconfirmAfterDays-problem">[^<]*730/);
  for (const name of ['snoozes', 'customQuestions', 'scope'])
    expect(french.page.html).toContain(`id="field-${name}-problem"`);
  expect(french.page.html).toContain('href="#field-reconfirmAfterDays"');
  const { fields } = french.form('/preview');
  expect(fields).toMatchObject({ reconfirmAfterDays: '731', snoozes: 'many', customQuestions: 'no colon' });
  expect(fields['phoneCountries']?.split(/\r?\n/)).toEqual(['FR', 'XX']);
});

test('makes a policy for a group, says whom it makes due and who that is, spreads it, and removes it', async () => {
  const tab = visitor.secondTab();
  await tab.open('/admin/policies');
  await tab.follow('New policy for groups');
  await tab.submit('/preview', { policyId: '', appliesToGroups: '' });
  expect(tab.page.html).toContain('id="field-policyId-problem"');
  const typed = {
    policyId: 'pilots',
    appliesToGroups: 'pilots',
    methodsToRegister: '1',
    reconfirmAfterDays: '90',
  };
  await tab.submit('/preview', typed);
  expect(tab.page.text).toContain('No longer interrupted 0');
  expect(tab.page.text).toContain('The interval has passed 2');
  await tab.press('Who is affected?', { change: 'unchanged' });
  expect(tab.page.text).toContain('at the next sign-in – Methods are missing');
  await tab.press('Back to what it would do');
  await tab.press('Back to the form');
  expect(tab.form('/preview').fields).toMatchObject(typed);
  await tab.submit('/preview', { reconfirmAfterDays: '180', methodsToRegister: '1' });
  await tab.press('Save');
  expect(await saved('pilots')).toMatchObject({ version: 1, reconfirmAfterDays: 180 });

  await tab.open('/admin/policies/policy/pilots');
  await tab.submit('/preview', { reconfirmAfterDays: '90' });
  expect(tab.page.text).toContain('2 people would be due at once');
  await tab.press('Save');
  expect(tab.page.status).toBe(409);
  expect(tab.page.text).toContain('Nothing is saved. Choose what is to become');
  await tab.press('Save', { dueAtOnce: 'spread', dueSpreadDays: '0' });
  expect(tab.page.html).toContain('id="field-dueSpreadDays-problem"');
  await tab.press('Save', { dueAtOnce: 'spread', dueSpreadDays: '10' });
  expect(tab.page.text).toContain('The policy is saved.');
  expect(await saved('pilots')).toMatchObject({ spreadDays: 10, spreadFormerDays: 180 });

  await tab.follow('/policies/remove/pilots');
  await tab.press('Remove');
  expect(tab.page.status).toBe(409);
  await tab.press('Remove', { dueAtOnce: 'at_once' });
  expect(tab.page.text).toContain('The policy is removed.');
  expect(await saved('pilots')).toBeUndefined();
  const { connection } = world.deployment.composition;
  const events = { type: 'policy_changed', actor: `admin:${admin.account.id}` };
  expect(await connection.collection('audit_events').countDocuments(events)).toBe(3);
});

test('whom a change would lock out is told, and must be accepted in so many words', async () => {
  const silent = await openWorld();
  // As in a deployment whose gateway is gone.
  const { sms, voice } = silent.deployment.composition.ports;
  for (const sender of [sms, voice]) Object.defineProperty(sender, 'isAvailable', { value: false });
  try {
    // Nothing reaches their only method, so they can prove nothing in order to add another.
    await silent.person({ methods: [{ type: 'mobile_phone', verifiedDaysAgo: 10 }] });
    const tab = await enterConsole(silent, await createAdmin(silent), '/admin/policies/policy/default');
    await tab.submit('/preview', { snoozes: '2' });
    expect(tab.page.text).toContain('1 person would be asked for methods that they cannot set up');
    await tab.press('Save');
    expect(tab.page.status).toBe(409);
    expect(tab.page.text).toContain('Nothing is saved. Confirm each warning');
    await tab.press('Save', { accept_users_locked_out: 'yes' });
    expect(tab.page.text).toContain('The policy is saved.');
  } finally {
    await silent.close();
  }
});

test('of two admins the later one is shown what is there now, keeps what was typed, and may save it then', async () => {
  const [first, second] = [await at('default'), await at('default')];
  await first.submit('/preview', { silentGraceDays: '7' });
  await first.press('Save');
  await second.submit('/preview', { coolingOffHours: '12' });
  expect(second.page.status).toBe(412);
  expect(second.page.text).toContain('Somebody else has saved the policy meanwhile.');
  expect(second.page.text).toMatch(/Days of silent grace 7 14/);
  expect(second.form('/preview').fields).toMatchObject({ coolingOffHours: '12', silentGraceDays: '14' });
  await second.submit('/preview', { silentGraceDays: '7' });
  await second.press('Save');
  expect(await saved()).toMatchObject({ coolingOffHours: 12, silentGraceDays: 7 });
});
