/** A user names a method, so as to tell it from others. A name is never an address and proves nothing. */
import type { Act } from '../act.ts';
import { eventOf } from '../act.ts';
import { type FieldError, InvalidInput, MethodNotFound } from '../errors.ts';
import type { Transition } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';
import { findMethod } from '../record.ts';

/** In characters. */
export const longestMethodName = 40;

/** Gives a method the name, or none where it is empty. The same name again changes nothing. */
export function nameMethod(act: Act, methodId: string, typed: string): Transition<SecurityInfoRecord, void> {
  return (record) => {
    const method = findMethod(record, methodId);
    if (method === undefined || method.replacedById !== null) return { refusal: new MethodNotFound() };
    const name = typed.normalize('NFC').trim();
    const problem = problemOf(name);
    if (problem !== undefined) return { refusal: new InvalidInput([problem]) };
    const given = name === '' ? null : name;
    if (method.name === given) return { unchanged: true, result: undefined };
    const methods = record.methods.map((other) =>
      other.id === methodId ? { ...other, name: given } : other,
    );
    return {
      next: { ...record, methods },
      events: [eventOf(act, 'method_renamed', { methodType: method.type })],
      result: undefined,
    };
  };
}

/** Controls, and what changes the direction of the words around it, have no place in a name. */
function problemOf(name: string): FieldError | undefined {
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) return { field: 'name', code: 'control_characters' };
  if ([...name].length > longestMethodName)
    return { field: 'name', code: 'too_long', values: { maximum: longestMethodName } };
  return undefined;
}
