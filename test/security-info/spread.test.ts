/** A change of policy spread over days: everybody has a day of their own, and nobody is due later than before it. */
import { describe, expect, test } from 'vitest';
import { effectivePolicy } from '../../security-info/effective-policy.ts';
import { InvalidPolicy } from '../../security-info/errors.ts';
import { defaultPolicy, type EffectivePolicy } from '../../security-info/policy.ts';
import { parsePolicy } from '../../security-info/policy-validation.ts';
import { isSpreadOpen, spreadDay } from '../../security-info/spread.ts';
import { signInStatus } from '../../security-info/status.ts';
import { appMethod, emailMethod, from, now, policyWith } from './sample-record.ts';

const settings = { id: 'default', spreadFrom: '2026-03-01', spreadDays: 20 };
const ids = Array.from({ length: 2000 }, (_, number) => `account-${number}`);

describe('the day of an account', () => {
  test('is one of the days of the spread, at midnight, and the same each time', () => {
    const first = Date.parse('2026-03-01T00:00:00Z');
    for (const id of ids) {
      const day = (Number(spreadDay(settings, id)) - first) / 86_400_000;
      expect(Number.isInteger(day) && day >= 0 && day < 20).toBe(true);
      expect(spreadDay(settings, id)).toEqual(spreadDay({ ...settings }, id));
    }
  });

  test('has its share of all accounts, and another in another spread', () => {
    const counts = new Map<number, number>();
    for (const id of ids) {
      const day = Number(spreadDay(settings, id));
      counts.set(day, (counts.get(day) ?? 0) + 1);
    }
    expect(counts.size).toBe(20);
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(40);
    const moved = ids.filter((id) => {
      const later = spreadDay({ ...settings, spreadFrom: '2026-03-02' }, id);
      return Number(later) - Number(spreadDay(settings, id)) !== 86_400_000;
    });
    expect(moved.length).toBeGreaterThan(1500);
  });

  test('is none without a spread', () => {
    expect(spreadDay({ ...settings, spreadDays: 0 }, 'ada')).toBeNull();
    expect(spreadDay({ ...settings, spreadFrom: null }, 'ada')).toBeNull();
    expect(isSpreadOpen({ ...settings, spreadFrom: null }, now)).toBe(false);
    expect(isSpreadOpen(settings, now)).toBe(true);
    expect(isSpreadOpen(settings, new Date('2026-03-21T00:00:00Z'))).toBe(false);
  });
});

function statusOf(days: number, fields: Partial<EffectivePolicy>, count = 2) {
  const confirmedAt = from(-days, 'days');
  const methods = [appMethod({ confirmedAt }), emailMethod({ confirmedAt })].slice(0, count);
  const subject = { accountId: 'ada', groups: [], isAdmin: false };
  return signInStatus(policyWith(fields), { methods, mark: null, snooze: null }, subject, null, now);
}

describe('an interval made shorter', () => {
  const shorter = { reconfirmAfterDays: 90, spreadFormerDays: 180 };
  const due = (dueAt: Date) => ({ kind: 'reconfirmation_due', reason: 'interval', dueAt });

  test('puts off to the own day what the change made due, and asks from then on', () => {
    expect(statusOf(100, { ...shorter, spreadAt: from(5, 'days') })).toEqual({
      kind: 'satisfied',
      nextDueAt: from(5, 'days'),
    });
    expect(statusOf(100, { ...shorter, spreadAt: now })).toEqual(due(now));
    expect(statusOf(100, { ...shorter, spreadAt: null })).toEqual(due(from(-10, 'days')));
  });

  test('leaves nobody due later than by the interval before', () => {
    expect(statusOf(178, { ...shorter, spreadAt: from(5, 'days') })).toMatchObject({
      nextDueAt: from(2, 'days'),
    });
    expect(statusOf(200, { ...shorter, spreadAt: from(5, 'days') })).toEqual(due(from(-20, 'days')));
  });

  test('leaves a later date as it is, and an interval made longer too', () => {
    expect(statusOf(10, { ...shorter, spreadAt: from(5, 'days') })).toMatchObject({
      nextDueAt: from(80, 'days'),
    });
    const longer = { reconfirmAfterDays: 365, spreadFormerDays: 90, spreadAt: from(5, 'days') };
    expect(statusOf(100, longer)).toMatchObject({ nextDueAt: from(265, 'days') });
    const soon = { ...longer, reconfirmAfterDays: 120 };
    expect(statusOf(118, soon)).toMatchObject({ nextDueAt: from(2, 'days') });
  });

  test('is spread too where there was none before', () => {
    const since = { reconfirmAfterDays: 90, spreadFormerDays: 0, spreadAt: from(5, 'days') };
    expect(statusOf(4000, since)).toEqual({ kind: 'satisfied', nextDueAt: from(5, 'days') });
  });
});

describe('more methods than before', () => {
  const more = { methodsToRegister: 2, spreadFormerMethods: 1 };

  test('are asked for from the own day on', () => {
    const spreadAt = from(5, 'days');
    expect(statusOf(10, { ...more, spreadAt }, 1)).toEqual({ kind: 'satisfied', nextDueAt: spreadAt });
    expect(statusOf(10, { ...more, spreadAt: now }, 1)).toMatchObject({ missing: 1 });
  });

  test('are asked for at once of who had too few before, and where they are not spread', () => {
    const spreadAt = from(5, 'days');
    expect(statusOf(10, { ...more, spreadAt }, 0)).toMatchObject({
      kind: 'registration_required',
      missing: 2,
    });
    expect(statusOf(10, { ...more, spreadFormerMethods: null, spreadAt }, 1)).toMatchObject({ missing: 1 });
  });

  test('what is there is still due by its date', () => {
    expect(statusOf(200, { ...more, spreadAt: from(5, 'days') }, 1)).toMatchObject({
      kind: 'reconfirmation_due',
    });
  });

  test('of an admin two were asked before as well, unless nothing was', () => {
    const ofAdmin = (spreadFormerMethods: number | null) =>
      effectivePolicy(
        { defaultPolicy: { ...defaultPolicy(), ...settings, spreadFormerMethods }, groupPolicies: [] },
        { accountId: 'ada', groups: [], isAdmin: true },
      );
    expect([null, 0, 1, 3].map((former) => ofAdmin(former).spreadFormerMethods)).toEqual([null, 0, 2, 3]);
    expect(ofAdmin(1).spreadAt).toEqual(spreadDay(settings, 'ada'));
  });
});

test.each([
  [{ spreadFrom: '2026-03-01' }, 'spread_without_days'],
  [{ spreadFrom: '2026-03-01', spreadDays: 91, reconfirmAfterDays: 90 }, 'spread_longer_than_interval'],
  [{ spreadFrom: '2026-03-01', spreadDays: 90, reconfirmAfterDays: 90 }, null],
  [{ spreadFrom: '2026-03-01', spreadDays: 90, reconfirmAfterDays: 0 }, null],
  [{ spreadFrom: '2026-02-30', spreadDays: 9 }, 'invalid_value'],
])('a policy with %j has the mistake %s', (fields, code) => {
  try {
    parsePolicy(fields, { mail: true, sms: true, voice: true });
    expect(code).toBeNull();
  } catch (error) {
    expect(error instanceof InvalidPolicy ? error.fields.map((one) => one.code) : error).toEqual([code]);
  }
});
