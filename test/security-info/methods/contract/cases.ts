/** One example of every method, by which the contract suite tries it: a new method adds a case here and nothing else. */
import fc from 'fast-check';
import examples from 'libphonenumber-js/mobile/examples';
import type { DraftContext } from '../../../../security-info/methods/contract.ts';
import { phoneCountries } from '../../../../security-info/methods/phone-countries.ts';
import { defaultPolicy, type Policy, policySchema } from '../../../../security-info/policy.ts';
import type { Channel, MethodType } from '../../../../security-info/record.ts';
import { ada } from '../../sample-record.ts';

/** What a person types, by field. */
export type Typed = Readonly<Record<string, string>>;

/** What the suite knows of the addresses of a method. */
export interface AddressCase {
  /** Ways to type one and the same address. */
  readonly spellings: readonly Typed[];
  /** Other addresses, each another one. */
  readonly others: readonly Typed[];
  /** Addresses as the method spells them. */
  readonly some: fc.Arbitrary<string>;
  /** What a mask of this address looks like that shows as much as it may. */
  mayShow(address: string): RegExp;
}

/** What the suite knows of a method. */
export interface MethodCase {
  /** A form that is in order. */
  readonly valid: Typed;
  /** The fields that an empty form is refused for. */
  readonly neededFields: readonly string[];
  /** Of methods that have an address. */
  readonly addresses: AddressCase | null;
}

/** The words of a question, as the suite's contexts have them: none, so that any answer will do. */
const questionWords = (): readonly string[] => [];

/** A context with every channel of a type, unless told otherwise. */
export function contextWith(channels: readonly Channel[], fields: Partial<Policy> = {}): DraftContext {
  return {
    account: ada(),
    policy: { ...defaultPolicy(), ...fields },
    channels,
    ownEmailDomains: ['work.example'],
    questionWords,
  };
}

const customQuestion = fc.record({
  id: fc.stringMatching(/^[a-z0-9_-]{1,64}$/).filter((id) => !id.startsWith('first_')),
  text: fc.stringMatching(/^[A-Za-z][A-Za-z ]{1,197}\?$/),
});
const countryCodes = phoneCountries().map(({ country }) => country);

/** Policies of all kinds, as far as they matter to a form. */
export const somePolicy: fc.Arbitrary<Policy> = fc
  .record({
    questionsToRegister: fc.integer({ min: 3, max: 5 }),
    predefinedQuestions: fc.subarray(defaultPolicy().predefinedQuestions, { minLength: 5 }),
    customQuestions: fc.uniqueArray(customQuestion, { selector: ({ id }) => id, maxLength: 4 }),
    phoneCountries: fc.subarray(countryCodes, { maxLength: 4 }),
    ownEmailDomains: fc.subarray(['school.example', 'bücher.example']),
  })
  .map((fields) => policySchema.parse(fields));

/** Accounts in all kinds of languages. */
export const someAccount = fc
  .constantFrom(null, 'en', 'fr', 'de-AT', 'pt_BR', 'zh-Hant-TW', 'sr-Latn', 'xx', 'no language')
  .map((locale) => ada({ locale }));

const phoneExamples = phoneCountries().map(({ country, callingCode }) => ({
  callingCode,
  national: new Map(Object.entries(examples)).get(country) ?? '',
}));
const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
/** The calling code is shown, so two calling codes of one beginning must not be taken for each other. */
const callingCodes = [...new Set(phoneExamples.map(({ callingCode }) => callingCode))];

const someNumber = fc
  .tuple(fc.constantFrom(...phoneExamples), digits(4, 4))
  .map(([{ callingCode, national }, end]) => `+${callingCode}${national.slice(0, -4)}${end}`);

