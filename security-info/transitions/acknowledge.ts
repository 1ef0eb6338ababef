/** 'Looks good' in a review: the method is confirmed without a proof, where that is enough (review.ts). */
import type { Act } from '../act.ts';
import { MethodNotFound, ProofRequired } from '../errors.ts';
import type { SenderAvailability } from '../policy.ts';
import type { Transition } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';
import { findMethod } from '../record.ts';
import { isMethodReachable, reviewBy } from '../review.ts';
import { settle } from '../settle.ts';
import { isDueForReview, mayCount } from '../status.ts';

/** Confirms a method that the review asks for; one that it does not ask for stays as it is. */
export function acknowledge(
  act: Act,
  methodId: string,
  senders: SenderAvailability,
): Transition<SecurityInfoRecord, void> {
  return (record) => {
    const method = findMethod(record, methodId);
    if (method === undefined || !mayCount(method, act.policy)) return { refusal: new MethodNotFound() };
    if (!isDueForReview(method, act.policy, record, act.now)) return { unchanged: true, result: undefined };
    const isReachable = isMethodReachable(act.account.id, method, act.policy, senders, act.keys);
    if (reviewBy(act.policy, isReachable) === 'prove') return { refusal: new ProofRequired() };
    const methods = record.methods.map((other) =>
      other.id === methodId ? { ...other, confirmedAt: act.now } : other,
    );
    return { next: settle({ ...record, methods }, act.policy, act.now), events: [], result: undefined };
  };
}
