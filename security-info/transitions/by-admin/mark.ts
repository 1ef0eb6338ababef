/** An admin wants an account to reconfirm now, or takes that back. What a campaign or the interval asks stays theirs. */
import type { DomainEvent } from '../../events.ts';
import type { Transition } from '../../ports.ts';
import type { SecurityInfoRecord } from '../../record.ts';

/** Marks the account; a mark of the interval or of a campaign gives way, an admin's is renewed. */
export function markByAdmin(event: DomainEvent, now: Date): Transition<SecurityInfoRecord, void> {
  return (record) => ({
    next: { ...record, mark: { by: 'admin', at: now } },
    events: [event],
    result: undefined,
  });
}

/** Takes an admin's mark back. @returns false where there was none */
export function unmarkByAdmin(event: DomainEvent): Transition<SecurityInfoRecord, boolean> {
  return (record) =>
    record.mark?.by === 'admin'
      ? { next: { ...record, mark: null }, events: [event], result: true }
      : { unchanged: true, result: false };
}
