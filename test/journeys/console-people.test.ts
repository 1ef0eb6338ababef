/** People in the console: found, read without numbers, changed; what is refused; and two admins at one person. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventType } from '../../security-info/events.ts';
import { createAdmin, enterConsole, proveApp } from './console.ts';
import type { Visitor } from './visitor.ts';
import { openWorld, type Person, type World } from './world.ts';

let world: World;
let admin: Person;
let visitor: Visitor;
beforeAll(async () => {
  world = await openWorld();
  await world.policy({ methods: ['authenticator_app', 'mobile_phone', 'email'] });
  admin = await createAdmin(world);
  visitor = await enterConsole(world, admin);
});
afterAll(() => world.close());

const twoMethods = [
  { type: 'authenticator_app', verifiedDaysAgo: 10 },
  { type: 'email', verifiedDaysAgo: 10 },
] as const;

/** A window of the admin's browser at somebody's page. */
async function at(person: Person, path = ''): Promise<Visitor> {
  const tab = visitor.secondTab();
  await tab.open(`/admin/people/${person.account.id}${path}`);
  expect(tab.page.status).toBe(200);
  return tab;
}

/** How often the audit log says that the admin did this to somebody. */
function audited(person: Person, type: EventType): Promise<number> {
  return world.deployment.composition.connection
    .collection('audit_events')
    .countDocuments({ accountId: person.account.id, type, actor: `admin:${admin.account.id}` });
}

const recordOf = ({ account }: Person) => world.deployment.composition.ports.records.read(account.id);
const methodOf = async (person: Person, type = 'email') =>
  (await recordOf(person)).methods.find((method) => method.type === type)?.id ?? '';

test('finds people by the beginning of a name, by the whole name, by group, and page by page', async () => {
  const person = await world.person({ groups: ['astronomers'] });
  const tab = visitor.secondTab();
  await tab.open(`/admin/people?name=${person.account.loginName.toUpperCase()}&match=exact`);
  expect(tab.page.text).toContain(person.account.displayName);
  await tab.open('/admin/people?name=perso&group=astronomers');
  await tab.follow(person.account.displayName);
  expect(tab.page.heading).toBe(person.account.displayName);
  await tab.open('/admin/people?name=nobody-at-all');
  expect(tab.page.text).toContain('Nobody was found.');
  for (let count = 0; count < 52; count += 1) {
    const loginName = `crew${String(count).padStart(2, '0')}`;
    await world.deployment.composition.directory.create({
      ...{
        loginName,
        displayName: loginName,
        mailbox: null,
        groups: ['crew'],
        isAdmin: false,
        password: person.password,
      },
    });
  }
  await tab.open('/admin/people?name=crew');
  expect(tab.page.text).not.toContain('crew51');
  await tab.follow('Next page');
  expect(tab.page.text).toContain('crew51');
});

test('shows no number or address in clear before it is asked for; then once, and the audit log says so', async () => {
  const person = await world.person({ methods: twoMethods });
  const address = person.addresses.email ?? '?';
  const tab = await at(person);
  expect(tab.page.html).not.toContain(address);
  expect(tab.page.text).toContain('Nothing: all is there; to be reconfirmed by');
  expect(await audited(person, 'method_address_read')).toBe(0);
  await tab.press('Show numbers and addresses');
  expect(tab.page.html).toContain(address);
  expect(tab.page.headers.get('cache-control')).toBe('no-store');
  expect(await audited(person, 'method_address_read')).toBe(1);
  await tab.follow('Mask them again');
  expect(tab.page.html).not.toContain(address);
  expect(tab.page.html).not.toContain(person.secrets[0] ?? '?');
});

describe('filling in', () => {
  test('takes a number with its country, and says when it is there already', async () => {
    const person = await world.person();
    const tab = await at(person);
    const number = { type: 'mobile_phone', address: '0171 3920077', country: 'DE' };
    await tab.submit('/methods', number);
    expect(tab.page.text).toContain('The method is filled in.');
    expect(tab.page.html).not.toContain('3920077');
    await expect.poll(() => audited(person, 'method_prefilled')).toBe(1);
    await tab.submit('/methods', number);
    expect(tab.page.text).toContain('It was there already');
  });

  test('says in French what is wrong at its field, and keeps what was typed', async () => {
    const person = await world.person();
    const french = world.visitor('fr');
    await enterConsole(world, await createAdmin(world), `/admin/people/${person.account.id}`, french);
    await french.submit('/methods', { type: 'mobile_phone', address: '12', country: 'FR' });
    expect(french.page.status).toBe(422);
    expect(french.page.html).toMatch(/<p class="error" id="field-address-problem">[^<]*numéro/);
    expect(french.form('/methods').fields).toMatchObject({
      type: 'mobile_phone',
      address: '12',
      country: 'FR',
    });
    await french.submit('/methods', { type: 'office_phone', address: '+33199009901', country: '' });
    expect(french.page.html).toMatch(/id="field-type-problem">[^<]*ne propose pas ce type/);
    await french.submit('/issue-access-pass', { hours: '169' });
    expect(french.page.html).toMatch(/id="field-hours-problem">[^<]*de 1 à 168/);
    await french.submit('/snoozes', { times: '0', days: 'x' });
    expect(french.page.html).toMatch(/id="field-times-problem"[\s\S]*id="field-days-problem"/);
  });

  test('of two admins the later one is told, sees what is there now, and loses nothing typed', async () => {
    const person = await world.person();
    const [first, second] = [await at(person), await at(person)];
    await first.submit('/methods', { type: 'email', address: 'first@home.example' });
    await second.submit('/methods', { type: 'email', address: 'second@home.example' });
    expect(second.page.status).toBe(412);
    expect(second.page.text).toContain('Somebody else has changed this meanwhile.');
    expect(second.page.text).toMatch(/f\S+@home/);
    expect(second.form('/methods').fields).toMatchObject({ address: 'second@home.example' });
    await second.press('Fill it in');
    expect(second.page.text).toMatch(/s\S+@home/);
  });
});

