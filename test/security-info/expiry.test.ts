/** What in a record has expired, and when it is to be looked at again. */
import { describe, expect, test } from 'vitest';
import { type Expired, hasUndecidedSnooze, nextExpiry, withoutExpired } from '../../security-info/expiry.ts';
import type { Challenge, SecurityInfoRecord, Snooze } from '../../security-info/record.ts';
import { appMethod, emailMethod, from, now, policyWith, recordWith } from './sample-record.ts';

const nothing: Expired = { challenges: 0, accessPasses: 0, replacedMethods: 0, snoozes: 0 };

function challenge(id: string, expiresAt: Date): Challenge {
  const bound = { purpose: 'prove', methodType: 'email', destinationHash: id, channel: 'mail' } as const;
  return { ...bound, id, issuedAt: now, expiresAt, tries: 0, sends: 1 };
}

function pass(expiresAt: Date): SecurityInfoRecord['accessPass'] {
  return { passHash: 'x', issuedAt: from(-1, 'days'), expiresAt, usedByFlowId: null };
}

function snoozed(fields: Partial<Snooze> = {}): Snooze {
  const dates = { untilAt: from(-9, 'days'), deadlineAt: now };
  const rest = { missing: 1, used: 3, extra: 0, flowId: 'f' };
  return { reason: 'registration_required', ...dates, ...rest, ...fields };
}

const judged = (record: SecurityInfoRecord, policy = policyWith({ methodsToRegister: 2 })) =>
  withoutExpired(record, policy, now);

test('takes out challenges and passes at the moment they expire, and nothing that lives', () => {
  const living = challenge('b', from(1, 'seconds'));
  const record = recordWith([emailMethod()], {
    challenges: [challenge('a', now), living],
    accessPass: pass(now),
  });
  const { next, expired } = judged(record) ?? {};
  expect(expired).toEqual({ ...nothing, challenges: 1, accessPasses: 1 });
  expect(next).toEqual({ ...record, challenges: [living], accessPass: null });
  const alive = recordWith([emailMethod()], {
    challenges: [living],
    accessPass: pass(from(1, 'seconds')),
  });
  expect(judged(alive)).toBeNull();
});

describe('a replaced method', () => {
  const replaced = appMethod({ id: 'old', replacedById: 'app' });

  test('goes once its successor has cooled off, and is not the preferred one then', () => {
    const record = recordWith([replaced, appMethod({ coolingOffUntilAt: now })], {
      preferredMethodId: 'old',
    });
    const { next, expired } = judged(record) ?? {};
    expect(expired).toEqual({ ...nothing, replacedMethods: 1 });
    expect(next?.methods.map(({ id }) => id)).toEqual(['app']);
    expect(next?.preferredMethodId).toBeNull();
  });

  test('stays as long as it can undo the change', () => {
    const successor = appMethod({ coolingOffUntilAt: from(1, 'seconds') });
    const record = recordWith([replaced, successor]);
    expect(judged(record)).toBeNull();
    expect(nextExpiry(record, now)).toEqual(from(1, 'seconds'));
  });

  test('is not waited for where its successor is gone', () => {
    expect(judged(recordWith([replaced, emailMethod()]))?.expired.replacedMethods).toBe(1);
    expect(nextExpiry(recordWith([replaced, emailMethod()]), now)).toEqual(new Date(0));
  });
});

describe('a snooze past its deadline', () => {
  test('stays while what it put off is asked: else there would be more of it', () => {
    expect(judged(recordWith([emailMethod()], { snooze: snoozed() }))).toBeNull();
  });

  test.each<[string, Partial<Snooze>, number]>([
    ['what it put off is asked no more', {}, 1],
    ['it was granted and never begun', { reason: null, untilAt: null }, 2],
  ])('goes where %s', (_, fields, methodsToRegister) => {
    const record = recordWith([emailMethod()], { snooze: snoozed(fields) });
    const { next, expired } = judged(record, policyWith({ methodsToRegister })) ?? {};
    expect(expired).toEqual({ ...nothing, snoozes: 1 });
    expect(next?.snooze).toBeNull();
  });

  test('stays where the policy is not known, unless it was never begun', () => {
    expect(withoutExpired(recordWith([], { snooze: snoozed() }), null, now)).toBeNull();
    const granted = recordWith([], { snooze: snoozed({ reason: null }) });
    expect(withoutExpired(granted, null, now)?.expired.snoozes).toBe(1);
  });

  test('asks for the policy only where it decides', () => {
    const asks = (snooze: Snooze | null) => hasUndecidedSnooze({ snooze }, now);
    expect(asks(snoozed())).toBe(true);
    expect([null, snoozed({ reason: null }), snoozed({ deadlineAt: from(1, 'seconds') })].some(asks)).toBe(
      false,
    );
  });
});

test('a snooze before its deadline stays, whatever the policy', () => {
  const record = recordWith([emailMethod()], { snooze: snoozed({ deadlineAt: from(1, 'seconds') }) });
  expect(judged(record, policyWith({ methodsToRegister: 1 }))).toBeNull();
});

test('is looked at when the first of it expires, a month later where it stays, and never where nothing does', () => {
  expect(nextExpiry(recordWith([emailMethod()]), now)).toBeNull();
  const all = recordWith([], {
    challenges: [challenge('a', from(5, 'minutes')), challenge('b', from(4, 'minutes'))],
    accessPass: pass(from(1, 'hours')),
    snooze: snoozed({ deadlineAt: from(2, 'days') }),
  });
  expect(nextExpiry(all, now)).toEqual(from(4, 'minutes'));
  expect(nextExpiry({ ...all, challenges: [] }, now)).toEqual(from(1, 'hours'));
  expect(nextExpiry({ ...all, challenges: [], accessPass: null }, now)).toEqual(from(2, 'days'));
  expect(nextExpiry(recordWith([], { snooze: snoozed() }), now)).toEqual(from(30, 'days'));
});
