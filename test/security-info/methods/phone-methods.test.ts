/** The telephone methods: their forms, how a code may go out, and what each is to the rest of the house. */
import { describe, expect, test } from 'vitest';
import { alternatePhone } from '../../../security-info/methods/alternate-phone.ts';
import type { MethodContract } from '../../../security-info/methods/contract.ts';
import { mobilePhone } from '../../../security-info/methods/mobile-phone.ts';
import { officePhone } from '../../../security-info/methods/office-phone.ts';
import type { Channel } from '../../../security-info/record.ts';
import { ada, policyWith } from '../sample-record.ts';

const landline = '+33 1 99 00 12 34';
const mobile = '+61 491 570 006';
const either = '+1 202 555 0123';

/** What a form may look at, with all channels of the method unless told otherwise. */
function context(
  contract: MethodContract,
  set: { locale?: string | null; phoneCountries?: string[]; channels?: readonly Channel[] } = {},
) {
  return {
    account: ada({ locale: set.locale ?? null }),
    policy: policyWith({ phoneCountries: set.phoneCountries ?? [] }),
    channels: set.channels ?? contract.channels,
    ownEmailDomains: [],
    questionWords: () => [],
  };
}

/** The address and the channel of a draft, or what is wrong. */
function judge(
  contract: MethodContract,
  input: Readonly<Record<string, string>>,
  set: Parameters<typeof context>[1] = {},
) {
  const made = contract.draft(input, context(contract, set));
  return 'errors' in made
    ? made.errors.map(({ field, code }) => `${field}: ${code}`)
    : `${made.address} by ${made.channel}`;
}

/** One field of a form, or undefined. */
function field(contract: MethodContract, name: string, set: Parameters<typeof context>[1] = {}) {
  return contract.fields(context(contract, set)).find((one) => one.name === name);
}

describe.each([
  ['mobile phone', mobilePhone],
  ['alternate phone', alternatePhone],
])('the %s', (_name, contract) => {
  test('goes out by the channel that was chosen', () => {
    expect(judge(contract, { number: either, channel: 'voice' })).toBe('+12025550123 by voice');
    expect(judge(contract, { number: either, channel: 'sms' })).toBe('+12025550123 by sms');
    expect(judge(contract, { number: mobile, channel: 'sms' })).toBe('+61491570006 by sms');
  });

  test('drafts nothing but an address and a channel', () => {
    expect(contract.draft({ number: either, channel: 'sms', name: 'x' }, context(contract))).toEqual({
      address: '+12025550123',
      secret: null,
      name: null,
      channel: 'sms',
      answers: [],
    });
  });

  test('takes a number of the chosen country', () => {
    expect(judge(contract, { number: '0491 570 006', country: 'AU' })).toBe('+61491570006 by sms');
    expect(judge(contract, { number: '0491 570 006', country: '' })).toEqual(['country: country_needed']);
  });

  test('goes out by the only channel there is, without being asked', () => {
    expect(judge(contract, { number: either }, { channels: ['voice'] })).toBe('+12025550123 by voice');
    expect(judge(contract, { number: either }, { channels: [] })).toBe('+12025550123 by null');
  });

  test('goes out by what reaches the number, where nothing was chosen', () => {
    expect(judge(contract, { number: either })).toBe('+12025550123 by sms');
    expect(judge(contract, { number: either, channel: '' })).toBe('+12025550123 by sms');
    expect(judge(contract, { number: landline })).toBe('+33199001234 by voice');
  });

  test('sends no SMS to a landline, but can call it', () => {
    expect(judge(contract, { number: landline, channel: 'sms' })).toEqual(['channel: no_sms_to_landline']);
    expect(judge(contract, { number: landline, channel: 'voice' })).toBe('+33199001234 by voice');
  });

  test('asks for another number where a landline cannot be called', () => {
    const onlySms = { channels: ['sms'] as const };
    expect(judge(contract, { number: landline }, onlySms)).toEqual(['number: no_sms_to_landline']);
    expect(judge(contract, { number: landline, channel: 'sms' }, onlySms)).toEqual([
      'number: no_sms_to_landline',
    ]);
  });

  test.each(['mail', 'fax', 'SMS', 'toString'])('refuses to go out by %s', (channel) => {
    expect(judge(contract, { number: either, channel })).toEqual(['channel: unknown_choice']);
  });

  test('refuses a channel that the policy or the senders leave out', () => {
    expect(judge(contract, { number: either, channel: 'voice' }, { channels: ['sms'] })).toEqual([
      'channel: unknown_choice',
    ]);
  });

  test('tells at once all that is wrong', () => {
    expect(judge(contract, { number: '12', country: 'FR', channel: 'fax' })).toEqual([
      'number: not_a_phone_number',
      'channel: unknown_choice',
    ]);
    expect(judge(contract, {})).toEqual(['number: required']);
  });

  test('has no extension', () => {
    expect(judge(contract, { number: `${either} x12` })).toEqual(['number: no_extension']);
    expect(field(contract, 'extension')).toBeUndefined();
  });

  test('keeps to the countries of the policy', () => {
    expect(judge(contract, { number: either }, { phoneCountries: ['FR', 'AU'] })).toEqual([
      'number: country_not_allowed',
    ]);
  });

  test('asks how the code is to go out only where there is a choice', () => {
    expect(field(contract, 'channel')).toMatchObject({
      inputType: 'radio',
      value: 'sms',
      options: [
        { value: 'sms', label: { key: 'method.channel.sms' } },
        { value: 'voice', label: { key: 'method.channel.voice' } },
      ],
    });
    expect(field(contract, 'channel', { channels: ['voice', 'sms'] })?.value).toBe('voice');
    expect(field(contract, 'channel', { channels: ['voice'] })).toBeUndefined();
  });

  test('is registered by its user, and told of changes by SMS', () => {
    expect(contract).toMatchObject({
      isRegisteredByUser: true,
      channels: ['sms', 'voice'],
      noticeChannel: 'sms',
    });
  });
});

