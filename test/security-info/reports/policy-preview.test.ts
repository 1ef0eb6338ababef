/** The dry run of a policy: who would be interrupted, why and when, compared with today; spread and warnings. */
import { describe, expect, test } from 'vitest';
import { languages, loadTranslators } from '../../../locales/translator.ts';
import { defaultPolicy, type Policy } from '../../../security-info/policy.ts';
import {
  type PreviewFilter,
  previewPolicy,
  previewPolicyPage,
  streamPolicyPreview,
} from '../../../security-info/reports/policy-preview.ts';
import type { PreviewRow } from '../../../security-info/reports/preview-person.ts';
import type { PolicyProposal } from '../../../security-info/reports/preview-tally.ts';
import { previewWarningCodes } from '../../../security-info/reports/preview-warnings.ts';
import { proposeSpread } from '../../../security-info/reports/spread-proposal.ts';
import { appMethod, emailMethod, from, prefilled } from '../sample-record.ts';
import { type ReportWorld, reportWorld, type Somebody } from './report-world.ts';

const both = [appMethod(), emailMethod()];
const aged = (days: number) => both.map((method) => ({ ...method, confirmedAt: from(-days, 'days') }));
const change = (fields: Partial<Policy>): PolicyProposal => ({ save: { ...defaultPolicy(), ...fields } });

async function rowsOf(
  world: ReportWorld,
  proposal: PolicyProposal,
  filter: PreviewFilter = {},
): Promise<PreviewRow[]> {
  const rows: PreviewRow[] = [];
  for await (const row of streamPolicyPreview(world, proposal, filter)) rows.push(row);
  return rows;
}

const day = (days: number): string => from(days, 'days').toISOString().slice(0, 10);

describe('a shorter interval', () => {
  const people = { new: { methods: aged(100) }, due: { methods: aged(200) }, soon: { methods: aged(85) } };
  const off = { off: { methods: aged(100), account: { isDisabled: true } }, none: {} };
  const world = reportWorld({ ...people, ...off });
  const shorter = change({ reconfirmAfterDays: 90 });

  test('interrupts whose date has passed by it, and brings the others’ nearer', async () => {
    const preview = await previewPolicy(world, shorter);
    expect(preview).toMatchObject({
      accounts: 4,
      inScope: { before: 4, after: 4 },
      interruptedNow: { before: 2, after: 3, missing: [{ methods: 2, count: 1 }] },
      changes: { newly_interrupted: 1, freed: 0, sooner: 1, later: 0, unchanged: 2 },
      ...{ dueAtOnce: 1, spreadable: 1, spread: null },
    });
    expect(preview.interruptedNow.reasons).toEqual([
      { reason: 'reconfirmation_interval', count: 2 },
      { reason: 'registration_required', count: 1 },
    ]);
    expect(preview.days.filter(({ before, after }) => before + after > 0)).toEqual([
      { date: day(5), before: 0, after: 1 },
      { date: day(80), before: 1, after: 0 },
    ]);
    expect(preview.later).toEqual({ before: 1, after: 0 });
  });

  test('is listed person by person, and touches nobody', async () => {
    const rows = await rowsOf(world, shorter, { change: 'newly_interrupted' });
    expect(rows).toEqual([
      {
        ...{ id: 'new', userPrincipalName: 'new', userDisplayName: 'new', isAdmin: false, isInScope: true },
        ...{ policyId: 'default', change: 'newly_interrupted' },
        before: { at: from(80, 'days'), reason: 'reconfirmation_interval', missing: 0 },
        after: { at: 'now', reason: 'reconfirmation_interval', missing: 0 },
      },
    ]);
    const ids = (await rowsOf(world, shorter, { isInterruptedNow: true })).map(({ id }) => id);
    expect(ids).toEqual(['new', 'due', 'none']);
    const first = await previewPolicyPage(world, shorter, {}, { cursor: null, limit: 3 });
    const second = await previewPolicyPage(world, shorter, {}, { cursor: first.nextCursor, limit: 3 });
    expect([...first.rows, ...second.rows]).toEqual(await rowsOf(world, shorter));
    const other = previewPolicyPage(world, change({}), {}, { cursor: first.nextCursor, limit: 3 });
    await expect(other).rejects.toMatchObject({ code: 'invalid_cursor' });
  });

  test('leaves snoozes that are still valid alone, and says who is asked after them', async () => {
    const snooze = { reason: 'reconfirmation_due', missing: 0, used: 1, extra: 0, flowId: null } as const;
    const put = { ...snooze, untilAt: from(2, 'days'), deadlineAt: from(5, 'days') };
    const snoozed = reportWorld({ ada: { methods: aged(200), record: { snooze: put } } }, { snoozes: 3 });
    const [row] = await rowsOf(snoozed, change({ reconfirmAfterDays: 90, snoozes: 3 }));
    expect(row).toMatchObject({ change: 'unchanged', after: { at: from(2, 'days') } });
    const [voided] = await rowsOf(snoozed, change({ reconfirmAfterDays: 90, snoozes: 0 }));
    expect(voided).toMatchObject({ change: 'newly_interrupted', after: { at: 'now' } });
  });
});

