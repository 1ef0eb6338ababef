/** An admin wants an account's methods proved anew: none counts until its user has, and none is deleted. */
import type { DomainEvent } from '../../events.ts';
import type { EffectivePolicy } from '../../policy.ts';
import type { Transition } from '../../ports.ts';
import type { SecurityInfoRecord } from '../../record.ts';
import { settle } from '../../settle.ts';

/** @returns how many methods are to be proved anew */
export function requireRegistration(
  policy: EffectivePolicy,
  event: DomainEvent,
  now: Date,
): Transition<SecurityInfoRecord, number> {
  return (record) => {
    const methods = record.methods.map((method) => ({ ...method, proveAnewAt: now }));
    return {
      next: settle({ ...record, methods }, policy, now),
      events: [event],
      result: methods.filter(({ replacedById }) => replacedById === null).length,
    };
  };
}
