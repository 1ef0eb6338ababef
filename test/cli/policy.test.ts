/**
 * The policy commands: settings from the line, a file or standard input; policies for some groups; errors per field; the
 * way out in an outage.
 */
import { describe, expect, test } from 'vitest';
import { run } from '../../cli/run.ts';
import { createHost, createWorld, type World } from './deployment.ts';

async function cli(
  world: World,
  line: readonly string[],
  files: Readonly<Record<string, string>> = {},
  input: string | null = null,
): Promise<{ code: number; out: string; err: string }> {
  const host = createHost(async () => world.deployment, files, input);
  const code = await run(line, host);
  return { code, out: host.printed.join('\n'), err: host.told.join('\n') };
}

test('changes what is named and leaves the rest, with an audit event', async () => {
  const world = createWorld();
  const { code } = await cli(world, [
    ...['policy', 'set', 'methodsToRegister=1', 'review=prove', 'coolingOffAtFirstRegistration=true'],
    ...['scope=groups:staff,guests', 'ownEmailDomains=Example.com, example.org'],
  ]);
  expect(code).toBe(0);
  expect(world.policy).toMatchObject({
    version: 1,
    methodsToRegister: 1,
    review: 'prove',
    coolingOffAtFirstRegistration: true,
    scope: { kind: 'groups', groups: ['staff', 'guests'] },
    ownEmailDomains: ['example.com', 'example.org'],
    reconfirmAfterDays: 180,
  });
  expect(world.audit).toMatchObject([{ type: 'policy_changed', actor: 'cli', result: 'success' }]);
  expect(world.audit[0]?.changes).toContainEqual({ setting: 'methodsToRegister', before: 2, after: 1 });
});

test('an account is excluded by its login name, kept by its id, and let back in', async () => {
  const world = createWorld();
  await cli(world, ['account', 'create', 'ada']);
  await cli(world, ['policy', 'set', 'excludedAccounts+=ada,id-ada']);
  expect(world.policy.excludedAccounts).toEqual(['id-ada']);
  const { code, err } = await cli(world, ['policy', 'set', 'excludedAccounts+=bob']);
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringContaining('excludedAccounts: there is no account'),
  });
  world.accounts.clear();
  await cli(world, ['policy', 'set', 'reconfirmAfterDays=90']);
  expect(world.policy).toMatchObject({ excludedAccounts: ['id-ada'], reconfirmAfterDays: 90 });
  await cli(world, ['policy', 'set', 'excludedAccounts-=id-ada']);
  expect(world.policy.excludedAccounts).toEqual([]);
});

test('what policy get prints makes the same policy again, in both forms', async () => {
  const world = createWorld();
  await cli(world, [
    'policy',
    'set',
    'scope=groups:staff,guests',
    'excludedGroups=["a,b"]',
    'methodsToRegister=1',
  ]);
  const before = world.policy;
  const { out } = await cli(world, ['policy', 'get']);
  const json = (await cli(world, ['policy', 'get', '--json'])).out;
  world.policy = { ...createWorld().policy, version: before.version };
  expect((await cli(world, ['policy', 'set', ...out.split('\n')])).code).toBe(0);
  expect(world.policy).toEqual({ ...before, version: before.version + 1 });

  world.policy = before;
  expect((await cli(world, ['policy', 'set', '--file', 'p.json'], { 'p.json': json })).out).toContain(
    'already',
  );
  expect(world.policy).toBe(before);
});

test('reads JSON from standard input, and refuses what was read before somebody else changed it', async () => {
  const world = createWorld();
  expect((await cli(world, ['policy', 'set'], {}, '{"version": 0, "silentGraceDays": 3}')).code).toBe(0);
  expect(world.policy).toMatchObject({ version: 1, silentGraceDays: 3 });
  const late = await cli(world, ['policy', 'set'], {}, '{"version": 0, "silentGraceDays": 5}');
  expect(late).toMatchObject({
    code: 1,
    err: expect.stringContaining('Somebody else has saved the policy'),
  });
  expect(world.policy.silentGraceDays).toBe(3);
});

