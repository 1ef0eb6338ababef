/** An admin takes an access pass back: before it is used, or while whoever has used it may still go on. */
import type { DomainEvent } from '../../events.ts';
import type { Transition } from '../../ports.ts';
import type { SecurityInfoRecord } from '../../record.ts';
import { changeCredentials } from '../change-credentials.ts';

/**
 * Ends the pass. Of one that was used, every sign-in and proof from before ends, too: it may be in the wrong hands.
 * @returns false where there was none
 */
export function revokeAccessPass(event: DomainEvent, now: Date): Transition<SecurityInfoRecord, boolean> {
  return (record) => {
    const { accessPass } = record;
    if (accessPass === null) return { unchanged: true, result: false };
    const revoked = { ...record, accessPass: null };
    const isUsed = accessPass.usedByFlowId !== null || (accessPass.resetByFlowId ?? null) !== null;
    if (!isUsed) return { next: revoked, events: [event], result: true };
    const change = changeCredentials(now, [event])(revoked);
    return 'next' in change ? { ...change, result: true } : { next: revoked, events: [event], result: true };
  };
}
