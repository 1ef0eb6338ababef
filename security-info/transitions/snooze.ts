/** Somebody puts off what is asked of them: one of a bounded number, with a deadline, one per interaction. */
import type { Act } from '../act.ts';
import { eventOf } from '../act.ts';
import { SnoozeNotAllowed } from '../errors.ts';
import type { Transition } from '../ports.ts';
import type { SecurityInfoRecord } from '../record.ts';
import { missingIn, snoozeFor, snoozeOffer } from '../snooze.ts';
import { needOf } from '../status.ts';

/** Takes one snooze. A form sent twice is answered twice; where nothing is asked (any more) there is nothing to do. */
export function snooze(act: Act): Transition<SecurityInfoRecord, void> {
  return (record) => {
    const need = needOf(act.policy, record, act.now);
    if (need === null || isRepeated(act, record)) return { unchanged: true, result: undefined };
    const before = snoozeFor(record.snooze, need, act.now);
    const offer = snoozeOffer(before, need, act.policy, act.flow.id, act.now, record.mark);
    if (offer === null) return { refusal: new SnoozeNotAllowed() };
    return {
      next: {
        ...record,
        policyId: act.policy.id,
        snooze: {
          reason: need.kind,
          missing: missingIn(need),
          untilAt: offer.untilAt,
          used: (before?.used ?? 0) + 1,
          extra: before?.extra ?? 0,
          deadlineAt: offer.deadlineAt,
          flowId: act.flow.id,
        },
      },
      events: [eventOf(act, 'registration_snoozed', { reason: need.kind })],
      result: undefined,
    };
  };
}

/** This interaction's own snooze still holds: the form came twice. */
function isRepeated(act: Act, { snooze: taken }: SecurityInfoRecord): boolean {
  return taken !== null && taken.flowId === act.flow.id && taken.untilAt !== null && taken.untilAt > act.now;
}
