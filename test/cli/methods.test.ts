/** The methods commands: what is filled in and who is told, what is refused before anything is written, what is shown. */
import { describe, expect, test } from 'vitest';
import { run } from '../../cli/run.ts';
import type { Method } from '../../security-info/record.ts';
import { emptyMethod, emptyRecord } from '../../security-info/record.ts';
import { openAddress, openNoticeAddress } from '../../security-info/sealing.ts';
import { createHost, createWorld, now, type World } from './deployment.ts';

const mobile = '+33 6 12 34 56 78';
const office = '+33 1 99 00 12 34 ext. 12';

async function cli(world: World, ...line: string[]): Promise<{ code: number; out: string; err: string }> {
  const host = createHost(async () => world.deployment);
  const code = await run(line, host);
  return { code, out: host.printed.join('\n'), err: host.told.join('\n') };
}

async function withAda(...options: string[]): Promise<World> {
  const world = createWorld();
  await cli(world, 'account', 'create', 'ada', '--mailbox', 'ada@work.example', ...options);
  world.policy = {
    ...world.policy,
    methods: ['authenticator_app', 'mobile_phone', 'alternate_phone', 'office_phone', 'email'],
  };
  world.audit.length = 0;
  return world;
}

function addressesOf(world: World): (string | null)[] {
  const { keys } = world.deployment.ports;
  return (world.records.get('id-ada')?.methods ?? []).map((method) => openAddress(keys, 'id-ada', method));
}

function toldOf(world: World): string[][] {
  const { keys } = world.deployment.ports;
  return world.audit.map(({ id, notify }) =>
    notify.map(({ addressCiphertext }) => openNoticeAddress(keys, id, addressCiphertext)),
  );
}

/** What must not be printed: all that a number or an address has beside what is shown of it. */
const inClear = /12 ?34 ?56|1990|99 00|0012|ada@home/;

describe('methods prefill', () => {
  test('fills in what is named, tells the own mailbox and what was known, and prints it masked', async () => {
    const world = await withAda();
    const { code, out } = await cli(
      world,
      ...['methods', 'prefill', 'ada', '--mobile-phone', mobile, '--office-phone', office],
      ...['--email', 'Ada@Home.example', '--alternate-phone', '0142345678', '--country', 'fr'],
    );
    expect(code).toBe(0);
    expect(addressesOf(world)).toEqual([
      '+33199001234;ext=12',
      '+33612345678',
      '+33142345678',
      'ada@home.example',
    ]);
    for (const method of world.records.get('id-ada')?.methods ?? []) {
      expect(method).toMatchObject({ prefilledAt: now, verifiedAt: null, confirmedAt: null });
    }
    expect(out).toMatch(/^office_phone +\+33 •+34 x•• +filled in$/m);
    expect(out).toMatch(/^email +a•••@home\.example +filled in$/m);
    expect(out).not.toMatch(inClear);
    expect(world.audit.map(({ type, methodType, actor }) => [type, methodType, actor])).toEqual([
      ['method_prefilled', 'office_phone', 'cli'],
      ['method_prefilled', 'mobile_phone', 'cli'],
      ['method_prefilled', 'alternate_phone', 'cli'],
      ['method_prefilled', 'email', 'cli'],
    ]);
    // What the same command has filled in was not known before.
    expect(toldOf(world)).toEqual(Array.from({ length: 4 }, () => ['ada@work.example']));
    expect(world.records.get('id-ada')?.pendingEvents).toEqual([]);
    expect(JSON.stringify(world.audit)).not.toMatch(/[^(:]\+33/);
  });

  test('done twice changes nothing the second time, and another number takes the place of the first', async () => {
    const world = await withAda();
    const line = ['methods', 'prefill', 'ada', '--json', '--mobile-phone'];
    await cli(world, ...line, mobile);
    const before = world.records.get('id-ada');
    const again = JSON.parse((await cli(world, ...line, '0033612345678')).out);
    expect(again).toMatchObject({
      accountId: 'id-ada',
      methods: [{ type: 'mobile_phone', maskedAddress: '+33 •••••••78', isFilledIn: false }],
    });
    expect(world.records.get('id-ada')?.methods).toEqual(before?.methods);
    expect(world.audit).toHaveLength(1);
    const other = await cli(world, ...line, '+33 6 99 99 99 99');
    expect(JSON.parse(other.out)).toMatchObject({ methods: [{ isFilledIn: true }] });
    expect(addressesOf(world)).toEqual(['+33699999999']);
    expect(toldOf(world)[1]).toEqual(['ada@work.example', '+33612345678']);
  });

  test('names every option that is wrong, and writes nothing at all', async () => {
    const world = await withAda();
    const line = [
      ...['methods', 'prefill', 'ada', '--office-phone', office, '--mobile-phone', '0612345678'],
      ...['--email', 'ada@work.example', '--alternate-phone', 'none', '--json'],
    ];
    const { code, err } = await cli(world, ...line);
    const { error } = JSON.parse(err);
    expect({ code, errorCode: error.code }).toEqual({ code: 1, errorCode: 'invalid_input' });
    const fields = new Map<string, string>(
      error.fields.map(({ field, message }: { field: string; message: string }) => [field, message]),
    );
    expect([...fields.keys()]).toEqual(['--mobile-phone', '--alternate-phone', '--email']);
    for (const message of fields.values()) expect(message).toMatch(/ .+\.$/);
    expect(err).not.toMatch(/work\.example|0612/);
    expect({ records: world.records.size, audit: world.audit }).toEqual({ records: 0, audit: [] });
  });

  test('one number for the office and for another phone is refused before either is written', async () => {
    const world = await withAda();
    const number = '+33 1 99 00 12 34';
    const both = ['--mobile-phone', number, '--office-phone', `${number} ext. 12`];
    const { code, err } = await cli(world, 'methods', 'prefill', 'ada', ...both);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/--mobile-phone: This is the office/),
    });
    expect(world.records.size).toBe(0);
  });

  test('what the policy of this very account does not offer is refused', async () => {
    const world = await withAda('--group', 'staff');
    const forStaff = { id: 'staff', appliesToGroups: ['staff'], methods: ['email' as const] };
    world.groupPolicies.set('staff', { ...world.policy, ...forStaff });
    const { code, err } = await cli(world, 'methods', 'prefill', 'ada', '--mobile-phone', mobile);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'The policy of ada (staff) does not offer mobile_phone: see its methods.',
    });
    expect((await cli(world, 'methods', 'prefill', 'ada', '--email', 'ada@home.example')).code).toBe(0);
  });

  test.each([
    [[], 'Say what to fill in: --office-phone'],
    [['--mobile-phone', '0612345678', '--country', 'XX'], '--country takes the two letters'],
    [['--security-questions', 'x'], "'--security-questions'"],
    [['--authenticator-app', 'x'], "'--authenticator-app'"],
  ])('%j is a wrong use', async (line, message) => {
    const host = createHost(() => Promise.reject(new Error('was opened')));
    expect(await run(['methods', 'prefill', 'ada', ...line], host)).toBe(2);
    expect(host.told.join()).toContain(message);
  });
});

