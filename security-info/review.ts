/** What an open review takes of a method: 'looks good', or a proof where the policy wants one and one can be given. */
import { isReachable } from './effective-policy.ts';
import type { EffectivePolicy, SenderAvailability } from './policy.ts';
import type { DataKeys } from './ports.ts';
import type { Method } from './record.ts';
import { openAddress } from './sealing.ts';

/** What is enough in a review. */
export type ReviewBy = EffectivePolicy['review'];

/** True where a code can reach the method now, or none has to. */
export function isMethodReachable(
  accountId: string,
  method: Method,
  policy: EffectivePolicy,
  senders: SenderAvailability,
  keys: DataKeys,
): boolean {
  return isReachable(method.type, policy, senders, openAddress(keys, accountId, method));
}

/**
 * What the review takes of a verified method. One that no code can reach now cannot be proved, nor, where an admin set
 * it, be changed: asking its user for proof would stop them for ever, so 'looks good' is enough.
 */
export function reviewBy(policy: Pick<EffectivePolicy, 'review'>, isReachableNow: boolean): ReviewBy {
  return isReachableNow ? policy.review : 'acknowledge';
}
