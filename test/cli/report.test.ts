/** The reports, the dry run and the audit log at the command line: tables, files that are streamed, and wrong use. */
import { describe, expect, test } from 'vitest';
import { run } from '../../cli/run.ts';
import { emptyMethod, emptyRecord, type Method } from '../../security-info/record.ts';
import { createHost, createWorld, now, type World } from './deployment.ts';

async function cli(world: World, line: readonly string[], input: string | null = null) {
  const host = createHost(async () => world.deployment, {}, input);
  const code = await run(line, host);
  return { code, out: host.printed.join('\n'), file: host.written.join(''), err: host.told.join('\n') };
}

const before = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
const method = (type: Method['type'], days: number): Method => ({
  ...emptyMethod(type, type),
  ...{ verifiedAt: before(days), confirmedAt: before(days) },
});

/** So many people, all with both methods, confirmed so many days ago. */
async function worldOf(
  count: number,
  days: number,
  types = ['authenticator_app', 'email'] as const,
): Promise<World> {
  const world = createWorld();
  for (let number = 0; number < count; number += 1) {
    const name = `p${number}`;
    await world.deployment.directory.create({
      ...{ loginName: name, displayName: '=1+1', mailbox: null, isAdmin: false, password: null },
    });
    const methods = types.map((type) => method(type, days));
    world.records.set(`id-${name}`, { ...emptyRecord(`id-${name}`), version: 1, methods });
  }
  return world;
}

describe('report users', () => {
  test('shows a table with what each has, as far as it goes', async () => {
    const world = await worldOf(3, 190);
    const { out, err } = await cli(world, ['report', 'users', '--limit', '2']);
    expect(out.split('\n')).toHaveLength(3);
    expect(out).toMatch(/p0 +reconfirmation_due +yes +yes +authenticator_app, email +2026-02-19 +default/);
    expect(err).toContain('more than 2');
    expect(world.audit.map(({ type }) => type)).not.toContain('report_exported');
    const json = JSON.parse((await cli(world, ['report', 'users', '--json', '--name', 'P1'])).out);
    expect(json).toMatchObject([{ userPrincipalName: 'p1', status: 'reconfirmation_due' }]);
  });

  test('streams all as CSV and as JSON Lines, with an entry in the audit log', async () => {
    const world = await worldOf(5, 10);
    const csv = await cli(world, ['report', 'users', '--format', 'csv']);
    expect(csv).toMatchObject({ code: 0, out: '', err: '' });
    expect(csv.file.trimEnd().split('\r\n')).toHaveLength(6);
    expect(csv.file).toContain(",p0,'=1+1,false,");
    const lines = (await cli(world, ['report', 'users', '--format', 'jsonl', '--capable', 'yes'])).file;
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toEqual([0, 1, 2, 3, 4].map((number) => `id-p${number}`));
    expect((await cli(world, ['report', 'users', '--capable', 'no'])).out).toBe('There is nobody like that.');
    const exports = world.audit.filter(({ type }) => type === 'report_exported');
    expect(exports).toMatchObject([
      { actor: 'cli', reason: 'users', accountId: null },
      { actor: 'cli', reason: 'users', accountId: null },
    ]);
  });

  test.each([
    [['--format', 'xml'], '--format is one of'],
    [['--format', 'csv', '--json'], 'not both'],
    [['--method', 'pigeon'], '--method is one of'],
    [['--status', 'happy'], '--status is one of'],
    [['--capable', 'maybe'], '--capable is one of yes, no'],
    [['--due-before', '2026-02-30'], '--due-before takes a day'],
    [['--limit', '0'], '--limit takes a whole number'],
  ])('%j is a wrong use', async (options, message) => {
    const { code, err } = await cli(createWorld(), ['report', 'users', ...options]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
  });
});

test('report methods, due and locked count and list', async () => {
  const world = await worldOf(3, 178);
  expect((await cli(world, ['report', 'methods'])).out).toMatch(/capable +3\nauthenticator_app +3/);
  expect((await cli(world, ['report', 'due'])).out).toMatch(
    /overdue +0\nput off +0\n2026-03-03 +3\nlater +0/,
  );
  expect((await cli(world, ['report', 'due', '--format', 'csv'])).file.split('\r\n')).toHaveLength(97);
  expect(JSON.parse((await cli(world, ['report', 'due', '--json'])).out).days).toHaveLength(90);
  expect((await cli(world, ['report', 'locked'])).out).toBe('Nobody is locked out.');
  world.delays.set('p1', new Date(now.getTime() + 60_000));
  expect((await cli(world, ['report', 'locked'])).out).toMatch(/\np1 +2026-03-01 12:01$/);
  expect((await cli(world, ['report', 'locked', '--format', 'csv'])).file).toContain('id-p1,p1,');
});

describe('policy preview', () => {
  test('says whom a change would interrupt, proposes a spread, and changes nothing', async () => {
    const world = await worldOf(120, 100);
    const { out, code } = await cli(world, ['policy', 'preview', 'reconfirmAfterDays=90']);
    expect(code).toBe(0);
    expect(out).toMatch(/interrupted at the next sign-in +0 +120\n/);
    expect(out).toMatch(/due on 2026-05-20 +120 +0\n/);
    expect(out).toContain('120 by reconfirmation_interval');
    expect(out).toContain('spreadFrom=2026-03-01 spreadDays=4 spreadFormerDays=180 spreadFormerMethods=2');
    expect(out).toContain('Warning: 120 people who are asked nothing today');
    expect(world).toMatchObject({ audit: [], policy: { version: 0 } });
    const lines = (await cli(world, ['policy', 'preview', 'reconfirmAfterDays=90', '--format', 'csv'])).file;
    expect(lines.trimEnd().split('\r\n')).toHaveLength(121);
    expect(lines).toContain('newly_interrupted,2026-05-20T12:00:00.400Z,reconfirmation_interval,0,now,');
  });

  test('of one that is removed, and of one that is wrong', async () => {
    const world = await worldOf(1, 10);
    await cli(world, ['policy', 'set', '--policy', 'staff', 'appliesToGroups=staff']);
    expect((await cli(world, ['policy', 'preview', '--remove', 'staff'])).code).toBe(0);
    expect(world.groupPolicies.size).toBe(1);
    expect(await cli(world, ['policy', 'preview', '--remove', 'nobody'])).toMatchObject({ code: 1 });
    expect(await cli(world, ['policy', 'preview', '--remove', 'default'])).toMatchObject({ code: 2 });
    expect(await cli(world, ['policy', 'preview', '--remove', 'staff', 'review=prove'])).toMatchObject({
      code: 2,
    });
    expect((await cli(world, ['policy', 'preview', 'methodsToRegister=9'])).err).toContain(
      'methodsToRegister',
    );
  });
});

describe('policy set, where many become due at once,', () => {
  test('asks for a choice, and spreads or does not as chosen', async () => {
    const world = await worldOf(120, 100);
    const line = ['policy', 'set', 'reconfirmAfterDays=90'];
    const refused = await cli(world, line);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('makes 120 people due at once') });
    expect(world.policy.version).toBe(0);
    expect(await cli(world, [...line, '--spread', '--at-once'])).toMatchObject({ code: 2 });
    expect(await cli(world, [...line, '--spread'])).toMatchObject({ code: 0 });
    expect(world.policy).toMatchObject({
      ...{ reconfirmAfterDays: 90, spreadFrom: '2026-03-01', spreadDays: 4, spreadFormerDays: 180 },
    });
    expect(world.audit.at(-1)?.changes).toContainEqual({ setting: 'spreadDays', before: 0, after: 4 });
    expect(await cli(world, ['policy', 'set', 'spreadFrom=none', 'spreadDays=0', '--at-once'])).toMatchObject(
      {
        code: 0,
      },
    );
    expect(world.policy.spreadFrom).toBeNull();
  });

  test('lets a few through, and what nobody’s sign-in depends on', async () => {
    const few = await worldOf(50, 100);
    expect((await cli(few, ['policy', 'set', 'reconfirmAfterDays=90'])).code).toBe(0);
    const many = await worldOf(60, 100);
    many.deployment.directory.list = () => Promise.reject(new Error('nobody need be counted'));
    expect((await cli(many, ['policy', 'set', 'silentGraceDays=3', 'smsPerDay=5'])).code).toBe(0);
    expect((await cli(many, ['policy', 'set', 'reconfirmAfterDays=90'])).err).toContain('need be counted');
    expect((await cli(many, ['policy', 'set', 'reconfirmAfterDays=90', '--at-once'])).code).toBe(0);
  });
});

