/** 'Remind me later': its budget and deadline, one per flow, when it is void, what an admin adds, when it begins anew. */
import { describe, expect, test } from 'vitest';
import { adminEvent } from '../../cli/admin-event.ts';
import type { Act } from '../../security-info/act.ts';
import type { Policy } from '../../security-info/policy.ts';
import type { SecurityInfoRecord, Snooze } from '../../security-info/record.ts';
import { settle } from '../../security-info/settle.ts';
import { snoozedUntil, snoozeOffer } from '../../security-info/snooze.ts';
import type { Need } from '../../security-info/status.ts';
import { signInStatus } from '../../security-info/status.ts';
import { extendSnooze } from '../../security-info/transitions/extend-snooze.ts';
import { snooze } from '../../security-info/transitions/snooze.ts';
import {
  act,
  appMethod,
  emailMethod,
  from,
  nextOf,
  now,
  policyWith,
  recordWith,
  refusalOf,
} from './sample-record.ts';

/** Three, of two days each, within five days. */
const policy = policyWith({ snoozes: 3, snoozeDays: 2, snoozeWithinDays: 5 });
const missing = (number: number): Need => ({
  kind: 'registration_required',
  required: 2,
  counted: 2 - number,
  missing: number,
});
const due = (reason: 'interval' | 'admin' | 'campaign'): Need => ({
  kind: 'reconfirmation_due',
  reason,
  dueAt: from(-1, 'days'),
});

/** The first one, taken now because one method was missing. */
function taken(fields: Partial<Snooze> = {}): Snooze {
  return {
    reason: 'registration_required',
    missing: 1,
    untilAt: from(2, 'days'),
    used: 1,
    extra: 0,
    deadlineAt: from(5, 'days'),
    flowId: 'flow',
    ...fields,
  };
}

/** Somebody with one method of two takes a snooze, so many days from now, in a flow of their own. */
function acting(days: number, fields: Partial<Policy> = {}, flowId = `flow-${days}`): Act {
  return act({
    policy: { ...policy, ...fields },
    now: from(days, 'days'),
    flow: { id: flowId, proofs: [] },
  });
}

const halfDone = recordWith([appMethod()]);
const take = (record: SecurityInfoRecord, days: number, fields?: Partial<Policy>, flowId?: string) =>
  snooze(acting(days, fields, flowId))(record);

describe('a snooze', () => {
  test('passes until it is over', () => {
    const until = from(2, 'days');
    expect(snoozedUntil(taken(), missing(1), policy, new Date(until.getTime() - 1))).toEqual(until);
    expect(snoozedUntil(taken(), missing(1), policy, until)).toBeNull();
    expect(snoozedUntil(null, missing(1), policy, now)).toBeNull();
  });

  test('is void as soon as more is missing, and not when less is', () => {
    expect(snoozedUntil(taken(), missing(2), policy, now)).toBeNull();
    expect(snoozedUntil(taken({ missing: 2 }), missing(1), policy, now)).not.toBeNull();
  });

  test('is void for a graver reason than its own, and not for a lesser', () => {
    const ofReview = taken({ reason: 'reconfirmation_due', missing: 0 });
    expect(snoozedUntil(ofReview, missing(1), policy, now)).toBeNull();
    expect(snoozedUntil(ofReview, due('interval'), policy, now)).not.toBeNull();
    expect(snoozedUntil(taken(), due('interval'), policy, now)).not.toBeNull();
  });

  test('does not hold against an admin’s mark, but against a campaign', () => {
    const ofReview = taken({ reason: 'reconfirmation_due', missing: 0 });
    expect(snoozedUntil(ofReview, due('admin'), policy, now)).toBeNull();
    expect(snoozedUntil(ofReview, due('campaign'), policy, now)).not.toBeNull();
  });

  test('is void once the policy has none any more, unless an admin has granted some', () => {
    const off = { ...policy, snoozes: 0 };
    expect(snoozedUntil(taken(), missing(1), off, now)).toBeNull();
    expect(snoozedUntil(taken({ extra: 1 }), missing(1), off, now)).not.toBeNull();
  });

  test('turns what is asked into a status that passes, and says what it puts off', () => {
    const subject = { accountId: 'ada', groups: [], isAdmin: false };
    const next = nextOf(take(halfDone, 0));
    expect(signInStatus(policy, next, subject, null, from(1, 'days'))).toEqual({
      kind: 'snoozed',
      need: missing(1),
      untilAt: from(2, 'days'),
    });
    expect(signInStatus(policy, next, subject, null, from(2, 'days'))).toEqual(missing(1));
  });
});

