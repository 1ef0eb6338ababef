/** What every write of a record leaves in order: what has expired goes, what is derived is computed anew. */
import type { EffectivePolicy } from './policy.ts';
import type { SecurityInfoRecord, Snooze } from './record.ts';
import { findMethod } from './record.ts';
import { countingMethods, isMarkMet, needOf, oldestConfirmation } from './status.ts';

/** The record as it is to be written after a change. */
export function settle(record: SecurityInfoRecord, policy: EffectivePolicy, now: Date): SecurityInfoRecord {
  const methods = record.methods.filter((method) => {
    if (method.replacedById === null) return true;
    // A replaced method stays as long as its successor is cooling off: it can still undo the change.
    const successor = findMethod(record, method.replacedById);
    return (
      successor !== undefined && successor.coolingOffUntilAt !== null && successor.coolingOffUntilAt > now
    );
  });
  const counting = countingMethods(methods, policy);
  const { mark } = record;
  const firstMethodAt = record.firstMethodAt ?? (methods.length > 0 ? now : null);
  const nextMark = mark !== null && isMarkMet(mark, counting) ? null : mark;
  return {
    ...record,
    policyId: policy.id,
    methods,
    challenges: record.challenges.filter(({ expiresAt }) => expiresAt > now),
    mark: nextMark,
    snooze: needOf(policy, { methods, mark: nextMark }, now) === null ? grantedAhead(record) : record.snooze,
    preferredMethodId: methods.some(({ id }) => id === record.preferredMethodId)
      ? record.preferredMethodId
      : null,
    accessPass: record.accessPass !== null && record.accessPass.expiresAt > now ? record.accessPass : null,
    firstMethodAt,
    oldestConfirmedAt: oldestConfirmation(counting),
  };
}

/** Done, so what was put off is over, and may be put off anew the next time; what was granted for then stays. */
function grantedAhead({ snooze }: SecurityInfoRecord): Snooze | null {
  return snooze !== null && snooze.reason === null ? snooze : null;
}
