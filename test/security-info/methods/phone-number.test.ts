/**
 * Telephone numbers: what people type, which numbers may be registered, what is shown. All are reserved for fiction
 * (Ofcom, Arcep, ACMA, PTS, NANPA's 555-01xx) or the metadata's own examples.
 */
import { describe, expect, test } from 'vitest';
import { defaultCountry, phoneCountries } from '../../../security-info/methods/phone-countries.ts';
import {
  countryOfPhone,
  isPhoneAllowed,
  isPhoneCountry,
  maskPhoneNumber,
  phoneIdentity,
  readPhoneNumber,
  splitExtension,
  takesSms,
} from '../../../security-info/methods/phone-number.ts';

/** The address, or what is wrong. */
function read(
  number: string,
  country?: string,
  { allowed = [], extension, plain }: { allowed?: string[]; extension?: string; plain?: boolean } = {},
) {
  const made = readPhoneNumber(
    { number, country, ...(extension === undefined ? {} : { extension }) },
    { allowedCountries: allowed, mayHaveExtension: !plain },
  );
  return 'errors' in made ? made.errors.map(({ field, code }) => `${field}: ${code}`) : made.address;
}

describe('a number', () => {
  test.each([
    ['01 99 00 12 34', 'FR', '+33199001234'],
    ['+33 1 99 00 12 34', 'GB', '+33199001234'],
    ['0033 1 99 00 12 34', 'GB', '+33199001234'],
    ['00 33 (0)1 99 00 12 34', undefined, '+33199001234'],
    ['+33 (0)1.99.00.12.34', undefined, '+33199001234'],
    ['(+33) 1 99 00 12 34', undefined, '+33199001234'],
    ['011 33 1 99 00 12 34', 'US', '+33199001234'],
    ['0011 33 1 99 00 12 34', 'AU', '+33199001234'],
    ['  (202) 555-0123 ', 'US', '+12025550123'],
    ['1-202-555-0123', 'US', '+12025550123'],
    ['202.555.0123', 'CA', '+12025550123'],
    ['202/555‑0123', 'US', '+12025550123'],
    ['202–555—0123', 'US', '+12025550123'],
    ['202−555ー0123', 'US', '+12025550123'],
    ['202\u00a0555\u202f0123', 'US', '+12025550123'],
    ['\u202a+1 202 555 0123\u202c', undefined, '+12025550123'],
    ['\u200e+1\u00ad202\u200b5550123', undefined, '+12025550123'],
    ['＋１（２０２）５５５－０１２３', undefined, '+12025550123'],
    ['020 7946 0123', 'GB', '+442079460123'],
    ['020 7946 0123', 'JE', '+442079460123'],
    ['0491 570 006', 'AU', '+61491570006'],
    ['070-174 06 05', 'SE', '+46701740605'],
  ])('typed as %j under %s is %s', (typed, country, address) => {
    expect(read(typed, country)).toBe(address);
  });

  test.each(['arab', 'arabext', 'beng', 'deva', 'thai', 'adlm', 'mathsans', 'segment', 'wara'])(
    'may be written in the digits called %s',
    (numerals) => {
      const digits = new Intl.NumberFormat(`en-u-nu-${numerals}`, { useGrouping: false });
      const written = [...'12025550123'].map((digit) => digits.format(Number(digit))).join('');
      expect(written).not.toBe('12025550123');
      expect(read(`+${written}`)).toBe('+12025550123');
    },
  );

  test('may be written in digits that stand behind another script’s', () => {
    const written = [...'12025550123'].map((digit) => String.fromCodePoint(0x116da + Number(digit)));
    expect(read(`+${written.join('')}`)).toBe('+12025550123');
  });

  test.each(['', '   ', '\u200e', '\u00a0'])('is wanted, not %j', (typed) => {
    expect(read(typed, 'FR')).toEqual(['number: required']);
  });

  test.each([
    'abc',
    '1-800-FLOWERS',
    'call 202 555 0123',
    '202 555 0123 or 202 555 0124',
    '+1 202 555 012',
    '+1 202 555 01234',
    '202 555 01',
    '12',
    '112',
    '+',
    '++12025550123',
    '+0012025550123',
    '+999 202 555 0123',
    '+12025550123\u0000',
    '+1202+5550123',
    '+1 202 555 0123@sip.example',
    'tel:',
    ';ext=1',
    '+44 10 7946 0123',
  ])('is not %j', (typed) => {
    expect(read(typed, 'US')).toEqual(['number: not_a_phone_number']);
  });

  test('is looked at up to 40 characters', () => {
    expect(read(`+1202555${' '.repeat(28)}0123`)).toBe('+12025550123');
    expect(read(`+1202555${' '.repeat(29)}0123`)).toEqual(['number: too_long']);
    expect(read('1'.repeat(1_000_000), 'US')).toEqual(['number: too_long']);
  });

  test.each([
    ['+44 909 879 0123', 'premium rate'],
    ['+1 900 555 0123', 'premium rate'],
    ['+44 808 157 0123', 'toll-free'],
    ['+1 800 555 0199', 'toll-free'],
    ['+49 180 1 234567', 'shared cost'],
    ['+44 70 1234 5678', 'a personal number'],
    ['+44 55 1234 5678', 'a company’s access number'],
    ['+44 7640 123456', 'a pager'],
    ['+41 860 123456789', 'voicemail'],
    ['+800 1234 5678', 'of no country, toll-free'],
    ['+883 5100 12345678', 'of no country'],
    ['+881 612 345 678', 'a satellite’s'],
  ])('may not be one like %s (%s)', (typed) => {
    expect(read(typed)).toEqual(['number: premium_number']);
  });

  test('without a calling code takes a country', () => {
    expect(read('202 555 0123')).toEqual(['country: country_needed']);
    expect(read('202 555 0123', '')).toEqual(['country: country_needed']);
    expect(read('202 555 0123', 'ZZ')).toEqual(['country: unknown_choice']);
    expect(read('202 555 0123', 'toString')).toEqual(['country: unknown_choice']);
    expect(read('+1 202 555 0123', 'ZZ')).toBe('+12025550123');
  });
});

