/** What the forms of a person's page mean: their fields read, and which of the desk's calls each is. */
import {
  type AdminErrand,
  longestAccessPassHours,
  mostSnoozeDays,
  mostSnoozes,
  type PeopleDesk,
} from '../../../security-info/admin/people-desk.ts';
import { type FieldError, InvalidInput } from '../../../security-info/errors.ts';
import { isPhoneCountry } from '../../../security-info/methods/phone-number.ts';
import type { MethodType } from '../../../security-info/record.ts';
import { prefillableTypes } from './person-page.ts';

type Form = Readonly<Record<string, string>>;

/** What is to be filled in. @throws {InvalidInput} at `type`, `address` or `country` */
export function readPrefill(form: Form): {
  readonly type: MethodType;
  readonly address: string;
  readonly country?: string;
} {
  const type = prefillableTypes.find((one) => one === form['type']);
  const address = (form['address'] ?? '').trim();
  const country = form['country'] ?? '';
  const problems: FieldError[] = [];
  if (type === undefined) problems.push({ field: 'type', code: 'unknown_choice' });
  if (address === '') problems.push({ field: 'address', code: 'required' });
  if (address.length > 320) problems.push({ field: 'address', code: 'too_long', values: { maximum: 320 } });
  if (country !== '' && !isPhoneCountry(country)) {
    problems.push({ field: 'country', code: 'unknown_choice' });
  }
  if (type === undefined || problems.length > 0) throw new InvalidInput(problems);
  return { type, address, ...(country === '' || type === 'email' ? {} : { country }) };
}

/** How long a pass is to be good. @throws {InvalidInput} at `hours` */
export function readHours(form: Form): number {
  const { hours } = readNumbers(form, { hours: longestAccessPassHours });
  return hours;
}

/** @throws {InvalidInput} at each field that is no whole number from 1 to what it may be at most */
function readNumbers<Name extends string>(
  form: Form,
  most: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const problems: FieldError[] = [];
  const read = (name: string, maximum: number): number => {
    const text = (form[name] ?? '').trim();
    const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > maximum)
      problems.push({ field: name, code: 'not_between', values: { minimum: 1, maximum } });
    return value;
  };
  const numbers: Record<Name, number> = { ...most };
  for (const name in most) numbers[name] = read(name, most[name]);
  if (problems.length > 0) throw new InvalidInput(problems);
  return numbers;
}

type AccountAction = (people: PeopleDesk, errand: AdminErrand, form: Form) => Promise<string>;

/** The forms that need no answer of their own, by the end of their address; each gives the word of what was done. */
export const accountActions: Readonly<Record<string, AccountAction>> = {
  'require-registration': async (people, errand) => {
    await people.requireRegistration(errand);
    return 'registration_required';
  },
  'require-reconfirmation': async (people, errand) => {
    await people.requireReconfirmation(errand);
    return 'reconfirmation_required';
  },
  'cancel-reconfirmation': async (people, errand) =>
    (await people.cancelReconfirmation(errand)) ? 'reconfirmation_cancelled' : 'unchanged',
  'revoke-access-pass': async (people, errand) =>
    (await people.revokeAccessPass(errand)) ? 'pass_revoked' : 'unchanged',
  unlock: async (people, errand) => {
    await people.unlock(errand);
    return 'unlocked';
  },
  snoozes: async (people, errand, form) => {
    const { times, days } = readNumbers(form, { times: mostSnoozes, days: mostSnoozeDays });
    await people.grantSnooze(errand, { times, days });
    return 'snoozes_granted';
  },
  exclude: async (people, errand) => ((await people.setExcluded(errand, true)) ? 'excluded' : 'unchanged'),
  include: async (people, errand) => ((await people.setExcluded(errand, false)) ? 'included' : 'unchanged'),
};
