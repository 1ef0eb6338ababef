/** An access pass is used: once, in one flow; it stands for a proof where no method can be proved. */
import { accessPassHash, isSamePass } from '../access-pass.ts';
import type { Act } from '../act.ts';
import { eventOf, everyKnownAddress, ownMailbox } from '../act.ts';
import type { Change, Transition } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';
import { countWrongProof, refusalWhenClosed } from '../wrong-proofs.ts';

/** Judges what was typed as a pass, and uses the pass up. A form that succeeded succeeds again. */
export function useAccessPass(
  act: Act,
  typed: string,
): Transition<SecurityInfoRecord, 'accepted' | 'wrong_code'> {
  return (record): Change<SecurityInfoRecord, 'accepted' | 'wrong_code'> => {
    const closed = refusalWhenClosed(record, act.asker.caller, act.now);
    if (closed) return { refusal: closed };
    const { accessPass } = record;
    const hash = accessPassHash(act.keys, typed);
    const isRight =
      accessPass !== null &&
      hash !== undefined &&
      accessPass.expiresAt > act.now &&
      isSamePass(accessPass.passHash, hash) &&
      (accessPass.usedByFlowId === null || accessPass.usedByFlowId === act.flow.id);
    if (!isRight) {
      const counted = countWrongProof(record, act.asker.caller, act.now);
      const tell = counted.hasClosed ? ownMailbox(act.account) : [];
      const type = counted.hasClosed ? 'proofs_closed' : 'proof_refused';
      return {
        next: counted.next,
        events: [eventOf(act, type, { result: 'failure', reason: 'access_pass', tell })],
        result: 'wrong_code',
      };
    }
    if (accessPass.usedByFlowId !== null) return { unchanged: true, result: 'accepted' };
    return {
      next: { ...record, accessPass: { ...accessPass, usedByFlowId: act.flow.id } },
      events: [eventOf(act, 'access_pass_used', { tell: everyKnownAddress(act, record) })],
      result: 'accepted',
    };
  };
}