test('names each setting that is wrong, as text and as JSON, and saves nothing', async () => {
  const world = createWorld();
  const line = ['policy', 'set', 'methodsToReset=7', 'reconfirmAfterDays=soon'];
  const { code, err } = await cli(world, line);
  expect(code).toBe(1);
  expect(err).toMatch(/The policy was not saved:\n {2}methodsToReset: .+\n {2}reconfirmAfterDays: .+/);
  const json = JSON.parse((await cli(world, [...line, '--json'])).err);
  expect(json.error.code).toBe('invalid_policy');
  expect(json.error.fields.map(({ field }: { field: string }) => field)).toEqual([
    'methodsToReset',
    'reconfirmAfterDays',
  ]);
  expect(world.policy.version).toBe(0);
  expect(world.audit).toEqual([]);
});

test.each([
  ['methods=authenticator_app', 'methods: '],
  ['methodsToRegister=3', '3 methods are asked for, but users can register only 2'],
  ['methods=pigeon', 'methods.0: '],
])('refuses %s in words', async (setting, message) => {
  const { code, err } = await cli(createWorld(), ['policy', 'set', setting]);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(message) });
});

test('counts only types whose sender is set up', async () => {
  const world = createWorld({ mail: false });
  const { err } = await cli(world, ['policy', 'set', 'methodsToRegister=2', 'silentGraceDays=1']);
  expect(err).toContain('methodsToRegister: 2 methods are asked for');
  const phones = ['policy', 'set', 'methods=authenticator_app,mobile_phone'];
  expect((await cli(createWorld(), phones)).code).toBe(0);
  expect((await cli(createWorld({ phones: false }), phones)).err).toContain('only 1 independent');
});

describe('a policy for some groups', () => {
  const forStaff = [
    'policy',
    'set',
    '--policy',
    'staff',
    'appliesToGroups=staff,board',
    'methodsToRegister=1',
  ];

  test('begins as the default is, without its exclusions, and is changed by itself', async () => {
    const world = createWorld();
    await cli(world, ['account', 'create', 'ada']);
    await cli(world, ['policy', 'set', 'reconfirmAfterDays=90', 'excludedAccounts=ada', 'exemptClients=app']);
    const before = world.policy;
    const made = await cli(world, forStaff);
    expect(made).toMatchObject({
      code: 0,
      out: expect.stringContaining('Policy staff is made as version 1.'),
    });
    const exclusions = { excludedAccounts: [], excludedGroups: [], exemptClients: [] };
    const staff = { id: 'staff', version: 1, appliesToGroups: ['staff', 'board'], methodsToRegister: 1 };
    expect(world.groupPolicies.get('staff')).toEqual({ ...before, ...exclusions, ...staff });
    const changed = await cli(world, ['policy', 'set', '--policy', 'staff', 'appliesToGroups-=board']);
    expect(changed).toMatchObject({ code: 0, out: expect.stringContaining('Saved as version 2.') });
    expect(world.groupPolicies.get('staff')).toMatchObject({ version: 2, appliesToGroups: ['staff'] });
    expect(world.policy).toBe(before);
    expect(world.audit.map(({ type, reason }) => `${type} ${reason}`).slice(-2)).toEqual([
      'policy_changed saved:staff',
      'policy_changed saved:staff',
    ]);
  });

  test('is shown by its name, and listed before those that it wins over, the default last', async () => {
    const world = createWorld();
    await cli(world, forStaff);
    await cli(world, [...forStaff.slice(0, 3), 'board', 'appliesToGroups=board', 'priority=5']);
    const { out } = await cli(world, ['policy', 'list']);
    expect(out).toMatch(
      /^POLICY .*\nboard +board +5 .*\nstaff +staff, board +100 .*\ndefault +\(everyone else\) /,
    );
    const json = JSON.parse((await cli(world, ['policy', 'list', '--json'])).out);
    expect(json[0]).toEqual({
      id: 'board',
      appliesToGroups: ['board'],
      priority: 5,
      methods: ['authenticator_app', 'email'],
      version: 1,
    });
    expect((await cli(world, ['policy', 'get', 'board'])).out).toContain('appliesToGroups=board\npriority=5');
    expect((await cli(world, ['policy', 'get', 'default'])).out).toContain('appliesToGroups=\n');
  });

  test('is made again from what policy get --json prints, as long as nobody has changed it since', async () => {
    const world = createWorld();
    await cli(world, forStaff);
    const { out } = await cli(world, ['policy', 'get', 'staff', '--json']);
    expect((await cli(world, ['policy', 'set'], {}, out)).out).toContain('like that already');
    await cli(world, ['policy', 'set', '--policy', 'staff', 'review=prove']);
    const late = await cli(world, ['policy', 'set', '--json'], {}, out);
    expect(late.code).toBe(1);
    expect(JSON.parse(late.err)).toMatchObject({ error: { code: 'policy_changed_meanwhile' } });
    const other = await cli(world, ['policy', 'set', '--policy', 'guests'], {}, out);
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining("is of the policy 'staff'") });
    expect(world.groupPolicies.get('staff')?.review).toBe('prove');
  });

  test('is removed once, and the default never', async () => {
    const world = createWorld();
    await cli(world, forStaff);
    expect(await cli(world, ['policy', 'remove', 'staff'])).toMatchObject({ code: 0 });
    expect(world.groupPolicies.size).toBe(0);
    expect(world.audit.at(-1)).toMatchObject({
      type: 'policy_changed',
      reason: 'removed:staff',
      actor: 'cli',
      changes: expect.arrayContaining([
        { setting: 'appliesToGroups', before: ['staff', 'board'], after: null },
      ]),
    });
    expect(await cli(world, ['policy', 'remove', 'staff'])).toMatchObject({
      code: 1,
      err: expect.stringContaining("no policy 'staff'"),
    });
    expect(await cli(world, ['policy', 'get', 'staff'])).toMatchObject({ code: 1 });
    expect(await cli(world, ['policy', 'remove', 'default'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('The default policy stays'),
    });
  });

  test.each([
    [['--policy', 'staff', 'review=prove'], 'appliesToGroups: name the groups', 1],
    [['appliesToGroups=staff'], 'appliesToGroups: the default policy', 1],
    [['--policy', 'Staff', 'appliesToGroups=staff'], '--policy takes 1 to 64', 2],
    [['--policy', '', 'appliesToGroups=staff'], '--policy takes 1 to 64', 2],
  ])('is not %j', async (line, message, code) => {
    const world = createWorld();
    const outcome = await cli(world, ['policy', 'set', ...line]);
    expect(outcome).toMatchObject({ code, err: expect.stringContaining(message) });
    expect(world).toMatchObject({ audit: [], policy: { version: 0 }, groupPolicies: new Map() });
  });
});

