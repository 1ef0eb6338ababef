/** Which policy applies to whom, what it comes to for admins, whom it asks, and how a method can be reached under it. */
import { describe, expect, test } from 'vitest';
import {
  effectivePolicy,
  inOrder,
  isReachable,
  policiesInForce,
  registrableTypes,
  scopeOf,
  usableChannels,
} from '../../security-info/effective-policy.ts';
import { defaultPolicy, type Policy, type Subject } from '../../security-info/policy.ts';

const senders = { mail: true, sms: true, voice: true };

function policy(fields: Partial<Policy>): Policy {
  return { ...defaultPolicy(), ...fields };
}

function subject(fields: Partial<Subject> = {}): Subject {
  return { accountId: 'ada', groups: [], isAdmin: false, ...fields };
}

function forGroups(id: string, appliesToGroups: string[], fields: Partial<Policy> = {}): Policy {
  return policy({ id, appliesToGroups, ...fields });
}

describe('the policy of an account', () => {
  const staff = forGroups('staff', ['staff', 'board'], { priority: 20 });
  const board = forGroups('board', ['board'], { priority: 10 });
  const set = { defaultPolicy: defaultPolicy(), groupPolicies: inOrder([staff, board]) };
  const idFor = (...groups: string[]) => effectivePolicy(set, subject({ groups })).id;

  test('is the default for who is in none of the groups', () => {
    expect(idFor()).toBe('default');
    expect(idFor('guests', 'Staff', 'staff2')).toBe('default');
  });

  test('is that of the group, and of several the one with the smallest priority', () => {
    expect(idFor('guests', 'staff')).toBe('staff');
    expect(idFor('board')).toBe('board');
    expect(idFor('staff', 'board')).toBe('board');
  });

  test('does not depend on the order in which policies of one priority were made', () => {
    const same = [forGroups('b', ['x']), forGroups('a', ['x']), forGroups('c', ['x'], { priority: 1 })];
    expect(inOrder(same).map(({ id }) => id)).toEqual(['c', 'a', 'b']);
    expect(inOrder([...same].reverse())).toEqual(inOrder(same));
  });

  test('is taken whole: what it leaves at its default does not come from the default policy', () => {
    const strict = { ...set, defaultPolicy: policy({ review: 'prove', reconfirmAfterDays: 30, snoozes: 9 }) };
    expect(effectivePolicy(strict, subject({ groups: ['staff'] }))).toMatchObject({
      review: 'acknowledge',
      reconfirmAfterDays: 180,
      snoozes: 0,
    });
  });
});

describe('exclusions of the default policy', () => {
  const exclusions = { excludedAccounts: ['rescue'], excludedGroups: ['robots'], exemptClients: ['kiosk'] };
  const staff = forGroups('staff', ['staff'], {
    excludedAccounts: ['bob'],
    excludedGroups: ['night'],
    exemptClients: ['old'],
  });
  const set = { defaultPolicy: policy(exclusions), groupPolicies: [staff] };
  const scopeFor = (fields: Partial<Subject>, clientId = 'app') => {
    const one = subject(fields);
    return scopeOf(effectivePolicy(set, one), one, { clientId, isExempt: false });
  };

  test('hold under the policy of a group too, beside its own', () => {
    const groups = ['staff'];
    expect(scopeFor({ groups })).toBe('in_scope');
    expect(scopeFor({ groups, accountId: 'rescue' })).toBe('excluded_account');
    expect(scopeFor({ groups: ['staff', 'robots'] })).toBe('excluded_group');
    expect(scopeFor({ groups }, 'kiosk')).toBe('exempt_client');
    expect(scopeFor({ groups, accountId: 'bob' })).toBe('excluded_account');
    expect(scopeFor({ groups: ['staff', 'night'] })).toBe('excluded_group');
    expect(scopeFor({ groups }, 'old')).toBe('exempt_client');
  });

  test('those of a group do not hold elsewhere', () => {
    expect(scopeFor({ accountId: 'bob' })).toBe('in_scope');
    expect(scopeFor({ groups: ['night'] }, 'old')).toBe('in_scope');
  });

  test('are in every policy that the jobs look at, the default first', () => {
    expect(policiesInForce(set).map(({ id, excludedAccounts }) => [id, excludedAccounts])).toEqual([
      ['default', ['rescue']],
      ['staff', ['bob', 'rescue']],
    ]);
  });
});

describe('for admins', () => {
  const admin = subject({ isAdmin: true, groups: ['staff'] });
  const effective = (fields: Partial<Policy>) =>
    effectivePolicy(
      { defaultPolicy: defaultPolicy(), groupPolicies: [forGroups('s', ['staff'], fields)] },
      admin,
    );

  test('two methods are asked, at a reset too, and no fewer than of others', () => {
    expect(effective({ methodsToRegister: 1 })).toMatchObject({
      isForAdmin: true,
      methodsToRegister: 2,
      methodsToReset: 2,
    });
    expect(effective({ methodsToRegister: 3 }).methodsToRegister).toBe(3);
  });

  test('questions are no method', () => {
    const methods: Policy['methods'] = ['security_questions', 'email', 'authenticator_app'];
    expect(effective({ methods }).methods).toEqual(['email', 'authenticator_app']);
  });

  test('and for nobody else', () => {
    const methods: Policy['methods'] = ['security_questions', 'email'];
    const set = { defaultPolicy: policy({ methods, methodsToRegister: 1 }), groupPolicies: [] };
    expect(effectivePolicy(set, subject())).toEqual({
      ...set.defaultPolicy,
      isForAdmin: false,
      spreadAt: null,
    });
  });
});

describe('how a code can go out', () => {
  const usable = (type: Policy['methods'][number], phoneChannels: Policy['phoneChannels'], missing = {}) =>
    usableChannels(type, { phoneChannels, phoneCountries: [] }, { ...senders, ...missing });

  test('is what the policy allows and a sender is set up for, the first choice of the method first', () => {
    expect(usable('mobile_phone', ['voice', 'sms'])).toEqual(['sms', 'voice']);
    expect(usable('mobile_phone', ['voice'])).toEqual(['voice']);
    expect(usable('alternate_phone', ['sms', 'voice'], { sms: false })).toEqual(['voice']);
    expect(usable('mobile_phone', ['sms'], { sms: false })).toEqual([]);
  });

  test('is not for the policy to narrow where there is but one way', () => {
    expect(usable('office_phone', ['sms'])).toEqual(['voice']);
    expect(usable('email', ['sms'])).toEqual(['mail']);
    expect(usable('office_phone', ['voice'], { voice: false })).toEqual([]);
  });

  test('does not matter where none has to', () => {
    const none = { mail: false, sms: false, voice: false };
    const channels = defaultPolicy();
    for (const type of ['authenticator_app', 'security_questions'] as const) {
      expect(isReachable(type, channels, none)).toBe(true);
    }
    expect(isReachable('email', channels, none)).toBe(false);
  });
});

test('a user registers what the policy offers, what has a sender, and nothing that only an admin sets', () => {
  const offered = policy({ methods: ['email', 'office_phone', 'mobile_phone', 'authenticator_app'] });
  expect(registrableTypes(offered, senders)).toEqual(['email', 'mobile_phone', 'authenticator_app']);
  expect(registrableTypes(offered, { ...senders, mail: false })).toEqual([
    'mobile_phone',
    'authenticator_app',
  ]);
  expect(
    registrableTypes(policy({ ...offered, phoneChannels: ['sms'], phoneCountries: [] }), {
      ...senders,
      sms: false,
    }),
  ).toEqual(['email', 'authenticator_app']);
});