describe('the offer', () => {
  const offer = (snoozed: Snooze | null, fields: Partial<Policy> = {}, at = now, need = missing(1)) =>
    snoozeOffer(snoozed, need, { ...policy, ...fields }, 'other flow', at);

  test('says how many are left, until when this one lasts and any may', () => {
    const deadlineAt = from(5, 'days');
    expect(offer(null)).toEqual({ left: 3, untilAt: from(2, 'days'), deadlineAt });
    expect(offer(taken())).toEqual({ left: 2, untilAt: from(2, 'days'), deadlineAt });
    expect(offer(taken({ used: 2 }), {}, from(4, 'days'))).toEqual({
      left: 1,
      untilAt: deadlineAt,
      deadlineAt,
    });
  });

  test('ends with the number, and with the deadline, whatever the policy says by then', () => {
    expect(offer(taken({ used: 3 }))).toBeNull();
    expect(offer(taken(), {}, from(5, 'days'))).toBeNull();
    expect(offer(taken(), { snoozeWithinDays: 90 }, from(5, 'days'))).toBeNull();
    expect(offer(taken(), { snoozes: 1 })).toBeNull();
    expect(offer(null, { snoozes: 0 })).toBeNull();
  });

  test('is none against an admin’s mark', () => {
    expect(offer(null, {}, now, due('admin'))).toBeNull();
    expect(offer(null, {}, now, due('campaign'))).not.toBeNull();
  });

  test('is none in the flow that has taken one', () => {
    expect(snoozeOffer(taken(), missing(1), policy, 'flow', from(3, 'days'))).toBeNull();
  });
});

describe('taking one', () => {
  test('writes down what it puts off, and tells the audit log', () => {
    const change = take(halfDone, 0);
    expect(nextOf(change)).toMatchObject({ policyId: 'default', snooze: taken({ flowId: 'flow-0' }) });
    expect('events' in change && change.events).toMatchObject([
      { type: 'registration_snoozed', reason: 'registration_required', notify: [] },
    ]);
    const review = recordWith([
      appMethod({ confirmedAt: from(-300, 'days') }),
      emailMethod({ confirmedAt: from(-300, 'days') }),
    ]);
    expect(nextOf(take(review, 0)).snooze).toMatchObject({ reason: 'reconfirmation_due', missing: 0 });
  });

  test('goes on until the number or the time is used up, the deadline fixed by the first', () => {
    const first = nextOf(take(halfDone, 0));
    const second = nextOf(take(first, 2));
    expect(second.snooze).toEqual(taken({ used: 2, untilAt: from(4, 'days'), flowId: 'flow-2' }));
    const third = nextOf(take(second, 4));
    expect(third.snooze).toMatchObject({ used: 3, untilAt: from(5, 'days') });
    expect(refusalOf(take(third, 4.5))).toBe('snooze_not_allowed');
    expect(refusalOf(take(second, 5))).toBe('snooze_not_allowed');
  });

  test('of a form that was sent twice is one', () => {
    const first = nextOf(take(halfDone, 0));
    expect(take(first, 0)).toEqual({ unchanged: true, result: undefined });
    expect(refusalOf(take(first, 2, {}, 'flow-0'))).toBe('snooze_not_allowed');
  });

  test('that became void gives nothing back: the next is the second', () => {
    const first = nextOf(take(halfDone, 0));
    const again = nextOf(take({ ...first, methods: [] }, 1));
    expect(again.snooze).toMatchObject({ missing: 2, used: 2, deadlineAt: from(5, 'days') });
  });

  test('is nothing where nothing is asked', () => {
    const done = recordWith([appMethod(), emailMethod()]);
    expect(take(done, 0)).toEqual({ unchanged: true, result: undefined });
  });

  test('is refused where the policy has none, and against an admin’s mark', () => {
    expect(refusalOf(take(halfDone, 0, { snoozes: 0 }))).toBe('snooze_not_allowed');
    const marked = recordWith([appMethod(), emailMethod()], { mark: { by: 'admin', at: now } });
    expect(refusalOf(take(marked, 0))).toBe('snooze_not_allowed');
  });
});

