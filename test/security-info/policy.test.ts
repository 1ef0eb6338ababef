/** What an admin may set: every setting's bounds, every rule of the whole; each mistake named at its setting, all at once. */
import { describe, expect, test } from 'vitest';
import { InvalidPolicy } from '../../security-info/errors.ts';
import { questionIds } from '../../security-info/methods/question-pool.ts';
import { defaultPolicy, policySchema } from '../../security-info/policy.ts';
import { parsePolicy } from '../../security-info/policy-validation.ts';

const senders = { mail: true, sms: true, voice: true };

function errorsOf(input: unknown, available = senders): InvalidPolicy['fields'] {
  try {
    parsePolicy(input, available);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidPolicy)) throw error;
    return error.fields;
  }
}

function problemsOf(input: unknown, available = senders): string[] {
  return errorsOf(input, available).map(({ field, code }) => `${field}: ${code}`);
}

/** So many entries that are all different. */
function many<Entry>(count: number, make: (index: number) => Entry): Entry[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

test('the policy before an admin has set one is valid and has the advised values', () => {
  expect(problemsOf(defaultPolicy())).toEqual([]);
  expect(defaultPolicy()).toEqual({
    id: 'default',
    version: 0,
    appliesToGroups: [],
    priority: 100,
    scope: { kind: 'everyone' },
    excludedAccounts: [],
    excludedGroups: [],
    exemptClients: [],
    requireRegistration: true,
    methods: ['authenticator_app', 'email'],
    methodsToRegister: 2,
    methodsToReset: 1,
    unlockWithoutReset: true,
    notifyUserOfReset: true,
    notifyAdminsOfAdminReset: true,
    questionsToRegister: 5,
    questionsToReset: 3,
    predefinedQuestions: questionIds,
    customQuestions: [],
    phoneChannels: ['sms', 'voice'],
    phoneCountries: [],
    smsPerDay: 2000,
    callsPerDay: 500,
    phoneMessagesPerCountryPerDay: 1000,
    mailCodesPerDay: 50_000,
    reconfirmAfterDays: 180,
    spreadFrom: null,
    spreadDays: 0,
    spreadFormerDays: null,
    spreadFormerMethods: null,
    review: 'acknowledge',
    silentGraceDays: 14,
    remindByMail: true,
    remindDaysBefore: 14,
    snoozes: 0,
    snoozeDays: 1,
    snoozeWithinDays: 14,
    coolingOffHours: 24,
    coolingOffAtFirstRegistration: false,
    ownEmailDomains: [],
    helpdeskUrl: null,
  });
});

describe('a number goes from its least to its greatest, and is whole', () => {
  const policy = { methods: ['authenticator_app', 'email', 'mobile_phone', 'alternate_phone'] };
  /** By setting: the least, the greatest, and what else has to be so at one of them. */
  const bounds: [string, number, number, object?][] = [
    ['priority', 1, 1000],
    ['methodsToReset', 1, 2],
    ['questionsToRegister', 3, 5],
    ['questionsToReset', 3, 5],
    ['smsPerDay', 0, 10_000_000],
    ['callsPerDay', 0, 10_000_000],
    ['phoneMessagesPerCountryPerDay', 0, 10_000_000],
    ['mailCodesPerDay', 0, 10_000_000],
    ['reconfirmAfterDays', 0, 730],
    ['spreadDays', 0, 365],
    ['silentGraceDays', 0, 90],
    ['remindDaysBefore', 0, 90],
    ['snoozes', 0, 20],
    ['snoozeDays', 1, 14],
    ['snoozeWithinDays', 1, 90],
    ['coolingOffHours', 0, 720],
  ];

  test.each(bounds)('%s: %i to %i', (setting, least, greatest) => {
    for (const value of [least, greatest]) expect(problemsOf({ ...policy, [setting]: value })).toEqual([]);
    expect(errorsOf({ [setting]: least - 1 })).toEqual([
      { field: setting, code: 'too_small', values: { minimum: least } },
    ]);
    for (const value of [greatest + 1, 1e300]) {
      expect(errorsOf({ [setting]: value })).toEqual([
        { field: setting, code: 'too_big', values: { maximum: greatest } },
      ]);
    }
    expect(errorsOf({ [setting]: least + 0.5 })).toEqual([
      { field: setting, code: 'wrong_kind', values: { expected: 'whole_number' } },
    ]);
    expect(errorsOf({ [setting]: String(least) })).toEqual([
      { field: setting, code: 'wrong_kind', values: { expected: 'number' } },
    ]);
  });

  test('methodsToRegister: 1 to 6, as far as there are methods', () => {
    expect(problemsOf({ methodsToRegister: 1 })).toEqual([]);
    expect(problemsOf({ methodsToRegister: 0 })).toEqual(['methodsToRegister: too_small']);
    expect(problemsOf({ methodsToRegister: 7 })).toEqual(['methodsToRegister: too_big']);
    expect(problemsOf({ methodsToRegister: 6 })).toContain('methodsToRegister: more_than_on_offer');
  });

  test('no number of the schema is left out here', () => {
    const numbers = Object.entries(defaultPolicy()).filter(([, value]) => typeof value === 'number');
    const tested = [...bounds.map(([setting]) => setting), 'methodsToRegister', 'version'];
    expect(numbers.map(([setting]) => setting).sort()).toEqual(tested.sort());
  });
});

describe('a list', () => {
  test.each<[string, number, (index: number) => unknown]>([
    ['appliesToGroups', 200, String],
    ['excludedAccounts', 1000, String],
    ['excludedGroups', 200, String],
    ['exemptClients', 1000, String],
    ['customQuestions', 20, (index) => ({ id: `q${index}`, text: `Question ${index}?` })],
    ['phoneCountries', 300, () => 'FR'],
    ['ownEmailDomains', 500, (index) => `${index}.example`],
  ])('%s has at most %i entries', (setting, most, make) => {
    const id = setting === 'appliesToGroups' ? 'staff' : 'default';
    const full = problemsOf({ id, [setting]: many(most, make) });
    expect(full.filter((problem) => !problem.endsWith('listed_twice'))).toEqual([]);
    expect(errorsOf({ id, [setting]: many(most + 1, make) })).toEqual([
      { field: setting, code: 'too_many', values: { maximum: most } },
    ]);
    expect(errorsOf({ id, [setting]: 'one' })).toEqual([
      { field: setting, code: 'wrong_kind', values: { expected: 'list' } },
    ]);
  });

  test.each(['methods', 'phoneChannels'])('%s is not empty', (setting) => {
    expect(errorsOf({ [setting]: [] })).toEqual([
      { field: setting, code: 'too_few', values: { minimum: 1 } },
    ]);
  });

  test.each<[string, unknown, string]>([
    ['methods', 'carrier_pigeon', 'not_one_of'],
    ['predefinedQuestions', 'favourite_colour', 'not_one_of'],
    ['phoneChannels', 'mail', 'not_one_of'],
    ['phoneCountries', 'fr', 'invalid_value'],
    ['phoneCountries', 'FRA', 'invalid_value'],
    ['ownEmailDomains', 'no domain', 'invalid_value'],
    ['ownEmailDomains', '@example.com', 'invalid_value'],
    ['ownEmailDomains', 'x'.repeat(254), 'too_long'],
    ['excludedAccounts', ' ', 'too_short'],
    ['excludedGroups', 'x'.repeat(201), 'too_long'],
    ['exemptClients', { $ne: null }, 'wrong_kind'],
    ['customQuestions', 'Why?', 'wrong_kind'],
  ])('%s has no entry %j, and says which one it is', (setting, entry, code) => {
    expect(problemsOf({ [setting]: [entry] })).toEqual([`${setting}.0: ${code}`]);
  });
});

describe('a custom question', () => {
  const asked = (question: object) =>
    problemsOf({ customQuestions: [{ id: 'x', text: 'Why is it so?', ...question }] });

  test('is one line of 3 to 200 characters', () => {
    for (const text of ['Why', `${'x'.repeat(199)}?`, '  Why  ']) expect(asked({ text })).toEqual([]);
    expect(asked({ text: ' No ' })).toEqual(['customQuestions.0.text: too_short']);
    expect(asked({ text: 'x'.repeat(201) })).toEqual(['customQuestions.0.text: too_long']);
    for (const text of ['Why\nnot?', 'Why\u2028not?', 'Why\u202enot?']) {
      expect(asked({ text })).toEqual(['customQuestions.0.text: invalid_value']);
    }
  });

  test('has an id that answers can be kept under, and nothing else', () => {
    for (const id of ['', 'A', 'a.b', '$where', 'x'.repeat(65)]) {
      expect(asked({ id })).toEqual(['customQuestions.0.id: invalid_value']);
    }
    expect(asked({ answer: 'because' })).toEqual(['customQuestions.0.answer: unknown_setting']);
  });
});

describe('the helpdesk', () => {
  test.each([null, 'https://help.example/x', 'http://help.example', 'mailto:help@example.com'])(
    'may be %j',
    (helpdeskUrl) => expect(problemsOf({ helpdeskUrl })).toEqual([]),
  );

  test.each(['', 'javascript:alert(1)', 'https://help.example/"onclick', 'help.example', 'mailto:a@b@c'])(
    'may not be %j',
    (helpdeskUrl) => expect(problemsOf({ helpdeskUrl })).toEqual(['helpdeskUrl: invalid_value']),
  );
});

test.each(['', 'Staff', 'a b', '$where', 'x'.repeat(65)])('%j names no policy', (id) => {
  expect(problemsOf({ id, appliesToGroups: ['staff'] })).toEqual(['id: invalid_value']);
});

test.each<[unknown, string, string]>([
  [{ kind: 'some' }, 'scope.kind', 'not_one_of'],
  [{ kind: 'groups', groups: [] }, 'scope.groups', 'too_few'],
  [{ kind: 'everyone', groups: ['staff'] }, 'scope.groups', 'unknown_setting'],
  ['everyone', 'scope', 'wrong_kind'],
])('%j is no scope', (scope, field, code) => {
  expect(problemsOf({ scope })).toEqual([`${field}: ${code}`]);
});

test('what has a few values names them', () => {
  expect(errorsOf({ review: 'never' })).toEqual([
    { field: 'review', code: 'not_one_of', values: { allowed: 'acknowledge, prove' } },
  ]);
  expect(errorsOf({ scope: { kind: 'some' } })).toMatchObject([
    { values: { allowed: 'everyone, none, groups' } },
  ]);
});

test('what is true or false is nothing else', () => {
  const switches = Object.entries(defaultPolicy()).filter(([, value]) => typeof value === 'boolean');
  expect(switches).toHaveLength(6);
  for (const [setting] of switches) {
    expect(errorsOf({ [setting]: 'true' })).toEqual([
      { field: setting, code: 'wrong_kind', values: { expected: 'boolean' } },
    ]);
  }
});

test.each([null, 'policy', [], 3])('%j is no policy', (input) => {
  expect(problemsOf(input)).toEqual([': wrong_kind']);
});

test('an unknown setting is named, not dropped, each by itself', () => {
  expect(problemsOf({ methodsToRegistre: 1, toString: 1 })).toEqual([
    'methodsToRegistre: unknown_setting',
    'toString: unknown_setting',
  ]);
});

test('all that is wrong is told at once, none of it in words of the schema’s', () => {
  const errors = errorsOf({
    reconfirmAfterDays: -1,
    review: 'x',
    silentGraceDays: 'y',
    ownEmailDomains: ['?'],
  });
  expect(errors.map(({ field }) => field).sort()).toEqual([
    'ownEmailDomains.0',
    'reconfirmAfterDays',
    'review',
    'silentGraceDays',
  ]);
  expect(JSON.stringify(errors)).not.toMatch(/expected [a-z]+|must match|Invalid/);
});

test('every setting says what it is for', () => {
  for (const [setting, schema] of Object.entries(policySchema.shape)) {
    expect([setting, schema.description]).toEqual([setting, expect.stringMatching(/\.$/)]);
  }
});
