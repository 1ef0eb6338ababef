/** A command line as such: help, wrong use, exit codes, JSON; and the commands that need no account. */
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { run } from '../../cli/run.ts';
import { textTable } from '../../cli/text-table.ts';
import type { Job } from '../../jobs/job.ts';
import { readSettings } from '../../provider/config.ts';
import { InvalidSettings } from '../../provider/invalid-settings.ts';
import { createHost, createWorld } from './deployment.ts';

const closed = () => createHost(() => Promise.reject(new Error('was opened')));

describe('help', () => {
  test('lists every command, and needs no settings', async () => {
    for (const line of [['--help'], ['-h'], ['help']]) {
      const host = closed();
      expect(await run(line, host)).toBe(0);
      for (const { name, summary } of commands) {
        expect(host.printed.join('\n')).toContain(name);
        expect(host.printed.join('\n')).toContain(summary);
      }
    }
  });

  test('of a group lists the group', async () => {
    const host = closed();
    expect(await run(['client', '--help'], host)).toBe(0);
    expect(host.printed.join()).toContain('client add');
    expect(host.printed.join()).not.toContain('account create');
  });

  test.each(commands.map((command) => [command.name, command] as const))(
    'of %s names every option and argument',
    async (name, command) => {
      const host = closed();
      expect(await run([...name.split(' '), '--help'], host)).toBe(0);
      for (const option of [...Object.keys(command.options), 'json', 'help']) {
        expect(host.printed.join('\n')).toContain(`--${option}`);
      }
      expect(host.printed.join('\n')).toContain(command.argument?.doc ?? command.summary);
    },
  );
});

describe('a wrong use', () => {
  test.each([
    [[], 'Usage:'],
    [['acount'], "no command 'acount'"],
    [['account'], "'account' what?"],
    [['account', 'drop'], "no command 'account drop'"],
    [['account', 'disable'], '<login name> is missing'],
    [['account', 'disable', 'ada', 'bob'], 'was given 2'],
    [['account', 'list', 'ada'], 'takes no argument'],
    [['account', 'create', 'ada', '--colour', 'red'], "'--colour'"],
    [['account', 'create', 'ada', '--mailbox'], '--mailbox'],
    [['account', 'create', 'ada', '--admin=yes'], '--admin'],
  ])('%j is told with what is right, opens nothing, and ends with 2', async (line, message) => {
    const host = closed();
    expect(await run(line, host)).toBe(2);
    expect(host.told.join('\n')).toContain(message);
    expect(host.printed).toEqual([]);
  });

  test('is JSON for who asked for it', async () => {
    const host = closed();
    expect(await run(['account', 'disable', '--json'], host)).toBe(2);
    expect(JSON.parse(host.told.join())).toMatchObject({ error: { code: 'usage' } });
  });
});

test('settings that do not do are listed all at once, with exit code 2', async () => {
  const host = createHost(async () => {
    throw new InvalidSettings([
      { name: 'ISSUER', problem: 'is missing', make: 'https://…' },
      { name: 'HASH_KEY', problem: 'is missing', make: 'keys generate' },
    ]);
  });
  expect(await run(['account', 'list'], host)).toBe(2);
  expect(host.told.join()).toMatch(/ISSUER is missing.*HASH_KEY is missing/s);
});

test('a store that cannot be reached is told, with exit code 1', async () => {
  const host = createHost(() => Promise.reject(new Error('The store cannot be reached: timeout')));
  expect(await run(['account', 'list'], host)).toBe(1);
  expect(host.told).toEqual(['The store cannot be reached: timeout']);
});

test('generated keys are settings, and made without any', async () => {
  const host = closed();
  expect(await run(['keys', 'generate'], host)).toBe(0);
  const settings = readSettings(parseEnv(host.printed.join('\n')) as Record<string, string>);
  expect(settings.cookieKeys).toHaveLength(1);
  expect(settings.signingKeys?.keys).toHaveLength(2);
  expect(settings.dataKeys).toHaveLength(1);
  expect(settings.hashKey).toHaveLength(32);
  const json = closed();
  await run(['keys', 'generate', '--json'], json);
  expect(Object.keys(JSON.parse(json.printed.join()))).toEqual([
    'COOKIE_KEYS',
    'SIGNING_KEYS',
    'DATA_KEYS',
    'HASH_KEY',
  ]);
});

