/** The registration report: what it says of each person, whom its filters want, its pages, and its counts. */
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../security-info/policy.ts';
import type { UserRegistrationDetails } from '../../../security-info/reports/registration-details.ts';
import { registrationOverview } from '../../../security-info/reports/tallies.ts';
import {
  type RegistrationFilter,
  streamUserRegistrationDetails,
  userRegistrationDetails,
} from '../../../security-info/reports/user-registration-details.ts';
import { appMethod, emailMethod, from, now, prefilled } from '../sample-record.ts';
import { type ReportWorld, reportWorld, type Somebody } from './report-world.ts';

const both = [appMethod(), emailMethod()];
const aged = (days: number) => both.map((method) => ({ ...method, confirmedAt: from(-days, 'days') }));

async function rowsOf(
  world: ReportWorld,
  filter: RegistrationFilter = {},
): Promise<UserRegistrationDetails[]> {
  const rows: UserRegistrationDetails[] = [];
  for await (const row of streamUserRegistrationDetails(world, filter)) rows.push(row);
  return rows;
}

async function rowOf(
  person: Somebody,
  policy: Partial<Policy> = {},
  senders = {},
): Promise<UserRegistrationDetails> {
  const [row] = await rowsOf(reportWorld({ ada: person }, policy, senders));
  if (row === undefined) throw new Error('no row');
  return row;
}

describe('a row', () => {
  test('says what is registered, since when and until when, and no number or address', async () => {
    const row = await rowOf({ methods: both });
    expect(row).toEqual({
      ...{ id: 'ada', userPrincipalName: 'ada', userDisplayName: 'ada', isAdmin: false, isDisabled: false },
      ...{ isInScope: true, scopeReason: 'in_scope', isRegistered: true, isCapable: true },
      ...{ methodsRegistered: ['authenticator_app', 'email'], methodsRequired: 2, methodsCounted: 2 },
      ...{ status: 'satisfied', dueAt: from(170, 'days'), mark: null, snoozedUntil: null },
      ...{ isLocked: false, lastUpdatedAt: from(-10, 'days'), policyId: 'default' },
      methods: ['authenticator_app', 'email'].map((methodType) => ({
        ...{ methodType, verifiedAt: from(-10, 'days'), confirmedAt: from(-10, 'days') },
        ...{ dueAt: from(170, 'days'), counts: true, isPrefilled: false },
        ...{ isCoolingOff: false, mustBeProvedAnew: false },
      })),
    });
    expect(JSON.stringify(row)).not.toMatch(/home\.example|Ciphertext|Hash/);
  });

  test('of somebody without a record has nothing registered', async () => {
    expect(await rowOf({})).toMatchObject({
      ...{ isRegistered: false, isCapable: false, status: 'registration_required' },
      ...{ dueAt: null, lastUpdatedAt: null, methods: [] },
    });
  });

  test.each<[string, Somebody, Partial<Policy>, Partial<UserRegistrationDetails>]>([
    [
      'disabled',
      { account: { isDisabled: true }, methods: aged(400) },
      {},
      { scopeReason: 'account_disabled' },
    ],
    ['excluded', {}, { excludedAccounts: ['ada'] }, { scopeReason: 'excluded_account' }],
    [
      'in an excluded group',
      { account: { groups: ['g'] } },
      { excludedGroups: ['g'] },
      { scopeReason: 'excluded_group' },
    ],
    ['not in scope', {}, { scope: { kind: 'none' } }, { scopeReason: 'scope' }],
  ])('of somebody %s says why nothing is asked', async (_, person, policy, expected) => {
    const nothing = { isInScope: false, isCapable: false, status: 'out_of_scope', dueAt: null };
    expect(await rowOf(person, policy)).toMatchObject({ ...nothing, ...expected });
  });

  test('tells what is due, put off, marked, and locked', async () => {
    expect(await rowOf({ methods: aged(190) })).toMatchObject({
      status: 'reconfirmation_due',
      dueAt: from(-10, 'days'),
    });
    const mark = { by: 'admin', at: from(-1, 'days') } as const;
    expect(await rowOf({ methods: both, record: { mark } })).toMatchObject({ mark, dueAt: mark.at });
    const snooze = { reason: 'reconfirmation_due', missing: 0, used: 1, extra: 0, flowId: null } as const;
    const put = { ...snooze, untilAt: from(2, 'days'), deadlineAt: from(5, 'days') };
    expect(await rowOf({ methods: aged(190), record: { snooze: put } }, { snoozes: 3 })).toMatchObject({
      ...{ status: 'snoozed', snoozedUntil: from(2, 'days'), dueAt: from(-10, 'days') },
    });
    const wrongProofs = { stranger: Array(10).fill(from(-1, 'hours')), known_browser: [], signed_in: [] };
    expect(await rowOf({ record: { wrongProofs } })).toMatchObject({ isLocked: true });
  });

  test('an admin needs two methods and a second independent one to be capable', async () => {
    const account = { isAdmin: true };
    expect(await rowOf({ account, methods: both }, { methodsToRegister: 1 })).toMatchObject({
      ...{ methodsRequired: 2, isCapable: true },
    });
    const coolingOff = [appMethod(), emailMethod({ coolingOffUntilAt: from(1, 'hours') })];
    expect(await rowOf({ account, methods: coolingOff })).toMatchObject({
      isRegistered: true,
      isCapable: false,
    });
  });

  test('is not capable by what no sender reaches, and says what is only filled in or cooling off', async () => {
    const mail = [emailMethod()];
    const one = { methodsToRegister: 1 };
    expect(await rowOf({ methods: mail }, one)).toMatchObject({ isCapable: true });
    expect(await rowOf({ methods: mail }, one, { mail: false })).toMatchObject({
      isRegistered: true,
      isCapable: false,
    });
    const row = await rowOf({
      methods: [emailMethod(prefilled), appMethod({ coolingOffUntilAt: from(1, 'hours') })],
    });
    expect(row.methodsRegistered).toEqual(['authenticator_app']);
    expect(row.methods).toMatchObject([
      { methodType: 'email', isPrefilled: true, counts: false, dueAt: null },
      { methodType: 'authenticator_app', isCoolingOff: true, counts: true },
    ]);
  });
});

