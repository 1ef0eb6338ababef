/** Settings as they are typed: read, applied, and written so that they are read again. */
import { expect, test } from 'vitest';
import { assign, readAssignment, writeAssignments } from '../../cli/policy-assignment.ts';
import { defaultPolicy, type Policy } from '../../security-info/policy.ts';
import { parsePolicy } from '../../security-info/policy-validation.ts';

const senders = { mail: true, sms: true, voice: true };

/** No setting is as it is by default, and names have in them what a line could be split at. */
const changed: Policy = {
  id: 'staff',
  version: 0,
  appliesToGroups: ['staff', 'cn=guests,ou=people', 'two\nlines', 'tag\u{e0041}'],
  priority: 7,
  scope: { kind: 'groups', groups: ['staff', 'a,b'] },
  excludedAccounts: ['id-ada', '123'],
  excludedGroups: ['{"a":1}', 'robots', 'true'],
  exemptClients: ['red\u001b[31m'],
  requireRegistration: false,
  methods: ['authenticator_app', 'mobile_phone', 'email', 'security_questions'],
  methodsToRegister: 3,
  methodsToReset: 2,
  unlockWithoutReset: false,
  notifyUserOfReset: false,
  notifyAdminsOfAdminReset: false,
  questionsToRegister: 4,
  questionsToReset: 4,
  predefinedQuestions: ['first_pet', 'first_car'],
  customQuestions: [
    { id: 'x', text: 'What = "this", [or] {that}?' },
    { id: 'y', text: 'Où, et quand ?' },
  ],
  phoneChannels: ['voice'],
  phoneCountries: ['FR', 'DE'],
  smsPerDay: 1,
  callsPerDay: 2,
  phoneMessagesPerCountryPerDay: 3,
  mailCodesPerDay: 4,
  reconfirmAfterDays: 0,
  review: 'prove',
  remindByMail: false,
  remindDaysBefore: 3,
  silentGraceDays: 0,
  snoozes: 5,
  snoozeDays: 6,
  snoozeWithinDays: 7,
  coolingOffHours: 8,
  coolingOffAtFirstRegistration: true,
  ownEmailDomains: ['example.com', 'example.org'],
  helpdeskUrl: 'https://help.example/?a=1,2',
};

function set(policy: Policy, ...lines: string[]): Record<string, unknown> {
  return assign(policy, lines.map(readAssignment));
}

test('there is a changed value for every setting', () => {
  const values: Readonly<Record<string, unknown>> = changed;
  for (const [setting, value] of Object.entries(defaultPolicy())) {
    if (setting !== 'version') expect([setting, values[setting]]).not.toEqual([setting, value]);
  }
});

test.each([
  ['changed everywhere', changed],
  ['of the defaults', defaultPolicy()],
  [
    'of lists of one entry',
    { ...defaultPolicy(), customQuestions: [{ id: 'x', text: 'One, two?' }], excludedGroups: ['{"a":1}'] },
  ],
])('what is written of a policy %s makes it again, one setting a line', (_, policy) => {
  const lines = writeAssignments(policy).split('\n');
  expect(lines).toHaveLength(Object.keys(policy).length - 2);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal would obey
  expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  // Begun from the other extreme, so that nothing is right by chance.
  const other = policy === changed ? defaultPolicy() : changed;
  const { id, version } = policy;
  expect(parsePolicy({ ...set(other, ...lines), id, version }, senders)).toEqual(policy);
});

test('a custom question is added, changed under its id, and taken away by it', () => {
  const policy = { ...defaultPolicy(), customQuestions: [{ id: 'a', text: 'First?' }] };
  const both = [
    { id: 'a', text: 'First?' },
    { id: 'b', text: 'A, or B?' },
  ];
  const added = set(policy, 'customQuestions+={"id":"b","text":"A, or B?"}');
  expect(added['customQuestions']).toEqual(both);
  const again = set({ ...policy, customQuestions: both }, 'customQuestions+={"id":"a","text":"Other?"}');
  expect(again['customQuestions']).toEqual([{ id: 'a', text: 'Other?' }, both[1]]);
  for (const named of ['a', '{"id":"a"}', '["a"]']) {
    const left = set({ ...policy, customQuestions: both }, `customQuestions-=${named}`);
    expect(left['customQuestions']).toEqual([both[1]]);
  }
  expect(set(policy, `customQuestions=${JSON.stringify(both)}`)['customQuestions']).toEqual(both);
  expect(set(policy, 'customQuestions=')['customQuestions']).toEqual([]);
});

test.each(['helpdeskUrl=', 'helpdeskUrl=none', 'helpdeskUrl=null'])('%s is for no helpdesk', (line) => {
  expect(set(changed, line)['helpdeskUrl']).toBeNull();
});

test('a word that is in the list already is not added twice, and one that is not there is not missed', () => {
  const next = set(changed, 'excludedGroups+=robots,guests', 'excludedAccounts-=nobody,123');
  expect(next).toMatchObject({
    excludedGroups: ['{"a":1}', 'robots', 'true', 'guests'],
    excludedAccounts: ['id-ada'],
  });
});

test('none is nothing only where there may be nothing', () => {
  expect(set(changed, 'review=none')['review']).toBe('none');
  expect(set(changed, 'excludedGroups=none')['excludedGroups']).toEqual(['none']);
  expect(set(changed, 'scope=none')['scope']).toEqual({ kind: 'none' });
});
