/** The demo's policies on a real store: saved once, with an audit event each, and never over what somebody has set. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seedDemoPolicies } from '../../demo/policies.ts';
import { defaultPolicy } from '../../security-info/policy.ts';
import { methodTypes } from '../../security-info/record.ts';
import { openModels, type TestModels, testEvent } from '../models/open-models.ts';

const sender = { isAvailable: true, send: async () => undefined };
let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

function seed(): Promise<void> {
  const { policies, clock } = models;
  return seedDemoPolicies({ policies, clock, mail: sender, sms: sender, voice: sender });
}

/** What the audit log says was done. */
async function reasons(): Promise<unknown[]> {
  return (await models.connection.collection('audit_events').distinct('reason')).sort();
}

test('offers every method to everybody, snoozes to the field staff, asks more of finance, and two to reset of payroll', async () => {
  await seed();
  const { defaultPolicy: ofAll, groupPolicies } = await models.policies.latest();
  expect(ofAll).toEqual({ ...defaultPolicy(), version: 1, methods: methodTypes });
  const [fieldStaff, finance, payroll, ...none] = groupPolicies;
  expect(none).toEqual([]);
  expect(fieldStaff).toMatchObject({
    id: 'field-staff',
    appliesToGroups: ['field-staff'],
    methods: methodTypes,
    methodsToRegister: 2,
    snoozes: 3,
    snoozeDays: 1,
    snoozeWithinDays: 14,
  });
  expect(finance).toMatchObject({
    id: 'finance',
    appliesToGroups: ['finance'],
    methods: methodTypes,
    methodsToRegister: 3,
    review: 'prove',
    reconfirmAfterDays: 30,
    snoozes: 0,
  });
  expect(finance?.customQuestions).toHaveLength(1);
  expect(payroll).toMatchObject({ id: 'payroll', appliesToGroups: ['payroll'], methodsToReset: 2 });
});

test('each one is in the audit log, as an admin’s would be', async () => {
  await seed();
  expect(await reasons()).toEqual(['saved:default', 'saved:field-staff', 'saved:finance', 'saved:payroll']);
  expect(await models.connection.collection('audit_events').distinct('actor')).toEqual(['cli']);
});

test('a second start saves nothing, not even a policy that somebody has removed', async () => {
  await seed();
  await models.policies.remove('finance', 1, []);
  const before = await models.policies.latest();
  await seed();
  expect(await models.policies.latest()).toEqual(before);
});

test('where somebody has set a policy already, it is theirs', async () => {
  await models.policies.save({ ...defaultPolicy(), methodsToRegister: 1 }, 0, []);
  const before = await models.policies.latest();
  await seed();
  expect(await models.policies.latest()).toEqual(before);
  expect(await reasons()).toEqual([]);
});

test('a start that was cut short is made up for', async () => {
  const own = { ...defaultPolicy(), id: 'field-staff', appliesToGroups: ['field-staff'], snoozes: 1 };
  await models.policies.save(own, 0, [testEvent({ type: 'policy_changed', accountId: null })]);
  await seed();
  const { defaultPolicy: ofAll, groupPolicies } = await models.policies.latest();
  expect(ofAll.version).toBe(1);
  expect(groupPolicies.map(({ id, version, snoozes }) => [id, version, snoozes])).toEqual([
    ['field-staff', 1, 1],
    ['finance', 1, 0],
    ['payroll', 1, 0],
  ]);
});
