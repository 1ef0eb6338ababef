/** What `account create` is told of a person, read and checked; whether a login name is free is the directory's. */
import { UsageError } from './failures.ts';

const longest = 200;
const address = /^[^\s\p{C}<>()[\],;:\\"@]+@[^\s\p{C}<>()[\],;:\\"@]+$/u;

/** One line of visible text. @throws {UsageError} naming the argument */
export function readName(argument: string, text: string): string {
  const name = text.trim();
  if (name !== '' && name.length <= longest && !/[\p{C}\p{Zl}\p{Zp}]/u.test(name)) return name;
  throw new UsageError(`${argument} takes 1 to ${longest} visible characters.`);
}

/** A mailbox, as mail can be sent to it. @throws {UsageError} */
export function readMailbox(text: string): string {
  if (text.length <= 320 && address.test(text)) return text;
  throw new UsageError('--mailbox takes an address, such as ada@example.com.');
}

/** A language in its canonical writing. @throws {UsageError} @see RFC 5646 (BCP 47) */
export function readLocale(text: string): string {
  try {
    const [locale] = Intl.getCanonicalLocales(text);
    if (locale !== undefined) return locale;
  } catch {
    // Told below.
  }
  throw new UsageError('--locale takes a language, such as en, fr or fr-CA.');
}
