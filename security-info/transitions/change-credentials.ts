/**
 * The credentials of an account change: sessions and tokens from before are refused. Used before a password is written
 * and again after it, so that no session slips through in between; writing the password is the directory's.
 */
import type { DomainEvent } from '../events.ts';
import type { Transition } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';

/**
 * Raises `credentialsChangedAt` to the next whole second, with the events in the same write. It never goes back.
 * @returns from when on a session counts as newer
 */
export function changeCredentials(
  now: Date,
  events: readonly DomainEvent[],
): Transition<SecurityInfoRecord, Date> {
  return (record) => {
    const next = nextWholeSecond(now);
    const before = record.credentialsChangedAt;
    const credentialsChangedAt = before !== null && before > next ? before : next;
    return { next: { ...record, credentialsChangedAt }, events, result: credentialsChangedAt };
  };
}

/**
 * The protocol counts in seconds: a session of this very second, begun before the change, looks as old as one begun
 * after it, so only the next second is newer. @see OpenID Connect Core 1.0 §2, `auth_time`
 */
function nextWholeSecond(now: Date): Date {
  return new Date((Math.floor(now.getTime() / 1000) + 1) * 1000);
}