const people = {
  ada: { methods: both, account: { groups: ['staff'], isAdmin: true } },
  bob: { methods: aged(190) },
  cyd: { methods: [emailMethod()], account: { groups: ['staff'] } },
  dan: { account: { isDisabled: true } },
  eve: { methods: [emailMethod(prefilled)] },
  fay: { methods: aged(100), account: { loginName: 'FAY.x' } },
};

test.each<[RegistrationFilter, string[]]>([
  [{}, ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay']],
  [{ group: 'staff' }, ['ada', 'cyd']],
  [{ methodType: 'email' }, ['ada', 'bob', 'cyd', 'fay']],
  [{ methodType: 'authenticator_app', isAdmin: false }, ['bob', 'fay']],
  [{ status: 'reconfirmation_due' }, ['bob']],
  [{ isRegistered: false }, ['cyd', 'dan', 'eve']],
  [{ isCapable: true }, ['ada', 'bob', 'fay']],
  [{ isInScope: false }, ['dan']],
  [{ dueBefore: from(81, 'days') }, ['bob', 'fay']],
  [{ loginNamePrefix: 'fay' }, ['fay']],
  [{ status: undefined, isLocked: true }, []],
])('the filter %j wants %j, whole and page by page', async (filter, expected) => {
  const world = reportWorld(people);
  expect((await rowsOf(world, filter)).map(({ id }) => id)).toEqual(expected);
  for (const limit of [1, 2, 100]) {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof userRegistrationDetails>> = await userRegistrationDetails(
        world,
        filter,
        {
          ...{ cursor, limit },
        },
      );
      expect(page.rows.length).toBeLessThanOrEqual(limit);
      ids.push(...page.rows.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(ids).toEqual(expected);
  }
});

test('a cursor belongs to its filter', async () => {
  const world = reportWorld(people);
  const { nextCursor } = await userRegistrationDetails(world, { group: 'staff' }, { cursor: null, limit: 1 });
  expect(nextCursor).not.toBeNull();
  const other = userRegistrationDetails(world, { isAdmin: true }, { cursor: nextCursor, limit: 1 });
  await expect(other).rejects.toMatchObject({ code: 'invalid_cursor' });
});

test('a page looks at a bounded number of people, in bounded batches', async () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, number) => [`p${number}`, {}]));
  const world = reportWorld(many);
  const page = await userRegistrationDetails(world, { isCapable: true }, { cursor: null, limit: 100 });
  expect(page.rows).toEqual([]);
  expect(page.nextCursor).not.toBeNull();
  expect(world.batches.reduce((sum, batch) => sum + batch, 0)).toBe(2000);
  expect(await rowsOf(world)).toHaveLength(5000);
  expect(Math.max(...world.batches)).toBe(200);
});

test('counts methods, totals, and who is due on which day; who is disabled or out of scope apart', async () => {
  const world = reportWorld(
    {
      ...people,
      gil: {
        methods: [appMethod({ confirmedAt: from(-180, 'days') }), emailMethod()],
        account: { groups: ['out'] },
      },
      hal: { methods: aged(178) },
      ivy: { methods: aged(-400) },
    },
    { excludedGroups: ['out'] },
  );
  const { byMethod, due } = await registrationOverview(world);
  expect(byMethod).toMatchObject({
    ...{ totalUserCount: 8, inScopeUserCount: 7, registeredUserCount: 5, capableUserCount: 5 },
  });
  expect(byMethod.methods.find(({ methodType }) => methodType === 'email')).toEqual({
    ...{ methodType: 'email', userCount: 7, prefilledUserCount: 1 },
  });
  expect(due).toMatchObject({ registrationRequired: 2, overdue: 1, snoozed: 0, later: 2, never: 0 });
  expect(due.days).toHaveLength(90);
  expect(due.days[0]).toEqual({ date: '2026-03-01', count: 0 });
  expect(due.days.filter(({ count }) => count > 0)).toEqual([
    { date: from(2, 'days').toISOString().slice(0, 10), count: 1 },
    { date: from(80, 'days').toISOString().slice(0, 10), count: 1 },
  ]);
  expect(now.toISOString()).toContain('2026-03-01');
});
