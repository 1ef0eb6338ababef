/** The account commands: what they leave behind, what they print once, and what the audit log gets. */
import { expect, test } from 'vitest';
import { run } from '../../cli/run.ts';
import { passwordThrottleKeys } from '../../security-info/throttles.ts';
import { createHost, createWorld, now, type World } from './deployment.ts';

const password = /[a-z2-9]{4}(-[a-z2-9]{4}){3}/;

async function cli(world: World, ...line: string[]): Promise<{ code: number; out: string; err: string }> {
  const host = createHost(async () => world.deployment);
  const code = await run(line, host);
  return { code, out: host.printed.join('\n'), err: host.told.join('\n') };
}

async function withAda(): Promise<World> {
  const world = createWorld();
  await cli(world, 'account', 'create', 'ada', '--mailbox', 'ada@work.example', '--locale', 'FR');
  world.audit.length = 0;
  return world;
}

test('creates an account whose password is for one use, and shows the password once', async () => {
  const world = createWorld();
  const { code, out } = await cli(
    world,
    ...['account', 'create', 'ada', '--display-name', 'Ada Lovelace', '--given-name', 'Ada'],
    ...['--family-name', 'Lovelace', '--mailbox', 'ada@work.example', '--locale', 'fr-ca', '--admin'],
    ...['--group', 'staff', '--group', 'maths', '--group', 'staff'],
  );
  expect(code).toBe(0);
  const account = world.accounts.get('id-ada');
  expect(account).toMatchObject({
    loginName: 'ada',
    displayName: 'Ada Lovelace',
    givenName: 'Ada',
    familyName: 'Lovelace',
    mailbox: 'ada@work.example',
    locale: 'fr-CA',
    groups: ['staff', 'maths'],
    isAdmin: true,
    mustChangePassword: true,
  });
  expect(account?.password).toBe(password.exec(out)?.[0]);
  expect(world.audit).toMatchObject([
    { type: 'account_created', accountId: 'id-ada', actor: 'cli', result: 'success', notify: [] },
  ]);
  expect(JSON.stringify(world.audit)).not.toContain('ada@work.example');
  expect(world.isOpen).toBe(false);
});

test('takes the login name for the name of who has no other, and says no to a name that is taken', async () => {
  const world = await withAda();
  expect(world.accounts.get('id-ada')).toMatchObject({ displayName: 'ada', isAdmin: false, groups: [] });
  const again = await cli(world, 'account', 'create', 'ada', '--json');
  expect(again).toMatchObject({ code: 1, out: '' });
  expect(JSON.parse(again.err)).toMatchObject({ error: { code: 'login_name_taken' } });
  expect(world.audit).toEqual([]);
});

test.each([
  ['--mailbox', 'ada', '--mailbox takes an address'],
  ['--mailbox', 'ada@x, eve@y', '--mailbox takes an address'],
  ['--locale', 'english language', '--locale takes a language'],
  ['--display-name', '  ', '--display-name takes'],
  ['--group', 'a\u001b[2J', '--group takes'],
])('refuses %s %s before anything is opened', async (option, value, message) => {
  const host = createHost(() => Promise.reject(new Error('was opened')));
  expect(await run(['account', 'create', 'ada', option, value], host)).toBe(2);
  expect(host.told.join()).toContain(message);
});

test('lists every page of accounts, without their mailboxes, and those of a group', async () => {
  const world = await withAda();
  for (const name of ['bob', 'cyd', 'dan']) await cli(world, 'account', 'create', name, '--group', 'staff');
  const { out } = await cli(world, 'account', 'list', '--json');
  expect(JSON.parse(out).map(({ loginName }: { loginName: string }) => loginName)).toEqual([
    'ada',
    'bob',
    'cyd',
    'dan',
  ]);
  expect(out).not.toContain('work.example');
  const staff = await cli(world, 'account', 'list', '--group', 'staff');
  expect(staff.out).toMatch(/^LOGIN NAME .*\nbob .*one-time password.*\ncyd /);
  expect(staff.out).not.toContain('ada');
});

test('a disabled account keeps no session, not even once it is enabled again', async () => {
  const world = await withAda();
  expect(await cli(world, 'account', 'disable', 'ada')).toMatchObject({ code: 0 });
  expect(world.accounts.get('id-ada')?.isDisabled).toBe(true);
  expect(await cli(world, 'account', 'enable', 'id-ada')).toMatchObject({ code: 0 });
  expect(world.accounts.get('id-ada')?.isDisabled).toBe(false);
  expect(world.records.get('id-ada')?.credentialsChangedAt).toEqual(new Date('2026-03-01T12:00:01Z'));
  expect(world.audit.map(({ type }) => type)).toEqual(['account_disabled', 'account_enabled']);
});

test('a new password is for one use, and ends sessions both before and after it is written', async () => {
  const world = await withAda();
  const before = world.accounts.get('id-ada')?.password;
  const { code, out } = await cli(world, 'account', 'new-password', 'ada');
  expect(code).toBe(0);
  expect(world.steps).toEqual(['record', 'password', 'record']);
  expect(world.accounts.get('id-ada')).toMatchObject({
    password: password.exec(out)?.[0],
    mustChangePassword: true,
  });
  expect(world.accounts.get('id-ada')?.password).not.toBe(before);
  expect(world.records.get('id-ada')).toMatchObject({
    credentialsChangedAt: new Date('2026-03-01T12:00:01Z'),
    pendingEvents: [],
  });
  expect(world.audit).toMatchObject([
    { type: 'password_set_by_admin', actor: 'cli', accountId: 'id-ada', notify: [{ locale: 'fr' }] },
  ]);
});

