/** What a user may call a method, when it is set up or later: one rule for both. */
import type { FieldError } from '../errors.ts';

/** In characters. */
export const longestMethodName = 40;

/**
 * Reads a name as it was typed; null is none. Controls, and what changes the direction of the words around it or is not
 * seen, have no place in a name.
 */
export function readMethodName(typed: string): { readonly name: string | null } | FieldError {
  const name = typed.normalize('NFC').trim();
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) return { field: 'name', code: 'control_characters' };
  if ([...name].length > longestMethodName)
    return { field: 'name', code: 'too_long', values: { maximum: longestMethodName } };
  return { name: name === '' ? null : name };
}
