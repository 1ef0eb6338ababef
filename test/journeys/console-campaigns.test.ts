/** Campaigns at the console: begun, watched, paused, resumed and ended, and what is refused. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAdmin, enterConsole } from './console.ts';
import type { Visitor } from './visitor.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let visitor: Visitor;
beforeAll(async () => {
  world = await openWorld();
  for (const group of ['staff', 'staff', 'guests'])
    await world.person({ groups: [group], methods: [{ type: 'email', verifiedDaysAgo: 30 }] });
  visitor = await enterConsole(world, await createAdmin(world), '/admin/campaigns');
});
afterAll(() => world.close());
beforeEach(async () => {
  await visitor.open('/admin/campaigns/new');
});

/** Begins one for the staff, and waits until its members are listed. */
async function beginForStaff(name: string): Promise<void> {
  await visitor.submit('/campaigns', { name, target: 'group', group: 'staff', days: '2' });
  const { url } = visitor.page;
  await expect.poll(async () => (await visitor.open(url)).text, { timeout: 10_000 }).toContain('Members 2');
}

test('one for a group lists its members, plans its shares and is in the list', async () => {
  await beginForStaff('Spring <cleaning>');
  expect(visitor.page.heading).toBe('Spring <cleaning>');
  expect(visitor.page.text).toContain('Who is asked The members of a group: staff');
  expect(visitor.page.text).toContain('At most a day 1');
  expect(visitor.page.html.match(/<rect class="chart-bar chart-planned"/g)).toHaveLength(2);
  await visitor.open('/admin/campaigns');
  expect(visitor.page.text).toContain('Spring <cleaning> Running 0 of 2 asked, 0 reconfirmed');
});

test('it is paused, resumed and ended; then nothing more can be done with it', async () => {
  await beginForStaff('To be ended');
  const { url } = visitor.page;
  await visitor.press('Pause');
  expect(visitor.page.url.href).toBe(url.href);
  expect(visitor.page.text).toContain('State Paused');
  await visitor.press('Resume');
  expect(visitor.page.text).toContain('State Running');
  const { fields } = visitor.form(url.pathname);
  await visitor.press('End this campaign');
  expect(visitor.page.text).toContain('State Ended');
  expect(visitor.page.forms.map(({ action }) => action)).toEqual(['/admin/leave']);
  await visitor.open(url, { form: { ...fields, version: '4', action: 'resume' } });
  expect([visitor.page.status, visitor.page.text]).toEqual([
    409,
    expect.stringContaining('campaign is over'),
  ]);
});

test('what another admin changed meanwhile is told, with the campaign as it is now', async () => {
  await beginForStaff('Of two admins');
  const other = visitor.secondTab();
  await other.open(visitor.page.url);
  await other.press('Pause');
  await visitor.press('End this campaign');
  expect(visitor.page.status).toBe(412);
  expect(visitor.page.text).toContain('Somebody else has changed the campaign meanwhile.');
  expect(visitor.page.text).toContain('State Paused');
  await visitor.press('Resume');
  expect(visitor.page.text).toContain('State Running');
});

test('a form with mistakes says which they are, and keeps what was typed', async () => {
  await visitor.submit('/campaigns', { name: '', target: 'group', group: '', days: '0' });
  expect(visitor.page.status).toBe(422);
  expect(visitor.page.text).toContain('Days are a whole number from 1 to 365.');
  expect(visitor.page.text.match(/Fill this in\./g)).toHaveLength(2);
  await visitor.submit('/campaigns', { name: 'Kept', target: 'policy', policyId: 'nowhere', days: '3' });
  expect(visitor.page.text).toContain('There is no such policy.');
  expect(visitor.form('/campaigns').fields).toMatchObject({ name: 'Kept', days: '3', target: 'policy' });
  await visitor.submit('/campaigns', { name: 'Kept', target: 'nobody', days: '3' });
  expect(visitor.page.text).toContain('Choose one from the list.');
});

test('a campaign that is not there is not found', async () => {
  await visitor.open('/admin/campaigns/00000000-0000-4000-8000-000000000000');
  expect(visitor.page.status).toBe(404);
});
