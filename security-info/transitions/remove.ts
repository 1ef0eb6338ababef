/** A user removes a method: what the policy needs can be replaced, not removed. */
import type { Act } from '../act.ts';
import { eventOf, everyKnownAddress } from '../act.ts';
import { MethodNeeded, MethodNotFound, MethodSetByAdmin, SecurityInfoError } from '../errors.ts';
import { contractOf } from '../methods/registry.ts';
import { permitChange } from '../permission.ts';
import type { EffectivePolicy } from '../policy.ts';
import type { Transition } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';
import { findMethod } from '../record.ts';
import { settle } from '../settle.ts';
import { countingMethods, independentCount } from '../status.ts';

/** Removes the method, and what it had replaced. */
export function remove(act: Act, methodId: string): Transition<SecurityInfoRecord, void> {
  return (record) => {
    const method = findMethod(record, methodId);
    if (method === undefined || method.replacedById !== null) return { refusal: new MethodNotFound() };
    if (!contractOf(method.type).isRegisteredByUser) return { refusal: new MethodSetByAdmin() };
    if (isNeeded(record, methodId, act.policy)) return { refusal: new MethodNeeded() };
    try {
      permitChange('remove', method.type, record, act.flow, act.policy, act.now);
    } catch (refusal) {
      if (!(refusal instanceof SecurityInfoError)) throw refusal;
      return { refusal };
    }
    const methods = record.methods.filter(
      ({ id, replacedById }) => id !== methodId && replacedById !== methodId,
    );
    const tell = everyKnownAddress(act, record);
    return {
      // Losing the last method does not reopen first registration, even where nobody had written down the first.
      next: settle(
        { ...record, methods, firstMethodAt: record.firstMethodAt ?? act.now },
        act.policy,
        act.now,
      ),
      events: [eventOf(act, 'method_removed', { methodType: method.type, tell })],
      result: undefined,
    };
  };
}

/** True when the policy would lack something without this method. */
export function isNeeded(
  record: Pick<SecurityInfoRecord, 'methods'>,
  methodId: string,
  policy: EffectivePolicy,
): boolean {
  const counted = (methods: SecurityInfoRecord['methods']): number =>
    independentCount(countingMethods(methods, policy));
  const before = counted(record.methods);
  const after = counted(record.methods.filter(({ id }) => id !== methodId));
  return after < before && after < policy.methodsToRegister;
}
