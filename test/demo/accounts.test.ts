/** The demo accounts themselves: numbers that nobody has, and answers that a person could have registered. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { demoAccounts, demoAnswers } from '../../demo/accounts.ts';
import { answerProblem, normaliseAnswer } from '../../security-info/methods/answers.ts';
import { readPhoneNumber } from '../../security-info/methods/phone-number.ts';
import { defaultPolicy } from '../../security-info/policy.ts';

const questions: Record<string, string> = JSON.parse(
  readFileSync(new URL('../../locales/en/question.json', import.meta.url), 'utf8'),
);
const addresses = demoAccounts.flatMap(({ methods }) =>
  methods.flatMap((method) => ('address' in method ? [{ type: method.type, address: method.address }] : [])),
);
const numbers = addresses.filter(({ type }) => type !== 'email');

test.each(numbers)(
  '$address is a number that a user could register, as $type, spelt as it is kept',
  (one) => {
    const number = one.address.replace(';ext=', ' ext. ');
    const options = { allowedCountries: [], mayHaveExtension: one.type === 'office_phone' };
    expect(readPhoneNumber({ number, country: undefined }, options)).toMatchObject({ address: one.address });
  },
);

test.each(numbers)('$address is kept for examples by its country: nobody is called', ({ address }) => {
  // North America (NANP 555-01XX), France (ARCEP 01 99 00), Sweden (PTS 070-17406 05 to 99).
  expect(address).toMatch(/^\+(120255501\d\d|3319900\d{4}|467017406(0[5-9]|[1-9]\d))(;ext=\d+)?$/);
});

test('no address occurs twice', () => {
  expect(new Set(addresses.map(({ address }) => address)).size).toBe(addresses.length);
});

test('each answer is demo and the last word of its question, and could be registered', () => {
  const every = demoAccounts.find(({ loginName }) => loginName === 'every');
  if (every === undefined) throw new Error('no such account');
  const { loginName, givenName, familyName } = every;
  const account = {
    loginName,
    givenName,
    familyName,
    displayName: `${givenName} ${familyName}`,
    mailbox: null,
  };
  for (const { questionId, answer } of demoAnswers) {
    const text = questions[questionId] ?? '';
    expect(answer).toBe(`demo ${/(\w+)\?$/.exec(text)?.[1]}`);
    expect(answerProblem(answer, { questionTexts: [text], account })).toBeUndefined();
  }
  expect(demoAnswers).toHaveLength(defaultPolicy().questionsToRegister);
  expect(new Set(demoAnswers.map(({ answer }) => normaliseAnswer(answer))).size).toBe(demoAnswers.length);
  expect(new Set(demoAnswers.map(({ questionId }) => questionId)).size).toBe(demoAnswers.length);
});
