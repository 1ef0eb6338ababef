/**
 * An access pass is used: once to register, standing for a proof where no method can be proved, and once to choose a
 * new password; each in one flow.
 */
import { accessPassHash, isSamePass } from '../access-pass.ts';
import type { Act } from '../act.ts';
import { eventOf, everyKnownAddress } from '../act.ts';
import type { Change, Transition } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';
import { refusalWhenClosed } from '../wrong-proofs.ts';
import { refuseProof } from './refuse-proof.ts';

/** What a pass is used for. */
export type AccessPassUse = 'register' | 'reset';

/** What became of it. */
export type AccessPassOutcome = 'accepted' | 'wrong_code';

/** Where a pass keeps the flow that used it. */
const flowIdOf = { register: 'usedByFlowId', reset: 'resetByFlowId' } as const;

/** Judges what was typed as a pass, and uses the pass up for this. A form that succeeded succeeds again. */
export function useAccessPass(
  act: Act,
  typed: string,
  use: AccessPassUse,
): Transition<SecurityInfoRecord, AccessPassOutcome> {
  return (record): Change<SecurityInfoRecord, AccessPassOutcome> => {
    const closed = refusalWhenClosed(record, act.asker.caller, act.now);
    if (closed) return { refusal: closed };
    const { accessPass } = record;
    const hash = accessPassHash(act.keys, typed);
    const usedBy = accessPass?.[flowIdOf[use]] ?? null;
    const isRight =
      accessPass !== null &&
      hash !== undefined &&
      accessPass.expiresAt > act.now &&
      isSamePass(accessPass.passHash, hash) &&
      (usedBy === null || usedBy === act.flow.id);
    if (!isRight) return { ...refuseProof(act, record, 'access_pass', null), result: 'wrong_code' };
    if (usedBy !== null) return { unchanged: true, result: 'accepted' };
    const reason = use === 'reset' ? { reason: 'reset' } : {};
    return {
      next: { ...record, accessPass: { ...accessPass, [flowIdOf[use]]: act.flow.id } },
      events: [eventOf(act, 'access_pass_used', { ...reason, tell: everyKnownAddress(act, record) })],
      result: 'accepted',
    };
  };
}
