/**
 * What a reset takes: which methods can prove for it, what is independent of what was proved, how many gates there are.
 * What is cooling off resets nothing; the method that it replaced still can.
 */
import { isReachable, policiesInForce, usableChannels } from './effective-policy.ts';
import { contractOf } from './methods/registry.ts';
import type { EffectivePolicy, PolicySet, SenderAvailability } from './policy.ts';
import type { FlowProof } from './ports.ts';
import type { Channel, Method, MethodType, SecurityInfoRecord, SignInMethod } from './record.ts';
import { findMethod, methodTypes } from './record.ts';
import { isWantedAnew } from './status.ts';

/** How long the proofs of a reset hold. */
export const resetMinutes = 15;

/** A type that the first gate offers, the same to everybody. */
export interface ResetOffer {
  readonly type: MethodType;
  /** How a code can go out; empty where none is sent. */
  readonly channels: readonly Channel[];
}

/** What the first gate offers: every type that any policy allows. Questions are asked at the second gate only. */
export function firstGateOffers(policies: PolicySet, senders: SenderAvailability): readonly ResetOffer[] {
  const inForce = policiesInForce(policies);
  return methodTypes.flatMap((type) => {
    const allowing = inForce.filter(({ methods }) => methods.includes(type));
    const { proof } = contractOf(type);
    if (allowing.length === 0 || proof === 'answers') return [];
    const channels = [...new Set(allowing.flatMap((policy) => usableChannels(type, policy, senders)))];
    return proof === 'sent_code' && channels.length === 0 ? [] : [{ type, channels }];
  });
}

/** The methods that can prove for a reset now. */
export function methodsForReset<M extends SignInMethod>(
  record: { readonly methods: readonly M[] },
  policy: EffectivePolicy,
  now: Date,
): M[] {
  return record.methods.filter(
    (method) =>
      method.verifiedAt !== null &&
      !isCoolingOff(method, now) &&
      isStillThere(record, method, now) &&
      policy.methods.includes(method.type) &&
      contractOf(method.type).isEnough(method, policy) &&
      !isWantedAnew(method),
  );
}

/** A method that another one has replaced is there as long as that one is cooling off. */
function isStillThere(
  record: { readonly methods: readonly SignInMethod[] },
  method: SignInMethod,
  now: Date,
): boolean {
  if (method.replacedById === null) return true;
  const successor = record.methods.find(({ id }) => id === method.replacedById);
  return successor !== undefined && isCoolingOff(successor, now);
}

function isCoolingOff({ coolingOffUntilAt }: Pick<Method, 'coolingOffUntilAt'>, now: Date): boolean {
  return coolingOffUntilAt !== null && coolingOffUntilAt > now;
}

/** The proofs of a reset that still hold: recent, and of methods that can still prove. */
export function resetProofs(
  record: SecurityInfoRecord,
  flow: { readonly id: string; readonly proofs: readonly FlowProof[] },
  policy: EffectivePolicy,
  now: Date,
): readonly FlowProof[] {
  const from = now.getTime() - resetMinutes * 60_000;
  const usable = new Set(methodsForReset(record, policy, now).map(({ id }) => id));
  return flow.proofs.filter(({ at, by, methodId }) => {
    if (at.getTime() < from) return false;
    if (by === 'access_pass') return record.accessPass?.resetByFlowId === flow.id;
    return methodId !== null && usable.has(methodId);
  });
}

/** Where a reset stands. */
export type ResetProgress =
  | { readonly kind: 'first_gate' }
  /** `choices` may be empty: nothing that is registered is independent of the first proof. */
  | { readonly kind: 'second_gate'; readonly choices: readonly Method[] }
  | { readonly kind: 'open' };

/** Where a reset stands with these proofs: an access pass opens both gates. */
export function resetProgress(
  record: SecurityInfoRecord,
  proofs: readonly FlowProof[],
  policy: EffectivePolicy,
  senders: SenderAvailability,
  now: Date,
): ResetProgress {
  if (proofs.some(({ by }) => by === 'access_pass')) return { kind: 'open' };
  const proved = proofs.flatMap(({ methodId }) =>
    methodId === null ? [] : (findMethod(record, methodId) ?? []),
  );
  const first = proved.find(({ type }) => contractOf(type).proof !== 'answers');
  if (first === undefined) return { kind: 'first_gate' };
  if (policy.methodsToReset < 2 || proved.some((method) => isIndependent(first, method)))
    return { kind: 'open' };
  const choices = methodsForReset(record, policy, now).filter(
    (method) => isIndependent(first, method) && isReachable(method.type, policy, senders),
  );
  return { kind: 'second_gate', choices };
}

/** Two methods of one type, or on one line or mailbox, are one. */
export function isIndependent(
  first: Pick<Method, 'type' | 'addressHash'>,
  second: Pick<Method, 'type' | 'addressHash'>,
): boolean {
  return (
    first.type !== second.type && (first.addressHash === null || first.addressHash !== second.addressHash)
  );
}