test.each([
  ['remove', 'Remove it', 'The method is removed.', 'method_removed'],
  ['lost', 'It is lost', 'The method is removed as lost.', 'method_lost'],
] as const)('%s: asks first, then takes the method out', async (action, button, done, event) => {
  const person = await world.person({ methods: twoMethods });
  const id = await methodOf(person);
  const tab = await at(person, `/methods/${id}/${action}`);
  expect((await recordOf(person)).methods).toHaveLength(2);
  await tab.press(button);
  expect(tab.page.text).toContain(done);
  expect((await recordOf(person)).methods).toHaveLength(1);
  await expect.poll(() => audited(person, event)).toBe(1);
  await tab.open(`/admin/people/${person.account.id}/methods/${id}/${action}`);
  expect(tab.page.status).toBe(404);
});

test('requires registration again after asking, a reconfirmation at once, and takes that back', async () => {
  const person = await world.person({ methods: twoMethods });
  const tab = await at(person);
  await tab.press('Require reconfirmation now');
  expect(tab.page.text).toContain('Must reconfirm: an administrator asked for it');
  await tab.press('Take that back');
  expect(tab.page.text).toContain('The reconfirmation is no longer asked for.');
  await tab.follow('Require registration again');
  expect((await recordOf(person)).methods.every(({ proveAnewAt }) => proveAnewAt === null)).toBe(true);
  await tab.press('Require it');
  expect(tab.page.text).toContain('Must register 2 more methods.');
  await expect.poll(() => audited(person, 'registration_required_again')).toBe(1);
});

test('shows an access pass once, in no address, and revokes it', async () => {
  const person = await world.person({ methods: twoMethods });
  const tab = await at(person);
  await tab.submit('/issue-access-pass', { hours: '8' });
  const pass = /id="access-pass">([^<]+)</.exec(tab.page.html)?.[1] ?? '';
  expect(pass.length).toBeGreaterThan(7);
  expect(tab.page.headers.get('cache-control')).toBe('no-store');
  expect(tab.trail.addresses.join()).not.toContain(pass);
  await tab.open(`/admin/people/${person.account.id}`);
  expect(tab.page.html).not.toContain(pass);
  await tab.press('Revoke the pass');
  expect(tab.page.text).toContain('There is no valid pass.');
  expect(world.logLines.join()).not.toContain(pass);
});

test('unlocks, grants more time, excludes after asking and takes in again', async () => {
  const person = await world.person({ methods: twoMethods });
  const tab = await at(person);
  await tab.press('Unlock');
  expect(tab.page.text).toContain('Everything is open again.');
  await tab.submit('/snoozes', { times: '3', days: '5' });
  expect(tab.page.text).toContain('Used: 0; left: 3.');
  await tab.follow('Exclude…');
  await tab.press('Exclude it');
  expect(tab.page.text).toContain('Is asked nothing: the account is excluded.');
  await tab.press('Take it in again');
  expect(tab.page.text).toContain('The account is taken in again.');
});

test('a form without a tag, one of nobody, and one without its token change nothing', async () => {
  const person = await world.person({ methods: twoMethods });
  const tab = await at(person);
  await tab.submit('/require-reconfirmation', { tag: '' });
  expect(tab.page.status).toBe(412);
  await tab.submit('/require-reconfirmation', { form_token: 'another' });
  expect(tab.page.status).toBe(403);
  await tab.open('/admin/people/nobody');
  expect(tab.page.status).toBe(404);
  expect((await recordOf(person)).mark).toBeNull();
});

test('a form that came after 15 minutes is kept, and offered again once after the proof', async () => {
  const own = await createAdmin(world);
  const person = await world.person();
  const tab = await enterConsole(world, own, `/admin/people/${person.account.id}`);
  world.clock.advance(15 * 60_000 + 1_000);
  await tab.submit('/methods', { type: 'email', address: 'late@home.example' });
  expect(tab.page.heading).toBe('Show that you are you');
  expect((await recordOf(person)).methods).toHaveLength(0);
  await proveApp(world, own, tab);
  expect(tab.page.heading).toBe('Nothing is lost');
  const held = tab.secondTab();
  await tab.press('Send it now');
  expect(tab.page.text).toContain('The method is filled in.');
  expect((await recordOf(person)).methods).toHaveLength(1);
  await held.open('/admin/held');
  expect(held.page.heading).toBe('Overview');
});