describe('job run', () => {
  const job: Job = {
    name: 'count',
    hasDryRun: true,
    run: async ({ dryRun, onProgress }) => {
      onProgress({ seen: 1 });
      onProgress({ seen: 2 });
      return dryRun ? { due: 2 } : { marked: 2 };
    },
  };
  const deliver: Job = { name: 'deliver', hasDryRun: false, run: async () => ({ sent: 0 }) };

  test('tells its progress apart from its answer', async () => {
    const world = createWorld({ jobs: [job, deliver] });
    const host = createHost(async () => world.deployment);
    expect(await run(['job', 'run', 'count'], host)).toBe(0);
    expect(host).toMatchObject({ told: ['count: 1 seen', 'count: 2 seen'], printed: ['count: 2 marked'] });
    const dry = createHost(async () => world.deployment);
    expect(await run(['job', 'run', 'count', '--dry-run', '--json'], dry)).toBe(0);
    expect(JSON.parse(dry.printed.join())).toEqual({ job: 'count', dryRun: true, counts: { due: 2 } });
  });

  test.each([
    [['job', 'run', 'sleep'], 'There are: count, deliver'],
    [['job', 'run', 'deliver', '--dry-run'], "'deliver' has no --dry-run"],
  ])('%j is a wrong use', async (line, message) => {
    const world = createWorld({ jobs: [job, deliver] });
    const host = createHost(async () => world.deployment);
    expect(await run(line, host)).toBe(2);
    expect(host.told.join()).toContain(message);
    expect(world.isOpen).toBe(false);
  });

  test('is on the record, unless it changed nothing', async () => {
    const world = createWorld({ jobs: [job, deliver] });
    const list = async () => {
      const host = createHost(async () => world.deployment);
      expect(await run(['job', 'list', '--json'], host)).toBe(0);
      return JSON.parse(host.printed.join());
    };
    await run(
      ['job', 'run', 'count', '--dry-run'],
      createHost(async () => world.deployment),
    );
    expect(await list()).toMatchObject([{ name: 'count', lastRun: null }, { name: 'deliver' }]);
    await run(
      ['job', 'run', 'count'],
      createHost(async () => world.deployment),
    );
    const lastRun = { node: 'here/1', cause: 'hand', result: 'done', counts: { marked: 2 } };
    expect(await list()).toMatchObject([
      { lastRun, isRunning: false, nextRunAt: '2026-03-02T03:17:00.000Z', hasDryRun: true },
      { lastRun: null, nextRunAt: '2026-03-02T03:17:00.000Z', hasDryRun: false },
    ]);
    const host = createHost(async () => world.deployment);
    await run(['job', 'list'], host);
    expect(
      host.printed
        .join()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['JOB', 'SCHEDULE', 'LAST RUN', 'RESULT', 'TOOK', 'COUNTS', 'NEXT RUN'],
      ['count', '17 3 * * *', '2026-03-01 12:00', 'done', '0.0 s', '2 marked', '2026-03-02 03:17'],
      ['deliver', '17 3 * * *', 'never', '2026-03-02 03:17'],
    ]);
  });

  test('that was stopped half-way has not succeeded', async () => {
    const world = createWorld({ jobs: [job] });
    const host = { ...createHost(async () => world.deployment), signal: AbortSignal.abort() };
    expect(await run(['job', 'run', 'count'], host)).toBe(1);
    expect(host.told.at(-1)).toContain('was stopped (2 marked)');
  });
});

test('a name from the store moves no cursor and colours nothing', () => {
  expect(textTable(['NAME'], [['a\u001b[31m\nb']])).toBe('NAME\na\ufffd[31m\ufffdb');
});
