/** What `account create` is told of a person, read and checked; whether a login name is free is the directory's. */
import {
  longestName,
  type ReadField,
  readPersonLocale,
  readPersonMailbox,
  readPersonName,
} from '../security-info/admin/import/person-fields.ts';
import { UsageError } from './failures.ts';

/** One line of visible text. @throws {UsageError} naming the argument */
export function readName(argument: string, text: string): string {
  return given(readPersonName(text), `${argument} takes 1 to ${longestName} visible characters.`);
}

/** A mailbox, as mail can be sent to it. @throws {UsageError} */
export function readMailbox(text: string): string {
  return given(readPersonMailbox(text), '--mailbox takes an address, such as ada@example.com.');
}

/** A language in its canonical writing. @throws {UsageError} @see RFC 5646 (BCP 47) */
export function readLocale(text: string): string {
  return given(readPersonLocale(text), '--locale takes a language, such as en, fr or fr-CA.');
}

function given(read: ReadField, message: string): string {
  if ('value' in read) return read.value;
  throw new UsageError(message);
}