/** Calling code and two digits of the number; of the extension that there is one. */
function mayShowOfPhone(address: string): RegExp {
  const [number = '', extension] = address.split(';ext=');
  const callingCode = callingCodes.find((code) => number.startsWith(`+${code}`)) ?? '';
  const hidden = number.length - 1 - callingCode.length - 2;
  const behind = extension === undefined ? '' : ` x•{${extension.length}}`;
  return new RegExp(`^\\+${callingCode} •{${hidden},}\\d?${number.slice(-1)}${behind}$`);
}

const phoneAddresses: AddressCase = {
  spellings: [
    { number: '+33 6 12 34 56 78' },
    { number: '06.12.34.56.78', country: 'FR' },
    { number: '0033 612345678', country: 'AU' },
    { number: '＋３３ (6) 12-34-56-78' },
    { number: '٠٦١٢٣٤٥٦٧٨', country: 'FR' },
  ],
  others: [{ number: '+33612345679' }, { number: '+61491570006' }, { number: '+12025550123' }],
  some: someNumber,
  mayShow: mayShowOfPhone,
};

const phone: MethodCase = {
  valid: { number: '06 12 34 56 78', country: 'FR' },
  neededFields: ['number'],
  addresses: phoneAddresses,
};

const localPart = fc
  .stringMatching(/^[a-z0-9]([a-z0-9.]{0,20}[a-z0-9])?$/)
  .filter((one) => !one.includes('..'));

function escaped(text: string): string {
  return text.replace(/[.+*]/g, '\\$&');
}

/** Every method's case. */
export const methodCases: Readonly<Record<MethodType, MethodCase>> = {
  authenticator_app: { valid: { name: 'Work phone' }, neededFields: [], addresses: null },
  mobile_phone: phone,
  alternate_phone: phone,
  office_phone: {
    valid: { number: '+33 1 99 00 12 34', extension: '12' },
    neededFields: ['number'],
    addresses: {
      ...phoneAddresses,
      spellings: [
        { number: '+33 1 99 00 12 34', extension: '12' },
        { number: '+33 1 99 00 12 34 ext. 12' },
        { number: '01 99 00 12 34', country: 'FR', extension: 'poste 12' },
        // Behind one switchboard they are one telephone: the office can take every call.
        { number: '+33199001234', extension: '99' },
        { number: '+33199001234' },
      ],
      some: fc
        .tuple(someNumber, fc.option(digits(1, 7), { nil: null }))
        .map(([number, extension]) => (extension === null ? number : `${number};ext=${extension}`)),
    },
  },
  email: {
    valid: { address: ' Ada.Byron+codes@Home.Example ' },
    neededFields: ['address'],
    addresses: {
      spellings: [
        { address: 'ada@home.example' },
        { address: ' ADA@Home.EXAMPLE ' },
        { address: 'ada+tag@home.example' },
        { address: 'ａｄａ＠ｈｏｍｅ．ｅｘａｍｐｌｅ' },
      ],
      others: [
        { address: 'bob@home.example' },
        { address: 'ada@other.example' },
        { address: 'a.da@home.example' },
        { address: 'ada@sub.home.example' },
      ],
      some: fc
        .tuple(localPart, fc.constantFrom('home.example', 'xn--bcher-kva.example'))
        .map((two) => two.join('@')),
      // The domain, the first character and, of four or more, the last.
      mayShow(address) {
        const [local = '', domain = ''] = address.split('@');
        const last = local.length > 3 ? escaped(local.slice(-1)) : '';
        return new RegExp(`^${escaped(local.slice(0, 1))}•••${last}@${escaped(domain)}$`);
      },
    },
  },
  security_questions: {
    valid: {
      question1: 'first_pet',
      answer1: 'Rex the third',
      question2: 'first_car',
      answer2: 'Blue van',
      question3: 'first_boss',
      answer3: 'Mrs Lovelace',
      question4: 'childhood_street',
      answer4: 'Rue de l’Église',
      question5: 'first_book',
      answer5: 'War & Peace',
    },
    neededFields: [1, 2, 3, 4, 5].flatMap((number) => [`question${number}`, `answer${number}`]),
    addresses: null,
  },
};
