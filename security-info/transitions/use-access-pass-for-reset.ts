/** An access pass opens a reset: once, beside the one registration that it is for. */
import { accessPassHash, isSamePass } from '../access-pass.ts';
import type { Act } from '../act.ts';
import { eventOf, everyKnownAddress } from '../act.ts';
import type { Change, Transition } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';
import { refusalWhenClosed } from '../wrong-proofs.ts';
import { refuseProof } from './prove.ts';

/** Judges what was typed as a pass. A form that succeeded succeeds again. */
export function useAccessPassForReset(
  act: Act,
  typed: string,
): Transition<SecurityInfoRecord, 'accepted' | 'wrong_code'> {
  return (record): Change<SecurityInfoRecord, 'accepted' | 'wrong_code'> => {
    const closed = refusalWhenClosed(record, act.asker.caller, act.now);
    if (closed) return { refusal: closed };
    const { accessPass } = record;
    const hash = accessPassHash(act.keys, typed);
    const usedBy = accessPass?.resetByFlowId ?? null;
    const isRight =
      accessPass !== null &&
      hash !== undefined &&
      accessPass.expiresAt > act.now &&
      isSamePass(accessPass.passHash, hash) &&
      (usedBy === null || usedBy === act.flow.id);
    if (!isRight) {
      const refused = refuseProof(act, record, 'access_pass', null);
      return 'next' in refused
        ? { ...refused, result: 'wrong_code' }
        : { unchanged: true, result: 'wrong_code' };
    }
    if (usedBy !== null) return { unchanged: true, result: 'accepted' };
    return {
      next: { ...record, accessPass: { ...accessPass, resetByFlowId: act.flow.id } },
      events: [eventOf(act, 'access_pass_used', { reason: 'reset', tell: everyKnownAddress(act, record) })],
      result: 'accepted',
    };
  };
}