describe('where some countries are allowed', () => {
  test.each([
    ['+33 1 99 00 12 34', 'FR', ['GB', 'FR']],
    ['01 99 00 12 34', 'FR', ['FR']],
    ['+44 7924 123456', 'IM', ['IM']],
    ['+358 41 2345678', 'AX', ['AX']],
  ])('%s of %s is taken under %j', (typed, country, allowed) => {
    expect(read(typed, country, { allowed })).toMatch(/^\+/);
  });

  test.each([
    ['+33 1 99 00 12 34', 'GB', ['GB']],
    ['01 99 00 12 34', 'FR', ['GB']],
    ['+1 416 555 0123', 'US', ['US']],
    ['416 555 0123', 'US', ['US']],
    ['+44 20 7946 0123', 'GB', ['IM']],
  ])('%s under %s is refused for %j', (typed, country, allowed) => {
    expect(read(typed, country, { allowed })).toEqual(['number: country_not_allowed']);
  });

  test('a number that is kept is judged alike', () => {
    expect(isPhoneAllowed('+33199001234;ext=12', ['FR'])).toBe(true);
    expect(isPhoneAllowed('+33199001234;ext=12', ['GB', 'ZZ'])).toBe(false);
    expect(isPhoneAllowed('+33199001234', [])).toBe(true);
    expect(isPhoneAllowed('nothing', ['FR'])).toBe(false);
  });
});

