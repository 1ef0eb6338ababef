/** A wrong proof, of whatever kind: it is counted, and the owner is told when that closes the counter. */
import type { Act } from '../act.ts';
import { eventOf, ownMailbox } from '../act.ts';
import type { DomainEvent } from '../events.ts';
import type { MethodType, SecurityInfoRecord } from '../record.ts';
import { countWrongProof } from '../wrong-proofs.ts';

/** What a wrong proof leaves. */
export interface RefusedProof {
  readonly next: SecurityInfoRecord;
  readonly events: readonly DomainEvent[];
  readonly result: { readonly kind: 'wrong_code' };
}

/**
 * Counts a wrong proof.
 * @param reason what was to be proved, a fixed word
 * @param methodType null where it was of no method
 */
export function refuseProof(
  act: Act,
  record: SecurityInfoRecord,
  reason: string,
  methodType: MethodType | null,
): RefusedProof {
  const counted = countWrongProof(record, act.asker.caller, act.now);
  const tell = counted.hasClosed ? ownMailbox(act.account) : [];
  const type = counted.hasClosed ? 'proofs_closed' : 'proof_refused';
  const detail = { result: 'failure' as const, reason, tell, ...(methodType === null ? {} : { methodType }) };
  return { next: counted.next, events: [eventOf(act, type, detail)], result: { kind: 'wrong_code' } };
}
