/** An admin opens the counters of wrong proofs of an account. Password delays are throttles, and not in the record. */
import type { DomainEvent } from '../events.ts';
import type { Transition } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';

/** Empties every counter of wrong proofs; the event is written even where none was closed, for an admin acted. */
export function unlockProofs(event: DomainEvent): Transition<SecurityInfoRecord, void> {
  return (record) => ({
    next: { ...record, wrongProofs: { stranger: [], known_browser: [], signed_in: [] } },
    events: [event],
    result: undefined,
  });
}
