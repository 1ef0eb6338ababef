/** The day's budgets of messages: which one a message takes from, when a day begins, when an admin is told. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../security-info/policy.ts';
import { budgetAlarm, keepBudgetSeconds, sendBudgets } from '../../security-info/send-budgets.ts';

const policy = {
  ...defaultPolicy(),
  smsPerDay: 11,
  callsPerDay: 12,
  mailCodesPerDay: 13,
  phoneMessagesPerCountryPerDay: 14,
};
const noon = new Date('2026-03-01T12:00:00Z');

function budgets(channel: 'mail' | 'sms' | 'voice', country: string | null = 'FR', at = noon) {
  return sendBudgets({ channel, country }, policy, at);
}

function subjectsOf(...parts: Parameters<typeof budgets>): (string | number)[][] {
  return budgets(...parts).map(({ subject, maximum }) => [subject, maximum]);
}

describe('a message takes from', () => {
  test('its country’s budget first, then from the whole service’s', () => {
    expect(subjectsOf('sms')).toEqual([
      ['country:FR', 14],
      ['sms', 11],
    ]);
    expect(subjectsOf('voice')).toEqual([
      ['country:FR', 14],
      ['voice', 12],
    ]);
  });

  test('one budget for all countries that nobody knows, as though they were one', () => {
    expect(subjectsOf('sms', null)[0]).toEqual(['country:unknown', 14]);
  });

  test('no country’s where it is a mail', () => {
    expect(subjectsOf('mail')).toEqual([['mail', 13]]);
    expect(subjectsOf('mail', null)).toEqual([['mail', 13]]);
  });

  test('counters that no other channel, country or day shares, but for SMS and calls to one country', () => {
    const keysOf = (...parts: Parameters<typeof budgets>) => budgets(...parts).map(({ key }) => key);
    const [country, sms] = keysOf('sms');
    const [sameCountry, voice] = keysOf('voice');
    expect(sameCountry).toBe(country);
    const next = new Date('2026-03-02T00:00:00Z');
    const keys = [country, sms, voice, ...keysOf('mail'), ...keysOf('sms', 'GB').slice(0, 1)];
    const all = [...keys, ...keysOf('sms', 'FR', next), ...keysOf('mail', null, next)];
    expect(new Set(all).size).toBe(all.length);
  });

  test('the same counter from one midnight to the next, of UTC', () => {
    const keyAt = (time: string) => budgets('sms', 'FR', new Date(time)).map(({ key }) => key);
    expect(keyAt('2026-03-01T00:00:00.000Z')).toEqual(keyAt('2026-03-01T23:59:59.999Z'));
    expect(keyAt('2026-03-02T00:00:00.000Z')).not.toEqual(keyAt('2026-03-01T23:59:59.999Z'));
    expect(keyAt('2026-03-01T23:30:00+05:00')).toEqual(keyAt('2026-03-01T18:30:00Z'));
  });

  test('a counter that is kept until its day is over, whenever that began', () => {
    expect(keepBudgetSeconds).toBeGreaterThanOrEqual(86_400);
  });
});

describe('the alarm', () => {
  const alarm = (maximum: number, count: number | null) =>
    budgetAlarm({ key: 'k', subject: 's', maximum }, count);

  test.each([
    [10, 7, null],
    [10, 8, 'send_budget_low'],
    [10, 9, 'send_budget_low'],
    [10, 10, 'send_budget_spent'],
    [10, null, 'send_budget_spent'],
    // Lowered meanwhile below what was sent.
    [10, 12, 'send_budget_spent'],
    [11, 8, null],
    [11, 9, 'send_budget_low'],
    [1, 1, 'send_budget_spent'],
    [0, null, 'send_budget_spent'],
  ])('of a budget of %i at %j is %j', (maximum, count, expected) => {
    expect(alarm(maximum, count)).toBe(expected);
  });

  test('comes at four fifths and not before, whatever the budget', () => {
    const some = fc
      .integer({ min: 1, max: 10_000_000 })
      .chain((maximum) =>
        fc.record({ maximum: fc.constant(maximum), count: fc.integer({ min: 1, max: maximum }) }),
      );
    fc.assert(
      fc.property(some, ({ maximum, count }) => {
        const share = count / maximum;
        const expected = share >= 1 ? 'send_budget_spent' : share * 10 >= 8 ? 'send_budget_low' : null;
        expect(alarm(maximum, count)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});
