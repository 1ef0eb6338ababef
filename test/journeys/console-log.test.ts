/** The console's overview, its audit log and its jobs: what is shown before and after there is something to show. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testEvent } from '../models/open-models.ts';
import { createAdmin, enterConsole } from './console.ts';
import type { Visitor } from './visitor.ts';
import { openWorld, type Person, type World } from './world.ts';

let world: World;
let admin: Person;
let visitor: Visitor;
beforeAll(async () => {
  world = await openWorld();
  admin = await createAdmin(world);
  await world.person({
    methods: [
      { type: 'email', verifiedDaysAgo: 170 },
      { type: 'authenticator_app', verifiedDaysAgo: 10 },
    ],
  });
  visitor = await enterConsole(world, admin);
});
afterAll(() => world.close());

const run = { dryRun: false, onProgress: () => undefined, signal: new AbortController().signal };

test('the overview is empty before the first count, and full after it; it says as of when', async () => {
  expect(visitor.page.text).toContain('There are no numbers yet.');
  await world.deployment.composition.jobs.find(({ name }) => name === 'report-snapshot')?.run(run);
  await visitor.open('/admin/');
  const { text, html } = visitor.page;
  expect(text).toContain('Counted on');
  expect(text).toContain('Accounts 2 Asked by a policy 2 Registered 2 (100 %)');
  expect(text).toContain('1 person becomes due');
  expect(html).toContain('<polyline class="chart-line chart-line-1"');
  expect(html).not.toMatch(/<script|\sstyle=/);
});

test('the log is newest first, has names in the language, and is narrowed by each filter', async () => {
  const entries = async (query: string): Promise<string> =>
    (await visitor.open(`/admin/audit?${query}`)).text;
  const { loginName, id } = admin.account;
  expect(await entries('')).toContain('Signed in');
  expect(await entries(`person=${loginName}&type=signed_in`)).toContain(`Signed in ${loginName} The user`);
  expect(await entries(`person=${id}&type=signed_in`)).toContain(`Signed in ${loginName}`);
  const today = world.clock.now().toISOString().slice(0, 10);
  expect(await entries(`from=${today}&to=${today}&type=signed_in&result=success&actor=user`)).toContain(
    loginName,
  );
  for (const nothing of ['to=2020-01-01', 'person=nobody', 'client=none', 'actor=cli', 'result=failure'])
    expect(await entries(`${nothing}&type=signed_in`)).toContain('There is nothing like that in the log.');
  const french = visitor.secondTab();
  await french.open('/admin/audit?ui_locales=fr');
  expect(french.page.heading).toBe('Journal d’audit');
});

test('wrong filters and a foreign cursor are told, and show nothing', async () => {
  await visitor.open('/admin/audit?from=yesterday&type=nonsense');
  expect(visitor.page.status).toBe(422);
  expect(visitor.page.text).toContain('Give a day as YYYY-MM-DD.');
  await visitor.open('/admin/audit?cursor=bm9uc2Vuc2U');
  expect(visitor.page.status).toBe(400);
});

test('a change of a policy shows each setting before and after', async () => {
  const { ports } = world.deployment.composition;
  const changes = [{ setting: 'intervalDays', before: 180, after: 90 }];
  await ports.eventLog.insert([
    testEvent({ id: 'e-policy', type: 'policy_changed', at: world.clock.now(), accountId: null, changes }),
  ]);
  await visitor.open('/admin/audit?type=policy_changed');
  expect(visitor.page.text).toContain('1 setting changed intervalDays Before: 180 After: 90');
});

test('the log goes on from page to page, and is exported whole, which is in the log', async () => {
  const { ports } = world.deployment.composition;
  const event = {
    type: 'account_changed',
    accountId: admin.account.id,
    actor: 'job:sync-directory',
  } as const;
  await ports.eventLog.insert(
    Array.from({ length: 60 }, (_, number) =>
      testEvent({ ...event, id: `e-${number}`, at: world.clock.now(), reason: `number ${number}` }),
    ),
  );
  await visitor.open('/admin/audit?type=account_changed');
  const first = visitor.page.html.match(/<code>number \d+/g) ?? [];
  await visitor.follow('Next page');
  const second = visitor.page.html.match(/<code>number \d+/g) ?? [];
  expect(new Set([...first, ...second]).size).toBe(60);
  await visitor.press('Export these entries as JSON Lines');
  const lines = visitor.page.html.trim().split('\n');
  expect(lines).toHaveLength(60);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'account_changed', activity: 'Account changed' });
  await visitor.open('/admin/audit?type=report_exported');
  expect(visitor.page.text).toContain(`Report exported ${admin.account.loginName}`);
});

test('every job is listed with its next run', async () => {
  await visitor.open('/admin/jobs');
  for (const { name } of world.deployment.composition.jobs) expect(visitor.page.text).toContain(name);
  expect(visitor.page.text).toContain('There are none.');
});

test('what was given up is shown without whom it was for, and is tried again, one or all', async () => {
  const { outbox, deadLetters, ports } = world.deployment.composition;
  const notify = [{ channel: 'mail', addressCiphertext: 'sealed-address', locale: 'fr' }] as const;
  for (const id of ['dead-1', 'dead-2', 'dead-3']) {
    await ports.eventLog.insert([
      testEvent({ id, type: 'method_removed', at: world.clock.now(), accountId: admin.account.id, notify }),
    ]);
    const message = await outbox.claim(60);
    expect(message !== null && (await deadLetters.bury(message, 'mailbox_unknown'))).toBe(true);
  }
  await visitor.open('/admin/');
  expect(visitor.page.text).toContain('Some notices could not be delivered');
  await visitor.follow('Look at them');
  expect(visitor.page.text).toContain('User deleted security info E-mail mailbox_unknown 1 Today');
  expect(visitor.page.html).not.toMatch(/sealed-address|person1|@work\.example/);
  await visitor.press('Try again');
  expect(visitor.page.text).toContain('1 notice is tried again.');
  await visitor.press('Try all of them again');
  expect(visitor.page.text).toContain('2 notices are tried again.');
  expect(visitor.page.text).toContain('There are none.');
  // Somebody else was faster.
  const { fields } = visitor.form('/leave');
  await visitor.open('/admin/jobs/retry', { form: { ...fields, key: 'dead-1.0' } });
  expect(visitor.page.text).toContain('Nothing to try again: it was gone.');
  await visitor.open('/admin/jobs/retry', { form: { ...fields, key: 'x'.repeat(400) } });
  expect(visitor.page.text).toContain('Nothing to try again');
});

test('an ordinary user comes to none of the sections, and no form works without its token', async () => {
  const stranger = world.visitor();
  for (const path of ['campaigns', 'campaigns/new', 'imports', 'imports/new', 'audit', 'jobs']) {
    await stranger.open(`${world.issuer}/admin/${path}`);
    expect(stranger.page.heading).toBe('Sign in');
  }
  for (const path of ['campaigns', 'imports/export', 'audit/export', 'jobs/retry', 'jobs/retry-all']) {
    await visitor.open(`/admin/${path}`, { form: { form_token: 'another' } });
    expect(visitor.page.status).toBe(403);
  }
});
