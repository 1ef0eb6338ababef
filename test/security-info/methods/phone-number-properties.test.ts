/** What holds for telephone numbers of every country and for whatever is typed, tried on many made at random. */
import fc from 'fast-check';
import examples from 'libphonenumber-js/mobile/examples';
import { expect, test } from 'vitest';
import { phoneCountries } from '../../../security-info/methods/phone-countries.ts';
import {
  isPhoneAllowed,
  maskPhoneNumber,
  phoneIdentity,
  readPhoneNumber,
  splitExtension,
} from '../../../security-info/methods/phone-number.ts';

const runs = { numRuns: 200 };
const oneSpelling = /^\+[1-9]\d{3,14}(;ext=\d{1,7})?$/;

/** The address of what was typed, or null where it was refused. */
function read(number: string, country?: string): string | null {
  const made = readPhoneNumber({ number, country }, { allowedCountries: [], mayHaveExtension: true });
  return 'errors' in made ? null : made.address;
}

const exampleByCountry = new Map(Object.entries(examples));
/** A mobile number of every country, from the metadata. */
const numbers = phoneCountries().map(({ country, callingCode }) => {
  const national = exampleByCountry.get(country) ?? '';
  return { country, callingCode, national, address: `+${callingCode}${national}` };
});

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
const someNumber = fc.constantFrom(...numbers);
const someExtension = fc.option(digits(1, 7), { nil: null });

/** One digit as somebody may write it: ours, or of another script. */
const zeros = ['0', '٠', '۰', '०', '๐', '０'].map((zero) => zero.codePointAt(0) ?? 0);
const written = (digit: string) =>
  fc.constantFrom(...zeros).map((zero) => String.fromCodePoint(zero + Number(digit)));
const separator = fc.constantFrom('', '', '', ' ', '-', '.', '\u00a0', '‑', '–', '(', ')', '\u200b');

/** A number of a country with any marks between its digits, short enough for the form. */
const spelt = someNumber.chain(({ address }) =>
  fc
    .record({
      prefix: fc.constantFrom('+', '＋', '00', '\u202a+', '(+'),
      parts: fc.tuple(...[...address.slice(1)].map((digit) => fc.tuple(written(digit), separator))),
    })
    .map(({ prefix, parts }) => ({ address, typed: `${prefix}${parts.flat().join('')}` }))
    .filter(({ typed }) => typed.length <= 40),
);

/** Characters that numbers are made of, for strings that come close to being one. */
const nearNumber = fc.string({
  unit: fc.constantFrom(...'+0123456789 -.()x#;=ext,pPoste٣３\u200e'),
  maxLength: 41,
});

test('every country has an example to try', () => {
  expect(numbers.length).toBeGreaterThan(240);
  expect(numbers.filter(({ national }) => !/^\d{4,}$/.test(national))).toEqual([]);
});

test.each(numbers)('a number of $country is read alike with the calling code and with the country', (one) => {
  expect(read(one.address, 'FR')).toBe(one.address);
  expect(read(`00${one.address.slice(1)}`)).toBe(one.address);
  expect(read(one.national, one.country)).toBe(one.address);
  expect(isPhoneAllowed(one.address, [one.country])).toBe(true);
  expect(isPhoneAllowed(one.address, [one.country === 'FR' ? 'GB' : 'FR'])).toBe(false);
});

test('marks between the digits and their script make no difference', () => {
  fc.assert(
    fc.property(spelt, ({ address, typed }) => {
      expect(read(typed, 'DE')).toBe(address);
    }),
    runs,
  );
});

test('what was read is read again as the same', () => {
  const typed = fc.oneof(
    spelt.map((one) => one.typed),
    fc.tuple(someNumber, digits(1, 7)).map(([one, extension]) => `${one.address} x${extension}`),
    fc.tuple(someNumber, digits(4, 4)).map(([one, end]) => one.address.slice(0, -4) + end),
  );
  fc.assert(
    fc.property(typed, (text) => {
      const address = read(text);
      fc.pre(address !== null);
      expect(read(address ?? '', 'US')).toBe(address);
    }),
    runs,
  );
});

test('whatever is typed is refused or has the one spelling, and nothing throws', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), nearNumber);
  const country = fc.oneof(fc.constantFrom(...numbers.map((one) => one.country)), fc.string());
  fc.assert(
    fc.property(anything, fc.option(country, { nil: undefined }), anything, (number, chosen, extension) => {
      const made = readPhoneNumber(
        { number, country: chosen, extension },
        { allowedCountries: [], mayHaveExtension: true },
      );
      if ('errors' in made) expect(made.errors.length).toBeGreaterThan(0);
      else expect(made.address).toMatch(oneSpelling);
    }),
    { numRuns: 400 },
  );
});

test('a letter in a number makes it none', () => {
  fc.assert(
    fc.property(
      someNumber,
      fc.nat({ max: 15 }),
      fc.constantFrom(...'abcdefghijklmnoqrstuvwyz'),
      (one, at, letter) => {
        const place = Math.min(at, one.address.length);
        expect(read(`${one.address.slice(0, place)}${letter}${one.address.slice(place)}`)).toBeNull();
      },
    ),
    runs,
  );
});

test('what is shown is the calling code, the last two digits, and how many are hidden', () => {
  fc.assert(
    fc.property(someNumber, digits(4, 4), someExtension, (one, end, extension) => {
      const number = one.address.slice(0, -4) + end;
      const masked = maskPhoneNumber(extension === null ? number : `${number};ext=${extension}`);
      const [, callingCode, hidden = '', shown = '', behind] =
        /^\+(\d+) (•+)(\d{1,2})( x•+)?$/.exec(masked) ?? [];
      const national = number.slice(1 + one.callingCode.length);
      expect(callingCode).toBe(one.callingCode);
      expect(hidden.length + shown.length).toBe(national.length);
      expect(shown.length).toBe(national.length < 6 ? 1 : 2);
      expect(national.endsWith(shown)).toBe(true);
      expect(behind).toBe(extension === null ? undefined : ` x${'•'.repeat(extension.length)}`);
      expect(masked).not.toContain(national);
    }),
    runs,
  );
});

test('of what is no number nothing is shown', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearNumber), (text) => {
      const masked = maskPhoneNumber(text);
      expect(masked).toMatch(/^(•*|\+\d+ •*\d{1,2}( x•*)?)$/);
    }),
    runs,
  );
});

test('an extension comes apart from its number and goes for nothing in its identity', () => {
  fc.assert(
    fc.property(someNumber, digits(1, 7), (one, extension) => {
      const address = read(`${one.address};ext=${extension}`) ?? '';
      expect(splitExtension(address)).toEqual({ number: one.address, extension });
      expect(phoneIdentity(address)).toBe(one.address);
    }),
    runs,
  );
});
