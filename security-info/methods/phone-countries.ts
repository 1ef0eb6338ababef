/** The countries to choose from beside a telephone number, and which of them is offered first. */
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max';
import { isPhoneCountry } from './phone-number.ts';

/** Languages of so many countries that the language alone does not tell where somebody is. */
const languagesOfManyCountries = new Set(['ar', 'en', 'es', 'pt', 'und']);

/** A country, and the digits after the plus sign that its numbers begin with. */
export interface PhoneCountry {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly callingCode: string;
}

/**
 * Every country that has telephone numbers, or those of them that are allowed.
 * @param allowedCountries ISO 3166-1 alpha-2; empty for every country
 */
export function phoneCountries(allowedCountries: readonly string[] = []): PhoneCountry[] {
  return getCountries()
    .filter((country) => isAllowed(country, allowedCountries))
    .map((country) => ({ country, callingCode: getCountryCallingCode(country) }));
}

/**
 * The country to offer first to who reads this language, where that says something, or else the only one there is.
 * @param locale BCP 47, or null where unknown
 * @param allowedCountries ISO 3166-1 alpha-2; empty for every country
 */
export function defaultCountry(
  locale: string | null,
  allowedCountries: readonly string[],
): string | undefined {
  if (allowedCountries.length === 1) return allowedCountries[0];
  const region = regionOf(locale);
  if (region === undefined || !isPhoneCountry(region)) return undefined;
  return isAllowed(region, allowedCountries) ? region : undefined;
}

function isAllowed(country: string, allowedCountries: readonly string[]): boolean {
  return allowedCountries.length === 0 || allowedCountries.includes(country);
}

function regionOf(locale: string | null): string | undefined {
  try {
    const read = new Intl.Locale((locale ?? '').replaceAll('_', '-'));
    if (read.region !== undefined) return read.region;
    // `language` is undefined for 'und' in some versions of Node, whatever its type says.
    const [language = ''] = read.baseName.split('-', 1);
    return languagesOfManyCountries.has(language) ? undefined : read.maximize().region;
  } catch {
    // What the host calls a language need not be of BCP 47.
    return undefined;
  }
}