describe('methods list', () => {
  const day = 86_400_000;
  const verifiedAt = new Date(now.getTime() - 10 * day);
  const later = new Date(now.getTime() + day);

  function recordMethods(world: World, methods: readonly Method[]): void {
    world.records.set('id-ada', { ...emptyRecord('id-ada'), methods });
  }

  test('shows each method masked, and its state', async () => {
    const world = await withAda();
    await cli(world, 'methods', 'prefill', 'ada', '--mobile-phone', mobile, '--email', 'ada@home.example');
    const proved = { ...emptyMethod('app', 'authenticator_app'), verifiedAt, secretCiphertext: 'sealed' };
    recordMethods(world, [
      ...(world.records.get('id-ada')?.methods ?? []),
      proved,
      { ...proved, coolingOffUntilAt: later },
      { ...proved, coolingOffUntilAt: now },
      { ...proved, proveAnewAt: now },
      { ...proved, replacedById: 'other' },
    ]);
    const { code, out } = await cli(world, 'methods', 'list', 'ada');
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      'METHOD | ADDRESS | STATE',
      'mobile_phone | +33 •••••••78 | prefilled',
      'email | a•••@home.example | prefilled',
      'authenticator_app | verified on 2026-02-19',
      'authenticator_app | cooling off until 2026-03-02T12:00:00.400Z',
      'authenticator_app | verified on 2026-02-19',
      'authenticator_app | to be proved anew',
      'authenticator_app | replaced, while the new one is cooling off',
    ]);
    const json = (await cli(world, 'methods', 'list', 'ada', '--json')).out;
    expect(JSON.parse(json)[0]).toEqual({
      type: 'mobile_phone',
      maskedAddress: '+33 •••••••78',
      state: 'prefilled',
      verifiedAt: null,
      coolingOffUntilAt: null,
    });
    expect(out + json).not.toMatch(inClear);
    expect(out + json).not.toContain('sealed');
  });

  test('says so where there are none', async () => {
    const world = await withAda();
    expect((await cli(world, 'methods', 'list', 'ada')).out).toBe('ada has no methods.');
    expect((await cli(world, 'methods', 'list', 'ada', '--json')).out).toBe('[]');
  });
});

test.each([['list'], ['prefill', '--email', 'a@home.example']])(
  'methods %s says who is not there',
  async (command, ...options) => {
    const world = createWorld();
    const { code, err } = await cli(world, 'methods', command, 'nobody', ...options);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("no account 'nobody'") });
    expect(world.isOpen).toBe(false);
  },
);