test('mistakes in the JSON are told in words of ours', async () => {
  const document = {
    id: 3,
    customQuestions: [{ id: 'x', text: 'a' }],
    phoneCountries: ['XX'],
    smsPerDay: -1,
    review: 'no',
    reconfirmAfterDays: 1.5,
    scope: { kind: 'everyone', groups: [] },
    helpdeskUrl: 'javascript:alert(1)',
  };
  const { code, err } = await cli(createWorld(), ['policy', 'set'], {}, JSON.stringify(document));
  expect(code).toBe(1);
  expect(err.split('\n').sort()).toEqual([
    '  customQuestions.0.text: too short: the least number of characters is 3',
    '  helpdeskUrl: this is not written as the setting needs it',
    '  id: this setting takes a text',
    '  reconfirmAfterDays: this setting takes a whole number',
    '  review: this must be one of: acknowledge, prove',
    '  scope.groups: a policy has no such setting',
    '  smsPerDay: too small: the least is 0',
    'The policy was not saved:',
  ]);
});

test.each([
  ['methodsToregister=1', "no setting 'methodsToregister'"],
  ['version=7', "no setting 'version'"],
  ['__proto__=7', 'is not setting=value'],
  ['methodsToRegister', 'is not setting=value'],
  ['methodsToRegister+=1', 'is not a list'],
])('tells how settings are written: %s', async (setting, message) => {
  const host = createHost(() => Promise.reject(new Error('was opened')));
  expect(await run(['policy', 'set', setting], host)).toBe(2);
  expect(host.told.join()).toContain(message);
});

test.each([
  [['policy', 'set'], null, 'Say what to set'],
  [['policy', 'set'], 'not json', 'is not a JSON object'],
  [['policy', 'set'], '[1]', 'is not a JSON object'],
  [['policy', 'set', '--file', 'p.json', 'methodsToRegister=1'], null, 'not both'],
])('%j with %j on standard input is a wrong use', async (line, input, message) => {
  const { code, err } = await cli(createWorld(), line, {}, input);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
});
