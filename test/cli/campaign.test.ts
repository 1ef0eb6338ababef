/** The campaign commands, on a store: begun with its members listed, shown, paused, gone on with and ended. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AdministeredDeployment } from '../../cli/deployment.ts';
import { run } from '../../cli/run.ts';
import { createHost as createAccounts, day, seed } from '../jobs/bulk.ts';
import { openModels, type TestModels } from '../models/open-models.ts';
import { createHost, createWorld } from './deployment.ts';

let models: TestModels;
let deployment: AdministeredDeployment;

beforeEach(async () => {
  models = await openModels();
  const ids = ['ada', 'bob', 'cyd'];
  const { accounts, add, directory } = createAccounts(ids);
  for (const id of accounts.keys()) add(id, { groups: id === 'cyd' ? [] : ['staff'] });
  const confirmedAt = new Date(models.clock.now().getTime() - 30 * day);
  await seed(
    models,
    ids.map((id) => ({ id, confirmedAt })),
  );
  const world = createWorld().deployment;
  const { campaigns, marking, policies, clock, keys } = models;
  deployment = {
    ...world,
    ...{ campaigns, marking },
    ports: { ...world.ports, policies, clock, keys },
    directory: { ...world.directory, ...directory },
  };
});
afterEach(() => models.close());

async function cli(...line: string[]): Promise<{ code: number; out: string; err: string }> {
  const host = createHost(async () => deployment);
  const code = await run(['campaign', ...line], host);
  return { code, out: host.printed.join('\n'), err: host.told.join('\n') };
}

test('one is begun, listed, shown, paused, gone on with and ended', async () => {
  expect((await cli('list')).out).toBe('There are no campaigns.');
  const made = await cli('create', 'Spring clean', '--days', '2', '--group', 'staff', '--json');
  const { id } = JSON.parse(made.out);
  expect(JSON.parse(made.out)).toMatchObject({ total: 2, target: { kind: 'group', group: 'staff' } });
  expect((await cli('list')).out).toMatch(/Spring clean +group staff +2 +2 +running/);
  expect((await cli('show', id)).out.split('\n')).toEqual([
    'Spring clean: group staff, over 2 days, running',
    '2 members, at most 1 a day: 0 asked, 0 confirmed since, 2 waiting, 0 left out',
    'The next share is of 2096-03-01.',
    expect.stringMatching(/^DAY +PEOPLE$/),
    expect.stringMatching(/^2096-03-01 +1 +to come$/),
    expect.stringMatching(/^2096-03-02 +1 +to come$/),
  ]);
  expect((await cli('pause', id)).out).toBe(`Campaign ${id} is paused.`);
  expect(JSON.parse((await cli('show', id, '--json')).out)).toMatchObject({
    state: 'paused',
    progress: { nextDay: null, waiting: 2 },
  });
  expect((await cli('resume', id)).out).toBe(`Campaign ${id} goes on.`);
  expect((await cli('end', id)).code).toBe(0);
  expect(await cli('resume', id)).toMatchObject({ code: 1, err: expect.stringContaining('is over') });
});

test('one for a change of policy takes those who were last confirmed on a day or before', async () => {
  const until = ['--policy', 'default', '--for-policy-change', '--confirmed-until'];
  const made = await cli('create', 'Shorter', '--days', '5', ...until, '2096-01-31', '--json');
  expect(JSON.parse(made.out)).toMatchObject({ total: 3, reason: 'policy_change' });
  const none = await cli('create', 'Shorter', '--days', '5', ...until, '2096-01-29', '--json');
  expect(JSON.parse(none.out)).toMatchObject({ total: 0 });
});

test.each([
  ['no days', ['create', 'x'], 2, '--days takes a whole number from 1 to 365'],
  ['group and policy', ['create', 'x', '--days', '1', '--group', 'a', '--policy', 'b'], 2, 'not both'],
  ['a day that is none', ['create', 'x', '--days', '1', '--confirmed-until', '2096-02-31'], 2, 'YYYY-MM-DD'],
  ['a month that is none', ['create', 'x', '--days', '1', '--confirmed-until', '2096-13-01'], 2, 'YYYY-MM'],
  ['a policy that is not there', ['create', 'x', '--days', '1', '--policy', 'b'], 1, 'no such policy'],
  ['a campaign that is not there', ['show', 'x'], 1, 'no such campaign'],
])('refuses %s', async (_, line, code, message) => {
  expect(await cli(...line)).toMatchObject({ code, err: expect.stringContaining(message) });
});
