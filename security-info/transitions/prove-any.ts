/**
 * A code at the first gate of a reset, for whichever of some methods it is right: one try, whatever their number, and
 * one even where there is none, so that an account without methods answers like one whose code was wrong.
 */
import type { Act } from '../act.ts';
import type { Change, Transition } from '../ports.ts';
import type { MethodType, SecurityInfoRecord } from '../record.ts';
import { refusalWhenClosed } from '../wrong-proofs.ts';
import { type ProofOutcome, prove } from './prove.ts';
import { refuseProof } from './refuse-proof.ts';

const ofReset = { purpose: 'reset', mayBeReplaced: true } as const;

/** Judges the code against each method in turn; the first that it is right for is proved. */
export function proveAny(
  act: Act,
  methodIds: readonly string[],
  code: string,
  type: MethodType,
): Transition<SecurityInfoRecord, ProofOutcome> {
  return (record): Change<SecurityInfoRecord, ProofOutcome> => {
    const closed = refusalWhenClosed(record, act.asker.caller, act.now);
    if (closed) return { refusal: closed };
    let wrong: Change<SecurityInfoRecord, ProofOutcome> | null = null;
    for (const methodId of methodIds) {
      const change = prove(act, methodId, code, ofReset)(record);
      if ('refusal' in change) continue;
      if (change.result.kind !== 'wrong_code') return change;
      wrong ??= change;
    }
    return wrong ?? refuseProof(act, record, 'reset', type);
  };
}
