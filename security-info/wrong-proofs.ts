/**
 * The counters of wrong proofs in the record: 10 in 24 hours for each kind of caller, so that a try and its verdict
 * are one write, and a stranger cannot lock the owner out. At most 30 guesses a day exist.
 * @see NIST SP 800-63B-4 §3.2.2 (throttling)
 */
import { TooManyWrongProofs } from './errors.ts';
import type { Caller, SecurityInfoRecord } from './record.ts';

/** Wrong proofs of one kind of caller that close its counter. */
export const maximumWrongProofs = 10;
/** How long a wrong proof counts, in hours. */
export const wrongProofHours = 24;

const windowMilliseconds = wrongProofHours * 3_600_000;

/** Until when the counter of this caller is closed; null while it is open. */
export function closedUntil(
  record: Pick<SecurityInfoRecord, 'wrongProofs'>,
  caller: Caller,
  now: Date,
): Date | null {
  const counted = recent(record.wrongProofs[caller], now);
  const oldest = counted.at(-maximumWrongProofs);
  return oldest === undefined ? null : new Date(oldest.getTime() + windowMilliseconds);
}

/** The refusal while the counter of this caller is closed; null while it is open. */
export function refusalWhenClosed(
  record: Pick<SecurityInfoRecord, 'wrongProofs'>,
  caller: Caller,
  now: Date,
): TooManyWrongProofs | null {
  const until = closedUntil(record, caller, now);
  return until === null ? null : new TooManyWrongProofs({ until });
}

/** The record with one more wrong proof of this caller. */
export function countWrongProof(
  record: SecurityInfoRecord,
  caller: Caller,
  now: Date,
): { readonly next: SecurityInfoRecord; readonly hasClosed: boolean } {
  const times = [...recent(record.wrongProofs[caller], now), now].slice(-maximumWrongProofs);
  const next = { ...record, wrongProofs: { ...record.wrongProofs, [caller]: times } };
  return { next, hasClosed: closedUntil(next, caller, now) !== null };
}

function recent(times: readonly Date[], now: Date): readonly Date[] {
  const from = now.getTime() - windowMilliseconds;
  return times.filter((time) => time.getTime() > from);
}
