/**
 * What a new password must be. Length is what counts; no kinds of characters are asked for.
 * @see NIST SP 800-63B-4 §3.1.1.2
 */
import type { FieldError } from './errors.ts';
import type { Account } from './ports.ts';

/** In characters; a password that opens the account by itself (NIST SP 800-63B-4 §3.1.1.2). */
export const leastPasswordLength = 15;
/** In characters; long enough for any sentence, short enough to hash. */
export const mostPasswordLength = 1_000;
/** Fewer different characters than this is a pattern, not a password. */
const leastDistinct = 5;
/** Names shorter than this occur in words by chance. */
const shortestName = 4;

/** What is wrong with a new password, or undefined. `field` is the form's. */
export function passwordProblem(
  password: string,
  account: Pick<Account, 'loginName' | 'displayName' | 'givenName' | 'familyName' | 'mailbox'>,
  serviceName: string,
  field: string,
): FieldError | undefined {
  const length = [...password.normalize('NFC')].length;
  if (length === 0) return { field, code: 'required' };
  if (length < leastPasswordLength)
    return { field, code: 'password_too_short', values: { minimum: leastPasswordLength } };
  if (length > mostPasswordLength)
    return { field, code: 'too_long', values: { maximum: mostPasswordLength } };
  if (new Set(password).size < leastDistinct) return { field, code: 'password_too_simple' };
  const lower = fold(password);
  const names = [
    account.loginName,
    account.displayName,
    account.givenName,
    account.familyName,
    account.mailbox?.split('@', 1)[0] ?? null,
    serviceName,
  ];
  const telling = names.flatMap((name) => (name === null ? [] : [fold(name)]));
  // What is left without the name must still be a password.
  const isMostlyName = telling.some(
    (name) => name.length >= shortestName && [...lower.replaceAll(name, '')].length < leastPasswordLength / 2,
  );
  return isMostlyName ? { field, code: 'password_is_name' } : undefined;
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