test('more methods, other scopes, new and removed policies are compared with what applies today', async () => {
  const staff = { ...defaultPolicy(), id: 'staff', appliesToGroups: ['staff'], methodsToRegister: 1 };
  const account = { groups: ['staff'] };
  const world = reportWorld({ ada: { methods: [appMethod()], account }, bob: { methods: [appMethod()] } });
  expect((await previewPolicy(world, { save: staff })).changes).toMatchObject({ freed: 1, unchanged: 1 });
  world.set = { ...world.set, groupPolicies: [staff] };
  expect(await previewPolicy(world, { remove: 'staff' })).toMatchObject({
    ...{ changes: { newly_interrupted: 1, unchanged: 1 }, dueAtOnce: 1, spreadable: 0, spread: null },
  });
  const [row] = await rowsOf(world, { remove: 'staff' }, { change: 'newly_interrupted' });
  expect(row).toMatchObject({
    ...{ id: 'ada', policyId: 'default', before: { at: from(170, 'days') } },
    after: { at: 'now', reason: 'registration_required', missing: 1 },
  });
  const nobody = await previewPolicy(world, change({ scope: { kind: 'none' } }));
  expect(nobody.inScope).toEqual({ before: 2, after: 1 });
  expect(nobody.changes.freed).toBe(1);
});

describe('a spread', () => {
  const many = (count: number, person: Somebody) =>
    Object.fromEntries(Array.from({ length: count }, (_, number) => [`p${number}`, person]));

  test('is proposed for more than a day’s share, and as proposed keeps every day within it', async () => {
    const world = reportWorld(many(3000, { methods: aged(100) }));
    const shorter = { reconfirmAfterDays: 90 };
    const { dueAtOnce, spread } = await previewPolicy(world, change(shorter));
    expect(dueAtOnce).toBe(3000);
    if (spread === null) throw new Error('none is proposed');
    expect(spread).toMatchObject({ spreadFrom: '2026-03-01', spreadFormerDays: 180, spreadFormerMethods: 2 });
    const { perDay, ...settings } = spread;
    expect(perDay).toBeLessThanOrEqual(150);
    const after = await previewPolicy(world, change({ ...shorter, ...settings }));
    expect(after.dueAtOnce).toBeLessThanOrEqual(150);
    for (const one of after.days) expect(one.after).toBeLessThanOrEqual(150);
    const all = after.dueAtOnce + after.days.reduce((sum, one) => sum + one.after, 0);
    expect(all).toBe(3000);
  });

  test('is proposed for more methods and a first registration too, not for a type that is allowed no more', async () => {
    const more = await previewPolicy(
      reportWorld(many(200, { methods: [appMethod()] }), { methodsToRegister: 1 }),
      change({ methodsToRegister: 2 }),
    );
    expect(more).toMatchObject({ dueAtOnce: 200, spreadable: 200, spread: { spreadFormerMethods: 1 } });
    const first = await previewPolicy(reportWorld(many(200, {}), { requireRegistration: false }), change({}));
    expect(first).toMatchObject({ spreadable: 200, spread: { spreadFormerMethods: 0 } });
    const other = await previewPolicy(
      reportWorld(many(200, { methods: both })),
      change({ methods: ['authenticator_app', 'mobile_phone'] }),
    );
    expect(other).toMatchObject({ dueAtOnce: 200, spreadable: 0, spread: null });
  });

  test.each([
    [{ count: 50, inScope: 100, intervalDays: 90 }, null],
    [{ count: 51, inScope: 100, intervalDays: 90 }, 2],
    [{ count: 100_000, inScope: 100_000, intervalDays: 90 }, 21],
    [{ count: 100_000, inScope: 100_000, intervalDays: 7 }, 7],
    [{ count: 1000, inScope: 1000, intervalDays: 1 }, null],
    [{ count: 1000, inScope: 1000, intervalDays: 0 }, 31],
  ])('of %j takes %j days', (need, days) => {
    const proposal = proposeSpread({ ...need, formerDays: 180, formerMethods: 1 }, '2026-03-01');
    expect(proposal?.spreadDays ?? null).toBe(days);
  });
});

