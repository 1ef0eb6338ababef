/** Whether a policy can work: every rule of the whole, each mistake at its setting with the numbers that tell of it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadTranslators } from '../../locales/translator.ts';
import { InvalidPolicy } from '../../security-info/errors.ts';
import { questionIds } from '../../security-info/methods/question-pool.ts';
import { parsePolicy } from '../../security-info/policy-validation.ts';

const senders = { mail: true, sms: true, voice: true };
const phones = ['mobile_phone', 'alternate_phone'];

function errorsOf(input: object, available = senders): InvalidPolicy['fields'] {
  try {
    parsePolicy(input, available);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidPolicy)) throw error;
    return error.fields;
  }
}

function problemsOf(input: object, available = senders): string[] {
  return errorsOf(input, available).map(({ field, code }) => `${field}: ${code}`);
}

describe('groups', () => {
  test('are named by every policy but the default', () => {
    expect(problemsOf({ id: 'staff', appliesToGroups: ['staff'] })).toEqual([]);
    expect(problemsOf({ id: 'staff' })).toEqual(['appliesToGroups: groups_missing']);
    expect(problemsOf({ appliesToGroups: ['staff'] })).toEqual(['appliesToGroups: default_has_no_groups']);
    expect(problemsOf({ id: 'default', appliesToGroups: ['staff'] })).toHaveLength(1);
  });
});

describe('methods', () => {
  test('that are asked for can be registered by users alone, with the senders that are set up', () => {
    expect(errorsOf({ methodsToRegister: 3 })).toMatchObject([
      { field: 'methodsToRegister', code: 'more_than_on_offer', values: { asked: 3, onOffer: 2 } },
      { field: 'methods', code: 'too_few_for_admins', values: { asked: 3, onOffer: 2 } },
    ]);
    expect(problemsOf({}, { ...senders, mail: false })).toContain('methodsToRegister: more_than_on_offer');
  });

  test.each([
    [['sms', 'voice'], {}, 0],
    [['sms', 'voice'], { sms: false }, 0],
    [['sms'], { sms: false }, 2],
    [['voice'], { sms: false }, 0],
    [['voice'], { voice: false }, 2],
  ])('by telephone are reached by %j, with %j', (phoneChannels, missing, problems) => {
    const policy = { methods: phones, phoneChannels };
    expect(problemsOf(policy, { ...senders, ...missing })).toHaveLength(problems);
  });

  test('that only an admin sets are none that users can register', () => {
    const methods = ['office_phone', 'email'];
    expect(errorsOf({ methods })).toMatchObject([
      { code: 'more_than_on_offer', values: { onOffer: 1, asked: 2 } },
      { code: 'too_few_for_admins', values: { onOffer: 1 } },
    ]);
    expect(problemsOf({ methods: ['office_phone', ...phones] })).toEqual([]);
  });

  test('of questions count beside another, and never for admins', () => {
    const methods = ['security_questions', 'email'];
    expect(problemsOf({ methods })).toEqual(['methods: too_few_for_admins']);
    expect(problemsOf({ methods: [...methods, 'authenticator_app'], methodsToRegister: 3 })).toEqual([
      'methods: too_few_for_admins',
    ]);
    const alone = problemsOf({ methods: ['security_questions'], methodsToRegister: 1 });
    expect(alone).toContain('methodsToRegister: more_than_on_offer');
  });

  test('are at least two that admins may use, however few are asked of others', () => {
    expect(errorsOf({ methods: ['email'], methodsToRegister: 1 })).toEqual([
      { field: 'methods', code: 'too_few_for_admins', values: { asked: 2, onOffer: 1 } },
    ]);
    expect(problemsOf({ methodsToRegister: 1 }, { ...senders, mail: false })).toEqual([
      'methods: too_few_for_admins',
    ]);
  });

  test('are not the authenticator app alone', () => {
    const problems = problemsOf({ methods: ['authenticator_app'], methodsToRegister: 1 });
    expect(problems).toContain('methods: not_as_only_method');
    expect(problemsOf({ methods: ['email'], methodsToRegister: 1 })).not.toContain(
      'methods: not_as_only_method',
    );
  });

  test('are asked for at registration in no smaller number than a reset takes', () => {
    expect(problemsOf({ methodsToRegister: 1, methodsToReset: 2 })).toEqual([
      'methodsToRegister: fewer_than_to_reset',
    ]);
    expect(problemsOf({ methodsToRegister: 2, methodsToReset: 2 })).toEqual([]);
  });
});

describe('nothing is listed twice', () => {
  test.each<[string, object]>([
    ['methods', { methods: ['email', 'email', 'authenticator_app'] }],
    ['predefinedQuestions', { predefinedQuestions: ['first_pet', 'first_pet'] }],
    ['phoneChannels', { phoneChannels: ['sms', 'sms'] }],
    ['phoneCountries', { phoneCountries: ['FR', 'DE', 'FR'] }],
  ])('in %s', (field, input) => {
    expect(problemsOf(input)).toContain(`${field}: listed_twice`);
  });

  test.each([
    [
      'id',
      [
        { id: 'x', text: 'Why is it so?' },
        { id: 'x', text: 'How is it so?' },
      ],
    ],
    [
      'text, however it is written',
      [
        { id: 'x', text: 'Why is it so?' },
        { id: 'y', text: 'WHY is it ｓｏ?' },
      ],
    ],
    ['id as one of the pool', [{ id: 'first_pet', text: 'Why is it so?' }]],
  ])('no custom question by its %s', (_, customQuestions) => {
    expect(problemsOf({ customQuestions })).toEqual(['customQuestions: listed_twice']);
  });
});

describe('questions', () => {
  const three = questionIds.slice(0, 3);

  test('are registered in no smaller number than a proof takes', () => {
    expect(problemsOf({ questionsToRegister: 3, questionsToReset: 4 })).toEqual([
      'questionsToRegister: fewer_questions_than_to_reset',
    ]);
    expect(problemsOf({ questionsToRegister: 4, questionsToReset: 4 })).toEqual([]);
  });

  test('on offer are as many as are to be registered, where questions are a method', () => {
    const methods = ['authenticator_app', 'email', 'security_questions'];
    const own = { id: 'x', text: 'Why is it so?' };
    expect(errorsOf({ methods, predefinedQuestions: three, customQuestions: [own] })).toEqual([
      { field: 'predefinedQuestions', code: 'pool_too_small', values: { pool: 4, asked: 5 } },
    ]);
    const enough = { predefinedQuestions: three, customQuestions: [own], questionsToRegister: 4 };
    expect(problemsOf({ methods, ...enough })).toEqual([]);
    expect(problemsOf({ predefinedQuestions: [] })).toEqual([]);
  });
});

test('countries of numbers are some that have numbers', () => {
  expect(problemsOf({ phoneCountries: ['FR', 'DE', 'AX'] })).toEqual([]);
  expect(errorsOf({ phoneCountries: ['FR', 'XX', 'UK'] })).toEqual([
    { field: 'phoneCountries', code: 'unknown_country', values: { entry: 'XX' } },
  ]);
});

test('the time for all ‘remind me later’ is long enough for one, where there are any', () => {
  expect(problemsOf({ snoozes: 1, snoozeDays: 8, snoozeWithinDays: 7 })).toEqual([
    'snoozeWithinDays: shorter_than_one_snooze',
  ]);
  expect(problemsOf({ snoozes: 1, snoozeDays: 7, snoozeWithinDays: 7 })).toEqual([]);
  expect(problemsOf({ snoozes: 0, snoozeDays: 8, snoozeWithinDays: 7 })).toEqual([]);
});

test('all rules that are broken are told at once', () => {
  const input = {
    id: 'staff',
    methods: ['email', 'email'],
    methodsToReset: 2,
    methodsToRegister: 1,
    questionsToRegister: 3,
    questionsToReset: 5,
    phoneCountries: ['XX'],
    snoozes: 1,
    snoozeDays: 9,
    snoozeWithinDays: 1,
  };
  expect(problemsOf(input)).toEqual([
    'appliesToGroups: groups_missing',
    'methods: listed_twice',
    'methodsToRegister: fewer_than_to_reset',
    'questionsToRegister: fewer_questions_than_to_reset',
    'phoneCountries: unknown_country',
    'snoozeWithinDays: shorter_than_one_snooze',
  ]);
});

test('every mistake has its words in every language', () => {
  const locales = new URL('../../locales/', import.meta.url);
  const english = new URL('en/policy_error.json', locales);
  const translators = loadTranslators(fileURLToPath(locales));
  const inputs: object[] = [
    { id: 'staff', methods: ['email'], methodsToRegister: 3, methodsToReset: 2, phoneCountries: ['XX'] },
    { appliesToGroups: ['x'], methods: ['authenticator_app'], methodsToRegister: 1, methodsToReset: 2 },
    { methods: ['email', 'email', 'security_questions'], predefinedQuestions: [] },
    { questionsToRegister: 3, questionsToReset: 4, snoozes: 1, snoozeDays: 9, snoozeWithinDays: 1 },
    { spreadFrom: '2026-03-01', spreadDays: 0 },
    { spreadFrom: '2026-03-01', spreadDays: 60, reconfirmAfterDays: 30 },
    { review: 'x', snoozes: 99, snoozeDays: 0, methods: [], phoneCountries: ['x'], unknown: 1 },
    { excludedGroups: [''], exemptClients: ['x'.repeat(201)], excludedAccounts: Array(1001).fill('x') },
    {
      review: null,
      snoozes: 1.5,
      snoozeDays: 'x',
      methods: 'x',
      requireRegistration: 'x',
      scope: 'x',
      id: 1,
    },
  ];
  const codes = new Set<string>();
  for (const { code, values = {} } of inputs.flatMap((input) => errorsOf(input))) {
    codes.add(code);
    for (const language of ['en', 'fr'] as const) {
      const text = translators.in(language).text(`policy_error.${code}`, values);
      expect(text).not.toMatch(/\{\{|\$t|policy_error|undefined/);
    }
  }
  const words = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(english, 'utf8')));
  // The command line's own, and what wrong_kind is filled in with.
  const others = ['unknown_account', 'kind'];
  expect([...codes, ...others].sort()).toEqual(Object.keys(words).sort());
});
