/** A user prefers a method: it comes first where a proof is asked for. It counts for no more than before. */
import type { Act } from '../act.ts';
import { eventOf } from '../act.ts';
import { MethodNotFound } from '../errors.ts';
import type { Transition } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';
import { findMethod, isVerified } from '../record.ts';

/** Prefers a verified method; the one that was preferred before no longer is. */
export function preferMethod(act: Act, methodId: string): Transition<SecurityInfoRecord, void> {
  return (record) => {
    const method = findMethod(record, methodId);
    if (method === undefined || !isVerified(method)) return { refusal: new MethodNotFound() };
    if (record.preferredMethodId === methodId) return { unchanged: true, result: undefined };
    return {
      next: { ...record, preferredMethodId: methodId },
      events: [eventOf(act, 'method_preferred', { methodType: method.type })],
      result: undefined,
    };
  };
}

/** Takes that back: none comes first. Of a method that is not the preferred one nothing changes. */
export function stopPreferring(act: Act, methodId: string): Transition<SecurityInfoRecord, void> {
  return (record) => {
    const method = findMethod(record, methodId);
    if (method === undefined) return { refusal: new MethodNotFound() };
    if (record.preferredMethodId !== methodId) return { unchanged: true, result: undefined };
    return {
      next: { ...record, preferredMethodId: null },
      events: [eventOf(act, 'method_unpreferred', { methodType: method.type })],
      result: undefined,
    };
  };
}
