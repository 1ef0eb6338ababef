/** An admin takes an access pass back before it is used up or has expired. */
import type { DomainEvent } from '../../events.ts';
import type { Transition } from '../../ports.ts';
import type { SecurityInfoRecord } from '../../record.ts';

/** @returns false where there was none */
export function revokeAccessPass(event: DomainEvent): Transition<SecurityInfoRecord, boolean> {
  return (record) =>
    record.accessPass === null
      ? { unchanged: true, result: false }
      : { next: { ...record, accessPass: null }, events: [event], result: true };
}
