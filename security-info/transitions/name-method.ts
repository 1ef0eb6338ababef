/** A user names a method, so as to tell it from others. A name is never an address and proves nothing. */
import type { Act } from '../act.ts';
import { eventOf } from '../act.ts';
import { InvalidInput, MethodNotFound } from '../errors.ts';
import { readMethodName } from '../methods/method-name.ts';
import type { Transition } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';
import { findMethod } from '../record.ts';

/** Gives a method the name, or none where it is empty. The same name again changes nothing. */
export function nameMethod(act: Act, methodId: string, typed: string): Transition<SecurityInfoRecord, void> {
  return (record) => {
    const method = findMethod(record, methodId);
    if (method === undefined || method.replacedById !== null) return { refusal: new MethodNotFound() };
    const read = readMethodName(typed);
    if ('field' in read) return { refusal: new InvalidInput([read]) };
    const given = read.name;
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
