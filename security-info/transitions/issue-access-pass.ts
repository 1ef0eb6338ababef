/** An admin issues an access pass: it takes the place of an earlier one, used or not. */
import type { DomainEvent } from '../events.ts';
import type { Transition } from '../ports.ts';
import type { AccessPass, SecurityInfoRecord } from '../record.ts';

/** Puts the pass into the record, with its event in the same write. */
export function issueAccessPass(pass: AccessPass, event: DomainEvent): Transition<SecurityInfoRecord, void> {
  return (record) => ({ next: { ...record, accessPass: pass }, events: [event], result: undefined });
}
