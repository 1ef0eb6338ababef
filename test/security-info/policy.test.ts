/** What an admin may set: each mistake is named at its setting, all of them at once. */
import { describe, expect, test } from 'vitest';
import { InvalidPolicy } from '../../security-info/errors.ts';
import { defaultPolicy, parsePolicy, registrableTypes } from '../../security-info/policy.ts';

const senders = { mail: true };

function problemsOf(input: unknown, available = senders): string[] {
  try {
    parsePolicy(input, available);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidPolicy)) throw error;
    return error.fields.map(({ field, code }) => `${field}: ${code}`);
  }
}

test('the policy before an admin has set one is valid and has the advised values', () => {
  expect(problemsOf(defaultPolicy())).toEqual([]);
  expect(defaultPolicy()).toMatchObject({
    scope: { kind: 'everyone' },
    methodsToRegister: 2,
    methodsToReset: 1,
    reconfirmAfterDays: 180,
    silentGraceDays: 14,
    coolingOffHours: 24,
    coolingOffAtFirstRegistration: false,
  });
});

describe('a value out of its bounds is named at its setting', () => {
  test.each<[string, unknown]>([
    ['reconfirmAfterDays', -1],
    ['reconfirmAfterDays', 731],
    ['reconfirmAfterDays', 1.5],
    ['reconfirmAfterDays', '180'],
    ['methodsToRegister', 0],
    ['methodsToReset', 3],
    ['silentGraceDays', 91],
    ['coolingOffHours', 721],
    ['review', 'never'],
    ['methods', []],
    ['excludedAccounts', 'ada'],
    ['id', '$where'],
  ])('%s = %j', (field, value) => {
    expect(problemsOf({ [field]: value })).toEqual([`${field}: invalid_value`]);
  });

  test.each<[string, unknown]>([
    ['methods.0', { methods: ['carrier_pigeon', 'email'] }],
    ['scope.kind', { scope: { kind: 'some' } }],
    ['scope.groups', { scope: { kind: 'groups', groups: [] } }],
    ['ownEmailDomains.1', { ownEmailDomains: ['corp.example', 'no domain'] }],
    ['excludedAccounts.0', { excludedAccounts: [{ $ne: null }] }],
  ])('%s', (field, input) => {
    expect(problemsOf(input)).toEqual([`${field}: invalid_value`]);
  });

  test.each([null, 'policy', [], 3])('%j is no policy', (input) => {
    expect(problemsOf(input)).toHaveLength(1);
  });
});

test.each([0, 730])('an interval of %i days is allowed', (reconfirmAfterDays) => {
  expect(parsePolicy({ reconfirmAfterDays }, senders)).toMatchObject({ reconfirmAfterDays });
});

test('an unknown setting is named, not dropped', () => {
  expect(problemsOf({ methodsToRegistre: 1 })).toEqual(['methodsToRegistre: unknown_setting']);
});

test('all that is wrong is told at once', () => {
  const problems = problemsOf({ reconfirmAfterDays: -1, review: 'x', silentGraceDays: 'y' });
  expect(problems.sort()).toEqual([
    'reconfirmAfterDays: invalid_value',
    'review: invalid_value',
    'silentGraceDays: invalid_value',
  ]);
});

describe('as a whole', () => {
  test('may not ask for more independent types than a user can register alone', () => {
    expect(problemsOf({ methodsToRegister: 3 })).toEqual(['methodsToRegister: more_than_on_offer']);
    expect(problemsOf({}, { mail: false })).toContain('methodsToRegister: more_than_on_offer');
  });

  test('may not offer fewer than two that admins may use', () => {
    expect(problemsOf({ methods: ['email'], methodsToRegister: 1 })).toEqual(['methods: too_few_for_admins']);
    expect(problemsOf({ methodsToRegister: 1 }, { mail: false })).toEqual(['methods: too_few_for_admins']);
  });

  test('may not have the authenticator app as its only method', () => {
    const problems = problemsOf({ methods: ['authenticator_app'], methodsToRegister: 1 });
    expect(problems).toContain('methods: not_as_only_method');
  });

  test('may not list a method twice', () => {
    expect(problemsOf({ methods: ['email', 'email'] })).toContain('methods: listed_twice');
  });

  test('may not ask fewer at registration than a reset takes', () => {
    expect(problemsOf({ methodsToRegister: 1, methodsToReset: 2 })).toEqual([
      'methodsToRegister: fewer_than_to_reset',
    ]);
  });
});

test('a type whose sender is not set up cannot be registered', () => {
  expect(registrableTypes(defaultPolicy(), { mail: false })).toEqual(['authenticator_app']);
  expect(registrableTypes(defaultPolicy(), senders)).toEqual(['authenticator_app', 'email']);
});