test.each([
  [[], 24],
  [['--hours', '1'], 1],
  [['--hours', '168'], 168],
])(
  'prints an access pass once, keeps only its digest, and tells the own mailbox: %j',
  async (options, hours) => {
    const world = await withAda();
    const { code, out } = await cli(world, 'account', 'access-pass', 'ada', '--json', ...options);
    const { accessPass, expiresAt } = JSON.parse(out);
    expect(code).toBe(0);
    expect(new Date(expiresAt).getTime() - now.getTime()).toBe(hours * 3_600_000);
    expect(world.records.get('id-ada')?.accessPass).toEqual({
      passHash: `access-pass(${accessPass.replaceAll('-', '')})`,
      issuedAt: now,
      expiresAt: new Date(expiresAt),
      usedByFlowId: null,
    });
    expect(world.audit).toMatchObject([
      { type: 'access_pass_issued', actor: 'cli', notify: [{ locale: 'fr' }] },
    ]);
  },
);

test.each(['0', '169', '1.5', 'a day', '-1'])(
  'an access pass is valid for 1 hour to 7 days, not --hours=%s',
  async (hours) => {
    const host = createHost(() => Promise.reject(new Error('was opened')));
    expect(await run(['account', 'access-pass', 'ada', `--hours=${hours}`], host)).toBe(2);
    expect(host.told.join()).toContain('--hours takes a whole number from 1 to 168');
  },
);

test('unlocking opens the counters of wrong codes and the delays after wrong passwords', async () => {
  const world = await withAda();
  world.steps.length = 0;
  expect(await cli(world, 'account', 'unlock', 'ada')).toMatchObject({ code: 0 });
  const resets = passwordThrottleKeys('ada').map((key) => `reset ${key}`);
  expect(resets.length).toBeGreaterThan(0);
  expect(world.steps).toEqual(['record', 'unlock', ...resets]);
  expect(world.audit).toMatchObject([{ type: 'account_unlocked', actor: 'cli' }]);
});

test('more ‘remind me later’ are granted beyond the policy and what was granted before, and the own mailbox is told', async () => {
  const world = await withAda();
  world.policy = { ...world.policy, snoozes: 3 };
  const grant = (times: string, days: string, ...options: string[]) =>
    cli(world, 'account', 'snooze', 'ada', '--times', times, '--days', days, ...options);
  const first = await grant('2', '20', '--json');
  const untilAt = '2026-03-21T12:00:00.400Z';
  expect(first.code).toBe(0);
  expect(JSON.parse(first.out)).toEqual({ accountId: 'id-ada', loginName: 'ada', left: 5, untilAt });
  const record = world.records.get('id-ada');
  if (!record?.snooze) throw new Error('nothing was granted');
  expect(record.snooze).toMatchObject({ extra: 2, used: 0, untilAt: null, deadlineAt: new Date(untilAt) });
  world.records.set('id-ada', { ...record, snooze: { ...record.snooze, used: 5 } });
  expect((await grant('1', '1')).out).toBe(`ada may choose 'remind me later' 1 more time, until ${untilAt}.`);
  expect(world.audit).toMatchObject([
    { type: 'snooze_extended', actor: 'cli', accountId: 'id-ada', notify: [{ channel: 'mail' }] },
    { type: 'snooze_extended' },
  ]);
});

test('how many are left is told by the policy of this very account, and is never below none', async () => {
  const world = await withAda();
  await cli(world, 'account', 'create', 'bob', '--group', 'staff');
  world.policy = { ...world.policy, snoozes: 3 };
  world.groupPolicies.set('staff', { ...world.policy, id: 'staff', appliesToGroups: ['staff'], snoozes: 0 });
  const grant = async (name: string) =>
    JSON.parse((await cli(world, 'account', 'snooze', name, '--times=1', '--days=1', '--json')).out).left;
  expect([await grant('ada'), await grant('bob')]).toEqual([4, 1]);
  const record = world.records.get('id-bob');
  if (!record?.snooze) throw new Error('nothing was granted');
  world.records.set('id-bob', { ...record, snooze: { ...record.snooze, used: 9 } });
  expect(await grant('bob')).toBe(0);
});

test.each([
  [['--days=1'], '--times takes a whole number from 1 to 20'],
  [['--times=0', '--days=1'], '--times takes a whole number from 1 to 20'],
  [['--times=21', '--days=1'], '--times takes a whole number from 1 to 20'],
  [['--times=1'], '--days takes a whole number from 1 to 90'],
  [['--times=1', '--days=0'], '--days takes a whole number from 1 to 90'],
  [['--times=1', '--days=91'], '--days takes a whole number from 1 to 90'],
])('account snooze takes how often and for how long, not %j', async (options, message) => {
  const host = createHost(() => Promise.reject(new Error('was opened')));
  expect(await run(['account', 'snooze', 'ada', ...options], host)).toBe(2);
  expect(host.told.join()).toContain(message);
});

test.each([
  ['disable'],
  ['enable'],
  ['new-password'],
  ['access-pass'],
  ['unlock'],
  ['snooze', '--times=1', '--days=1'],
])('account %s says who is not there, and changes nothing', async (command, ...options) => {
  const world = createWorld();
  const { code, err } = await cli(world, 'account', command, 'nobody', ...options);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("no account 'nobody'") });
  expect({ steps: world.steps, audit: world.audit }).toEqual({ steps: [], audit: [] });
  expect(world.isOpen).toBe(false);
});
