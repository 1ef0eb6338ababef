/** An admin grants somebody more 'remind me later': so many, and time until when. Takes none by itself. */
import type { DomainEvent } from '../events.ts';
import type { Transition } from '../ports.ts';
import type { SecurityInfoRecord, Snooze } from '../record.ts';

const noSnooze: Snooze = {
  reason: null,
  missing: 0,
  untilAt: null,
  used: 0,
  extra: 0,
  deadlineAt: null,
  flowId: null,
};

/**
 * Adds to the number, and moves the deadline on; an earlier date does not bring it forward.
 * @param grant how many more, and until when any may last
 */
export function extendSnooze(
  grant: { readonly times: number; readonly deadlineAt: Date },
  event: DomainEvent,
): Transition<SecurityInfoRecord, void> {
  return (record) => {
    const before = record.snooze ?? noSnooze;
    const isLater = before.deadlineAt === null || before.deadlineAt < grant.deadlineAt;
    const snooze: Snooze = {
      ...before,
      extra: before.extra + grant.times,
      deadlineAt: isLater ? grant.deadlineAt : before.deadlineAt,
    };
    return { next: { ...record, snooze }, events: [event], result: undefined };
  };
}