describe('warnings', () => {
  const admin = (methods: Somebody['methods'] = []): Somebody => ({ account: { isAdmin: true }, methods });
  const codesOf = async (world: ReportWorld, proposal: PolicyProposal, actingAdminId: string | null = null) =>
    (await previewPolicy(world, proposal, { actingAdminId })).warnings.map(({ code }) => code);

  test('say that the last admin would be locked out, by types that no sender serves', async () => {
    const world = reportWorld({ ada: admin(both) }, {}, { sms: false, voice: false });
    const phones = change({ methods: ['mobile_phone', 'office_phone'], methodsToRegister: 1 });
    const preview = await previewPolicy(world, phones, { actingAdminId: 'ada' });
    expect(preview.adminsLockedOut).toEqual({ count: 1, of: 1, isActingAdmin: true });
    expect(preview.warnings).toEqual([
      { code: 'acting_admin_locked_out', values: {} },
      { code: 'all_admins_locked_out', values: { count: 1 } },
      { code: 'due_at_once', values: { count: 1 } },
      { code: 'method_without_sender', values: { type: 'mobile_phone' } },
      { code: 'method_without_sender', values: { type: 'office_phone' } },
    ]);
  });

  test('tell an admin who can do what is asked only that it is asked', async () => {
    const world = reportWorld({ ada: admin(both), bob: admin(both) });
    const more = change({ methods: ['authenticator_app', 'email', 'mobile_phone'], methodsToRegister: 3 });
    expect(await codesOf(world, more, 'ada')).toEqual(['acting_admin_interrupted', 'due_at_once']);
    expect(await codesOf(world, change({ silentGraceDays: 3 }), 'ada')).toEqual([]);
  });

  test('count admins and users who can prove nothing to add what is missing', async () => {
    const mail = { methods: [emailMethod()] };
    const world = reportWorld(
      { ada: admin(mail.methods), bob: admin(both), cyd: mail, dan: {} },
      {},
      { mail: false },
    );
    const phones = change({ methods: ['authenticator_app', 'mobile_phone'] });
    const preview = await previewPolicy(world, phones);
    expect(preview.warnings.slice(0, 2)).toEqual([
      { code: 'admins_locked_out', values: { count: 1, admins: 2 } },
      { code: 'users_locked_out', values: { count: 1 } },
    ]);
  });

  test('do not count what an admin has filled in as missing, nor questions alone as enough', async () => {
    const office = { ...emailMethod(prefilled), type: 'office_phone' as const };
    const offered = change({ methods: ['authenticator_app', 'office_phone'] });
    expect(await codesOf(reportWorld({ ada: { methods: [office] } }), offered)).toEqual([]);
    expect(await codesOf(reportWorld({ ada: {} }), offered)).toContain('users_locked_out');
    expect(await codesOf(reportWorld({ ada: {} }), change({ scope: { kind: 'none' } }))).toEqual([
      'nobody_in_scope',
    ]);
  });

  test('a review by proof that nobody can give locks out, one by looking does not', async () => {
    const world = reportWorld(
      { ada: { methods: [emailMethod({ confirmedAt: from(-100, 'days') })] } },
      {},
      { mail: false },
    );
    const one = { methodsToRegister: 1, reconfirmAfterDays: 90 };
    world.set = { ...world.set, defaultPolicy: { ...defaultPolicy(), methodsToRegister: 1 } };
    expect(await codesOf(world, change({ ...one, review: 'prove' }))).toContain('users_locked_out');
    expect(await codesOf(world, change({ ...one, review: 'acknowledge' }))).not.toContain('users_locked_out');
  });

  test.each(languages)('have words in %s', (language) => {
    const words = loadTranslators(new URL('../../../locales', import.meta.url).pathname).in(language);
    for (const code of previewWarningCodes) {
      const text = words.text(`policy_warning.${code}`, { count: 2, admins: 3, type: 'email' });
      expect(text).not.toMatch(/\{\{|policy_warning/);
    }
  });
});