describe('an admin’s grant', () => {
  const event = adminEvent('snooze_extended', now, { accountId: 'ada' });
  const grant = (record: SecurityInfoRecord, times: number, days: number) =>
    extendSnooze({ times, deadlineAt: from(days, 'days'), policyDeadlineAt: from(3, 'days') }, event)(record);

  test('adds to what there is, under a policy without any too, and takes none', () => {
    const change = grant(halfDone, 2, 9);
    expect('events' in change && change.events).toEqual([event]);
    const granted = nextOf(change);
    expect(granted.snooze).toEqual({
      reason: null,
      missing: 0,
      untilAt: null,
      used: 0,
      extra: 2,
      deadlineAt: from(9, 'days'),
      flowId: null,
    });
    const off = { ...policy, snoozes: 0 };
    expect(snoozedUntil(granted.snooze, missing(1), off, now)).toBeNull();
    const offer = snoozeOffer(granted.snooze, missing(1), off, 'flow', now);
    expect(offer).toMatchObject({ left: 2, deadlineAt: from(9, 'days') });
    const first = nextOf(take(granted, 0, { snoozes: 0 }));
    expect(first.snooze).toMatchObject({ used: 1, extra: 2, deadlineAt: from(9, 'days') });
    expect(nextOf(grant(first, 3, 1)).snooze).toMatchObject({ used: 1, extra: 5, untilAt: from(2, 'days') });
  });

  test('moves the deadline on, and never forward', () => {
    const first = nextOf(take(halfDone, 0));
    expect(nextOf(grant(first, 1, 8)).snooze?.deadlineAt).toEqual(from(8, 'days'));
    expect(nextOf(grant(first, 1, 4)).snooze?.deadlineAt).toEqual(from(5, 'days'));
  });

  test('leaves the time that the policy would give by itself', () => {
    expect(nextOf(grant(halfDone, 1, 1)).snooze?.deadlineAt).toEqual(from(3, 'days'));
  });

  test('opens what was used up', () => {
    const usedUp = { ...halfDone, snooze: taken({ used: 3, untilAt: from(-1, 'days') }) };
    expect(refusalOf(take(usedUp, 0))).toBe('snooze_not_allowed');
    expect(nextOf(take(nextOf(grant(usedUp, 1, 9)), 0)).snooze).toMatchObject({ used: 4, extra: 1 });
  });
});

test('once everything is done it begins anew the next time, and while something is missing it does not', () => {
  const first = nextOf(take(halfDone, 0));
  expect(settle(first, policy, from(1, 'days')).snooze).toEqual(first.snooze);
  const done = settle({ ...first, methods: [appMethod(), emailMethod()] }, policy, from(1, 'days'));
  expect(done.snooze).toBeNull();
  const asked = nextOf(take(nextOf(take({ ...done, methods: [appMethod()] }, 100)), 102));
  expect(asked.snooze).toMatchObject({ used: 2, deadlineAt: from(105, 'days') });
});

test('a review that is still due keeps it, one that is done ends it', () => {
  const old = { confirmedAt: from(-300, 'days') };
  const put = taken({ reason: 'reconfirmation_due', missing: 0 });
  const half = recordWith([appMethod(old), emailMethod()], { snooze: put });
  expect(settle(half, policy, now).snooze).toEqual(put);
  const whole = recordWith([appMethod({ confirmedAt: now }), emailMethod()], { snooze: put });
  expect(settle(whole, policy, now).snooze).toBeNull();
});
