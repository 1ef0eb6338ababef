/** Who is asked, and why: every rule of the design's list, at its edges. */
import { describe, expect, test } from 'vitest';
import { effectivePolicy } from '../../security-info/effective-policy.ts';
import type { Policy } from '../../security-info/policy.ts';
import type { Mark, Method } from '../../security-info/record.ts';
import type { SignInStatus, StatusClient } from '../../security-info/status.ts';
import {
  independentCount,
  isDueForReview,
  passesSilently,
  signInStatus,
} from '../../security-info/status.ts';
import { appMethod, emailMethod, from, now, policyWith, prefilled } from './sample-record.ts';

const subject = { accountId: 'ada', groups: ['staff'], isAdmin: false };
const client: StatusClient = { clientId: 'app', isExempt: false };
const both = [appMethod(), emailMethod()];

function statusOf(methods: readonly Method[], policy: Partial<Policy> = {}, mark: Mark | null = null) {
  return signInStatus(policyWith(policy), { methods, mark, snooze: null }, subject, client, now);
}

function aged(confirmedAt: Date): Method[] {
  return [appMethod({ confirmedAt }), emailMethod()];
}

describe('out of scope', () => {
  test.each<[string, Partial<Policy>, StatusClient | null, string | null]>([
    ['a scope of nobody', { scope: { kind: 'none' } }, client, 'scope'],
    ['a scope of other groups', { scope: { kind: 'groups', groups: ['sales'] } }, client, 'scope'],
    ['an excluded account', { excludedAccounts: ['ada'] }, client, 'excluded_account'],
    ['an excluded group', { excludedGroups: ['staff'] }, client, 'excluded_group'],
    ['a client that the policy exempts', { exemptClients: ['app'] }, client, 'exempt_client'],
    ['a client that is exempt itself', {}, { ...client, isExempt: true }, 'exempt_client'],
    ['a scope of its group', { scope: { kind: 'groups', groups: ['staff'] } }, client, null],
    ['somebody else excluded', { excludedAccounts: ['bob'], excludedGroups: ['sales'] }, client, null],
    ['no client', { exemptClients: ['app'] }, null, null],
  ])('%s', (_, policy, asking, reason) => {
    const status = signInStatus(
      policyWith(policy),
      { methods: [], mark: null, snooze: null },
      subject,
      asking,
      now,
    );
    expect(status).toMatchObject(
      reason === null ? { kind: 'registration_required' } : { kind: 'out_of_scope', reason },
    );
  });

  test('passes even with a mark by an admin', () => {
    const mark = { by: 'admin', at: now } as const;
    expect(statusOf([], { scope: { kind: 'none' } }, mark).kind).toBe('out_of_scope');
  });
});

describe('what counts', () => {
  test.each<[string, Method[], Partial<Policy>, number]>([
    ['nothing', [], {}, 0],
    ['an app and a mailbox', both, {}, 2],
    ['two apps, once', [appMethod(), appMethod({ id: 'app2' })], {}, 1],
    ['a prefilled mailbox not', [appMethod(), emailMethod(prefilled)], {}, 1],
    ['a prefilled one that was proved', [appMethod(), emailMethod({ prefilledAt: from(-9, 'days') })], {}, 2],
    ['a type that is not offered any more not', both, { methods: ['email'] }, 1],
    [
      'one that an admin wants anew not',
      [appMethod({ proveAnewAt: from(-1, 'days') }), emailMethod()],
      {},
      1,
    ],
    ['one that was proved since', [appMethod({ proveAnewAt: from(-11, 'days') }), emailMethod()], {}, 2],
    ['one that was replaced not', [appMethod({ replacedById: 'x' }), emailMethod()], {}, 1],
    [
      'one that is cooling off, at once',
      [appMethod({ coolingOffUntilAt: from(1, 'days') }), emailMethod()],
      {},
      2,
    ],
  ])('%s', (_, methods, policy, counted) => {
    const status = statusOf(methods, { ...policy, methodsToRegister: 3 });
    expect(status).toEqual({ kind: 'registration_required', required: 3, counted, missing: 3 - counted });
  });

  test('one mailbox once, whatever it is registered as', () => {
    const hash = 'digest';
    expect(independentCount([{ id: '1', type: 'email', addressHash: hash }])).toBe(1);
    expect(
      independentCount([
        { id: '1', type: 'email', addressHash: hash },
        { id: '2', type: 'email', addressHash: 'other' },
      ]),
    ).toBe(1);
    expect(
      independentCount([
        { id: '1', type: 'email', addressHash: hash },
        { id: '2', type: 'authenticator_app', addressHash: hash },
      ]),
    ).toBe(1);
  });

  test('exactly as many as asked are enough', () => {
    expect(statusOf(both).kind).toBe('satisfied');
  });

  test('an admin needs two, whatever the policy asks of others', () => {
    const policies = { defaultPolicy: policyWith({ methodsToRegister: 1, methodsToReset: 1 }) };
    const { isForAdmin: _, ...defaultPolicy } = policies.defaultPolicy;
    const admin = { ...subject, isAdmin: true };
    const record = { methods: [emailMethod()], mark: null, snooze: null };
    const forAdmin = effectivePolicy({ defaultPolicy, groupPolicies: [] }, admin);
    expect(forAdmin).toMatchObject({ methodsToRegister: 2, methodsToReset: 2, isForAdmin: true });
    expect(signInStatus(forAdmin, record, admin, client, now)).toMatchObject({ missing: 1 });
    const forOthers = effectivePolicy({ defaultPolicy, groupPolicies: [] }, subject);
    expect(signInStatus(forOthers, record, subject, client, now).kind).toBe('satisfied');
  });
});