test('audit list and export show what happened, by its name', async () => {
  const world = await worldOf(1, 10);
  await cli(world, ['policy', 'set', 'silentGraceDays=3']);
  await cli(world, ['account', 'unlock', 'p0']);
  const { out } = await cli(world, ['audit', 'list']);
  expect(out.split('\n')[1]).toMatch(/^2026-03-01 12:00:00 +Admin unlocked an account +success +id-p0 +cli/);
  expect(out).toMatch(/Policy changed +success +cli +saved:default/);
  const mine = JSON.parse(
    (await cli(world, ['audit', 'list', '--account', 'p0', '--limit', '5', '--json'])).out,
  );
  expect(mine).toMatchObject([{ activity: 'Admin unlocked an account', category: 'account' }]);
  expect((await cli(world, ['audit', 'list', '--account', 'gone'])).out).toBe('Nothing like that happened.');
  const { file } = await cli(world, ['audit', 'export', '--type', 'policy_changed']);
  expect(JSON.parse(file)).toMatchObject({
    ...{ activity: 'Policy changed', changes: [{ setting: 'silentGraceDays', before: 14, after: 3 }] },
  });
  expect(world.audit.at(-1)).toMatchObject({ type: 'report_exported', reason: 'audit', actor: 'cli' });
  expect(await cli(world, ['audit', 'list', '--type', 'nothing'])).toMatchObject({ code: 2 });
  expect(await cli(world, ['audit', 'list', '--from', 'yesterday'])).toMatchObject({ code: 2 });
});
