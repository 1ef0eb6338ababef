/** What may be written of a person: names, mailbox, language. Whether a login name is free is the directory's. */
import type { FieldError } from '../../errors.ts';

/** The longest name, in UTF-16 units. */
export const longestName = 200;
const longestMailbox = 320;
const address = /^[^\s\p{C}<>()[\],;:\\"@]+@[^\s\p{C}<>()[\],;:\\"@]+$/u;

/** A value, or what is wrong with it. */
export type ReadField = { readonly value: string } | Pick<FieldError, 'code' | 'values'>;

/** One line of visible text. */
export function readPersonName(text: string): ReadField {
  const name = text.trim();
  if (name === '') return { code: 'required' };
  if (name.length > longestName) return { code: 'too_long', values: { maximum: longestName } };
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(name) ? { code: 'control_characters' } : { value: name };
}

/** A mailbox, as mail can be sent to it. */
export function readPersonMailbox(text: string): ReadField {
  return text.length <= longestMailbox && address.test(text)
    ? { value: text }
    : { code: 'not_an_email_address' };
}

/** A language in its canonical writing. @see RFC 5646 (BCP 47) */
export function readPersonLocale(text: string): ReadField {
  try {
    const [locale] = Intl.getCanonicalLocales(text);
    if (locale !== undefined) return { value: locale };
  } catch {
    // Told below.
  }
  return { code: 'not_a_language' };
}