describe('reconfirmation', () => {
  test('is due from the day on which the oldest that counts is as old as the interval', () => {
    expect(statusOf(aged(from(-180, 'days')))).toEqual({
      kind: 'reconfirmation_due',
      reason: 'interval',
      dueAt: now,
    });
    const almost = new Date(from(-180, 'days').getTime() + 1);
    expect(statusOf(aged(almost))).toEqual({ kind: 'satisfied', nextDueAt: new Date(now.getTime() + 1) });
  });

  test('looks only at what counts', () => {
    const old = from(-400, 'days');
    const methods = [...both, appMethod({ id: 'old', confirmedAt: old, replacedById: 'app' })];
    expect(statusOf(methods).kind).toBe('satisfied');
  });

  test('is never due by date with an interval of 0, but by a mark', () => {
    const old = aged(from(-4000, 'days'));
    const policy = { reconfirmAfterDays: 0 };
    expect(statusOf(old, policy)).toEqual({ kind: 'satisfied', nextDueAt: null });
    expect(statusOf(old, policy, { by: 'admin', at: now })).toMatchObject({ reason: 'admin' });
    expect(statusOf(old, policy, { by: 'campaign', at: now })).toMatchObject({ reason: 'campaign' });
  });

  test('is not due by the job’s own mark: a longer interval frees at once', () => {
    expect(
      statusOf(aged(from(-200, 'days')), { reconfirmAfterDays: 365 }, { by: 'interval', at: now }).kind,
    ).toBe('satisfied');
  });

  test('does not wait for the job', () => {
    expect(statusOf(aged(from(-200, 'days')), {}, null).kind).toBe('reconfirmation_due');
  });

  test('too few comes before due', () => {
    const status = statusOf([appMethod({ confirmedAt: from(-400, 'days') })], {}, { by: 'admin', at: now });
    expect(status.kind).toBe('registration_required');
  });

  test('is not due by a mark after which everything that still counts was confirmed', () => {
    const mark = { by: 'admin', at: from(-5, 'days') } as const;
    const methods = [appMethod(), emailMethod({ confirmedAt: from(-4, 'days') })];
    expect(statusOf(methods, {}, mark).kind).toBe('reconfirmation_due');
    // The app, not confirmed since, is offered no more: a review would have nothing left to ask.
    expect(statusOf(methods, { methods: ['email'], methodsToRegister: 1 }, mark).kind).toBe('satisfied');
  });
});

describe('a review', () => {
  const covers = (confirmedAt: Date, policy: Partial<Policy> = {}, mark: Mark | null = null): boolean =>
    isDueForReview(appMethod({ confirmedAt }), policyWith(policy), { mark }, now);

  test('covers what falls due within 30 days', () => {
    expect(covers(from(-150, 'days'))).toBe(true);
    expect(covers(new Date(from(-150, 'days').getTime() + 1))).toBe(false);
  });

  test.each(['admin', 'campaign', 'interval'] as const)(
    'under a mark (%s) covers all that is older',
    (by) => {
      const mark = { by, at: from(-5, 'days') };
      expect(covers(from(-5, 'days'), {}, mark)).toBe(true);
      expect(covers(from(-4, 'days'), {}, mark)).toBe(false);
    },
  );

  test.each([1, 7, 30])('ends, with an interval of %i days', (reconfirmAfterDays) => {
    expect(covers(from(-reconfirmAfterDays, 'days'), { reconfirmAfterDays })).toBe(true);
    expect(covers(now, { reconfirmAfterDays })).toBe(false);
  });

  test('asks nothing by date with an interval of 0', () => {
    expect(covers(from(-4000, 'days'), { reconfirmAfterDays: 0 })).toBe(false);
  });
});

describe('prompt=none', () => {
  const silent = (status: SignInStatus, isStrict = false): boolean =>
    passesSilently(status, policyWith(), isStrict, now);
  const due = (reason: 'interval' | 'admin' | 'campaign', dueAt: Date): SignInStatus => ({
    kind: 'reconfirmation_due',
    reason,
    dueAt,
  });

  test('passes where nothing is due, at strict clients too', () => {
    expect(silent({ kind: 'satisfied', nextDueAt: null }, true)).toBe(true);
    expect(silent({ kind: 'out_of_scope', reason: 'scope' }, true)).toBe(true);
  });

  test('never passes with too few methods', () => {
    expect(silent({ kind: 'registration_required', required: 2, counted: 1, missing: 1 })).toBe(false);
  });

  test('passes for 14 days after the due date, and not at a strict client', () => {
    expect(silent(due('interval', now))).toBe(true);
    expect(silent(due('interval', new Date(from(-14, 'days').getTime() + 1)))).toBe(true);
    expect(silent(due('interval', from(-14, 'days')))).toBe(false);
    expect(silent(due('interval', now), true)).toBe(false);
  });

  test('passes for a campaign as for a date, never against an admin’s mark', () => {
    expect(silent(due('campaign', from(-13, 'days')))).toBe(true);
    expect(silent(due('campaign', from(-14, 'days')))).toBe(false);
    expect(silent(due('admin', now))).toBe(false);
  });

  test('gets no new grace by a campaign that begins after the due date', () => {
    const status = statusOf(aged(from(-300, 'days')), {}, { by: 'campaign', at: from(-1, 'days') });
    expect(status).toMatchObject({ reason: 'campaign', dueAt: from(-120, 'days') });
    expect(silent(status)).toBe(false);
  });
});