describe('the office phone', () => {
  test('may have an extension, behind the number or in its field', () => {
    const kept = '+33199001234;ext=12 by voice';
    expect(judge(officePhone, { number: landline, extension: '12' })).toBe(kept);
    expect(judge(officePhone, { number: `${landline} poste 12` })).toBe(kept);
    expect(judge(officePhone, { number: landline })).toBe('+33199001234 by voice');
    expect(judge(officePhone, { number: landline, extension: 'twelve' })).toEqual([
      'extension: not_an_extension',
    ]);
  });

  test('is called, never sent an SMS', () => {
    expect(judge(officePhone, { number: mobile })).toBe('+61491570006 by voice');
    expect(judge(officePhone, { number: mobile, channel: 'sms' })).toEqual(['channel: unknown_choice']);
  });

  test('is set by an admin, and told of changes by a call', () => {
    expect(officePhone).toMatchObject({
      isRegisteredByUser: false,
      channels: ['voice'],
      noticeChannel: 'voice',
    });
  });

  test('has a form of country, number and extension', () => {
    const names = officePhone.fields(context(officePhone)).map(({ name }) => name);
    expect(names).toEqual(['country', 'number', 'extension']);
  });
});

describe.each([
  ['mobile_phone', mobilePhone],
  ['alternate_phone', alternatePhone],
  ['office_phone', officePhone],
])('every telephone method: %s', (type, contract) => {
  test('is one factor of possession that a code proves, and one at most', () => {
    expect(contract).toMatchObject({
      type,
      maximum: 1,
      isPrefillable: true,
      countsAlone: true,
      mayBeOnlyOne: true,
      isForAdmins: true,
      factor: 'possession',
      proof: 'sent_code',
    });
    expect(contract.isEnough({ answers: [] }, { questionsToRegister: 5 })).toBe(true);
  });

  test('names its proof as RFC 8176 does, by how the code went out', () => {
    expect(contract.amrOf('sms')).toBe('sms');
    expect(contract.amrOf('voice')).toBe('tel');
    expect(contract.amrOf('mail')).toBeNull();
    expect(contract.amrOf(null)).toBeNull();
  });

  test('offers the countries that the policy allows, that of the reader first', () => {
    expect(field(contract, 'country')?.options?.length).toBeGreaterThan(240);
    expect(field(contract, 'country')).not.toHaveProperty('value');
    expect(field(contract, 'country', { locale: 'fr', phoneCountries: ['FR', 'GB'] })).toMatchObject({
      inputType: 'select',
      autocomplete: 'country',
      isRequired: false,
      value: 'FR',
      options: [
        { value: 'FR', label: { country: 'FR', callingCode: '33' } },
        { value: 'GB', label: { country: 'GB', callingCode: '44' } },
      ],
    });
  });

  test('asks for a number of at most 40 characters', () => {
    expect(field(contract, 'number')).toMatchObject({
      inputType: 'tel',
      autocomplete: 'tel',
      isRequired: true,
      maximumLength: 40,
    });
  });

  test('shows no more than the calling code and two digits', () => {
    expect(contract.mask('+33199001234')).toBe('+33 •••••••34');
  });

  test('is the same telephone with and without an extension', () => {
    const identity = { purpose: 'phone', value: '+33199001234' };
    expect(contract.identity('+33199001234')).toEqual(identity);
    expect(contract.identity('+33199001234;ext=12')).toEqual(identity);
  });
});
