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

/** What an admin grants. */
export interface SnoozeGrant {
  /** How many more. */
  readonly times: number;
  /** Until when any may last. */
  readonly deadlineAt: Date;
  /** Until when the policy alone would let them last, if the first were taken now. */
  readonly policyDeadlineAt: Date;
}

/** Adds to the number, and moves the deadline on; an earlier date does not bring it forward. */
export function extendSnooze(grant: SnoozeGrant, event: DomainEvent): Transition<SecurityInfoRecord, void> {
  return (record) => {
    const before = record.snooze ?? noSnooze;
    const known = before.deadlineAt ?? grant.policyDeadlineAt;
    const deadlineAt = known < grant.deadlineAt ? grant.deadlineAt : known;
    const snooze: Snooze = { ...before, extra: before.extra + grant.times, deadlineAt };
    return { next: { ...record, snooze }, events: [event], result: undefined };
  };
}
