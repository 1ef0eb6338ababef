/**
 * Telephone numbers: reading what people type, their one spelling, which may be registered, what is shown of them.
 * Which country a number is of, and of what kind, libphonenumber knows; that it is somebody's, a code proves.
 */
import type { PhoneNumber, PhoneNumberType } from 'libphonenumber-js/max';
import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { FieldError } from '../errors.ts';
import { dialledDigits, extensionDigits } from './typed-digits.ts';

/** The longest that is looked at, in characters. */
export const longestTypedNumber = 40;

/** Whether a number is of a mobile phone, of a landline, or may be of either. */
export type PhoneKind = 'mobile' | 'landline' | 'either';

/** The types that a code may go to: those that cost the caller what a call costs, and that ring at one person's. */
const kinds: Partial<Record<PhoneNumberType, PhoneKind>> = {
  MOBILE: 'mobile',
  FIXED_LINE: 'landline',
  FIXED_LINE_OR_MOBILE: 'either',
  VOIP: 'either',
};

/** What a form has of a number. */
export interface TypedPhoneNumber {
  readonly number: string;
  /** The chosen country (ISO 3166-1 alpha-2): that of a number without a calling code. */
  readonly country: string | undefined;
  readonly extension?: string;
}

/** What the reading of a number depends on. */
export interface PhoneNumberOptions {
  /** ISO 3166-1 alpha-2; empty for every country. */
  readonly allowedCountries: readonly string[];
  readonly mayHaveExtension: boolean;
}

/** A number that may be registered. */
export interface ReadPhoneNumber {
  /** RFC 3966 without its scheme: E.164, and `;ext=` with digits where there is an extension. */
  readonly address: string;
  /** ISO 3166-1 alpha-2; of those that share the number's range, the main one. */
  readonly country: string;
  readonly kind: PhoneKind;
}

/**
 * Reads a number as it was typed: in any digits, with any spaces and dashes. One that begins with a plus sign or 00 is
 * of the country that it names, whatever country was chosen; an extension in its own field goes before one that was
 * typed behind the number.
 * @returns the number in its one spelling, or what is wrong, by the fields `number`, `country` and `extension`
 * @see ITU-T E.164, RFC 3966 §5.1.4 and §5.3
 */
export function readPhoneNumber(
  typed: TypedPhoneNumber,
  options: PhoneNumberOptions,
): ReadPhoneNumber | { readonly errors: readonly FieldError[] } {
  if (typed.number.length > longestTypedNumber) {
    return refuse('number', 'too_long', { maximum: longestTypedNumber });
  }
  const { digits, extension: typedBehind } = dialledDigits(typed.number);
  if (digits === '') return refuse('number', 'required');
  const extension = extensionDigits(typed.extension ?? '') || typedBehind;
  if (extension !== '' && !options.mayHaveExtension) return refuse('number', 'no_extension');
  const wrongExtension: FieldError[] = /^(\d{1,7})?$/.test(extension)
    ? []
    : [{ field: 'extension', code: 'not_an_extension' }];
  const judged = judge(digits, typed.country, options.allowedCountries);
  if ('code' in judged) return { errors: [judged, ...wrongExtension] };
  if (wrongExtension.length > 0) return { errors: wrongExtension };
  return extension === '' ? judged : { ...judged, address: `${judged.address};ext=${extension}` };
}

function refuse(field: string, code: string, values?: Readonly<Record<string, number>>) {
  return { errors: [values === undefined ? { field, code } : { field, code, values }] };
}

function judge(
  dialled: string,
  country: string | undefined,
  allowedCountries: readonly string[],
): ReadPhoneNumber | FieldError {
  if (!/^\+?\d+$/.test(dialled)) return { field: 'number', code: 'not_a_phone_number' };
  if (!/^(\+|00)/.test(dialled) && (country === undefined || !isSupportedCountry(country))) {
    return { field: 'country', code: country ? 'unknown_choice' : 'country_needed' };
  }
  const found = validNumber(dialled, country);
  if (found === undefined) return { field: 'number', code: 'not_a_phone_number' };
  const type = found.getType();
  const kind = type === undefined ? undefined : kinds[type];
  if (kind === undefined || found.isNonGeographic()) return { field: 'number', code: 'premium_number' };
  if (found.country === undefined) return { field: 'number', code: 'not_a_phone_number' };
  if (!isPhoneAllowed(found.number, allowedCountries))
    return { field: 'number', code: 'country_not_allowed' };
  return { address: found.number, country: found.country, kind };
}

/** A number from its digits. Where 00 leads to nothing, it may be the beginning of what is dialled in the country. */
function validNumber(dialled: string, country: string | undefined): PhoneNumber | undefined {
  const candidates = dialled.startsWith('00') ? [`+${dialled.slice(2)}`, dialled] : [dialled];
  const chosen = country !== undefined && isSupportedCountry(country) ? country : undefined;
  return candidates
    .map((digits) => parsePhoneNumberFromString(digits, chosen))
    .find((number) => number?.isValid());
}

/**
 * Whether a number is of one of these countries; of every country where the list is empty. Some countries share a
 * range (Finland and Åland): there, one of them is enough.
 */
export function isPhoneAllowed(address: string, allowedCountries: readonly string[]): boolean {
  if (allowedCountries.length === 0) return true;
  const number = parsePhoneNumberFromString(phoneIdentity(address));
  if (number === undefined) return false;
  return allowedCountries.some((country) => {
    if (!isSupportedCountry(country)) return false;
    if (getCountryCallingCode(country) !== number.countryCallingCode) return false;
    number.country = country;
    return number.isValid();
  });
}

/** Whether this is a country (ISO 3166-1 alpha-2, upper case) whose numbers are known. */
export function isPhoneCountry(country: string): boolean {
  return isSupportedCountry(country);
}

/** The country of a number (ISO 3166-1 alpha-2); of those that share its range, the main one. */
export function countryOfPhone(address: string): string | undefined {
  return parsePhoneNumberFromString(phoneIdentity(address))?.country;
}

/** Whether an SMS can arrive there: not at what is known to be a landline. */
export function takesSms(address: string): boolean {
  return parsePhoneNumberFromString(phoneIdentity(address))?.getType() !== 'FIXED_LINE';
}

/** The number in E.164, and its extension or null. */
export function splitExtension(address: string): {
  readonly number: string;
  readonly extension: string | null;
} {
  const [number = '', extension = null] = address.split(';ext=', 2);
  return { number, extension };
}

/** What two addresses have in common when they are one telephone: the number in E.164, without the extension. */
export function phoneIdentity(address: string): string {
  return splitExtension(address).number;
}

/** A number as shown to its owner: calling code and last two digits, of a very short one the last alone. */
export function maskPhoneNumber(address: string): string {
  const { number, extension } = splitExtension(address);
  const callingCode = parsePhoneNumberFromString(number)?.countryCallingCode;
  if (callingCode === undefined) return hide(address);
  const digits = number.slice(1 + callingCode.length);
  const shown = digits.length < 6 ? 1 : 2;
  const national = `${hide(digits.slice(0, -shown))}${digits.slice(-shown)}`;
  return `+${callingCode} ${national}${extension === null ? '' : ` x${hide(extension)}`}`;
}

function hide(text: string): string {
  return '•'.repeat(text.length);
}