describe('an extension', () => {
  test.each([
    '01 99 00 12 34 ext. 012',
    '01 99 00 12 34 EXT 012',
    '01 99 00 12 34, extension 012',
    '01 99 00 12 34 x012',
    '01 99 00 12 34 x. 012',
    '01 99 00 12 34 poste 012',
    '01 99 00 12 34 Poste : 012',
    '01 99 00 12 34 p. 012',
    '01 99 00 12 34 #012',
    '0199001234;ext=012',
    '01 99 00 12 34 ext. ٠١٢',
  ])('is found in %j', (typed) => {
    expect(read(typed, 'FR')).toBe('+33199001234;ext=012');
  });

  test.each(['12', ' 1-2 ', 'ext. 12', 'x12', 'poste 12', '#12', '１２'])(
    'is read from its own field: %j',
    (extension) => {
      expect(read('01 99 00 12 34', 'FR', { extension })).toBe('+33199001234;ext=12');
    },
  );

  test('in its own field goes before one behind the number', () => {
    expect(read('01 99 00 12 34 x34', 'FR', { extension: '12' })).toBe('+33199001234;ext=12');
    expect(read('01 99 00 12 34 x34', 'FR', { extension: ' ' })).toBe('+33199001234;ext=34');
  });

  test.each(['abc', '1a', '12345678', '+12', 'ext.', '9'.repeat(100_000)])('is not %j', (extension) => {
    expect(read('01 99 00 12 34', 'FR', { extension })).toEqual(['extension: not_an_extension']);
  });

  test('has at most seven digits behind the number too', () => {
    expect(read('01 99 00 12 34 x1234567', 'FR')).toBe('+33199001234;ext=1234567');
    expect(read('01 99 00 12 34 x12345678', 'FR')).toEqual(['extension: not_an_extension']);
  });

  test('that is wrong is told together with a number that is', () => {
    expect(read('01', 'FR', { extension: 'a' })).toEqual([
      'number: not_a_phone_number',
      'extension: not_an_extension',
    ]);
  });

  test('is refused where a number may have none', () => {
    expect(read('01 99 00 12 34 x12', 'FR', { plain: true })).toEqual(['number: no_extension']);
    expect(read('01 99 00 12 34', 'FR', { plain: true, extension: '12' })).toEqual(['number: no_extension']);
  });

  test('is no part of what makes two numbers one', () => {
    expect(phoneIdentity('+33199001234;ext=12')).toBe('+33199001234');
    expect(phoneIdentity('+33199001234')).toBe('+33199001234');
    expect(splitExtension('+33199001234;ext=012')).toEqual({ number: '+33199001234', extension: '012' });
    expect(splitExtension('+33199001234')).toEqual({ number: '+33199001234', extension: null });
  });
});

test.each([
  ['+33199001234', '+33 •••••••34'],
  ['+12025550123', '+1 ••••••••23'],
  ['+442079460123', '+44 ••••••••23'],
  ['+33199001234;ext=1234', '+33 •••••••34 x••••'],
  ['+24740123', '+247 ••••3'],
  ['+6834002', '+683 •••2'],
  ['+29023456', '+290 ••••6'],
  ['+99912345', '•••••••••'],
  ['', ''],
])('shows %s as %s', (address, masked) => {
  expect(maskPhoneNumber(address)).toBe(masked);
});

test.each([
  ['+61491570006', 'AU', true],
  ['+33199001234', 'FR', false],
  ['+33199001234;ext=12', 'FR', false],
  ['+12025550123', 'US', true],
  ['+14165550123', 'CA', true],
  ['+447924123456', 'GB', true],
  ['+80012345678', undefined, true],
])('%s is of %s, and takes SMS or not: %s', (address, country, canTakeSms) => {
  expect(countryOfPhone(address)).toBe(country);
  expect(takesSms(address)).toBe(canTakeSms);
});

describe('the countries to choose from', () => {
  test('are all, or those that are allowed', () => {
    expect(phoneCountries().length).toBeGreaterThan(240);
    expect(phoneCountries()).toContainEqual({ country: 'FR', callingCode: '33' });
    expect(phoneCountries(['GB', 'FR', 'ZZ'])).toEqual([
      { country: 'FR', callingCode: '33' },
      { country: 'GB', callingCode: '44' },
    ]);
    expect(phoneCountries().every(({ country }) => isPhoneCountry(country))).toBe(true);
    expect(['ZZ', 'fr', '', 'toString', '001'].some(isPhoneCountry)).toBe(false);
  });

  test.each([
    ['fr-CA', [], 'CA'],
    ['fr_CA', [], 'CA'],
    ['fr', [], 'FR'],
    ['de', [], 'DE'],
    ['en', [], undefined],
    ['es', [], undefined],
    ['en-GB', [], 'GB'],
    ['es-419', [], undefined],
    ['und', [], undefined],
    ['not a locale', [], undefined],
    [null, [], undefined],
    ['fr-CA', ['FR', 'GB'], undefined],
    ['fr', ['FR', 'GB'], 'FR'],
    ['fr', ['GB'], 'GB'],
    [null, ['GB'], 'GB'],
  ])('begin, for %s and of %j, with %s', (locale, allowed, country) => {
    expect(defaultCountry(locale, allowed)).toBe(country);
  });
});
