/** What an admin filled in: seen masked, confirmed or corrected by its user, and no way in for a thief who has the password. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toldOf } from './aftermath.ts';
import { finish, proveApp, provePhone, redeem, type SignIn, setUpApp, setUpEmail, signIn } from './steps.ts';
import { messagesTo } from './telephone.ts';
import type { Visitor } from './visitor.ts';
import { type GivenMethod, openWorld, type Person, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.policy({
    methods: ['authenticator_app', 'mobile_phone', 'alternate_phone', 'office_phone', 'email'],
  });
});
afterAll(() => world.close());

const office = '+33199009981';
const officePhone: GivenMethod = {
  type: 'office_phone',
  address: `${office};ext=567`,
  verifiedDaysAgo: null,
};
const mobilePhone: GivenMethod = { type: 'mobile_phone', verifiedDaysAgo: null };
const hour = 3_600_000;

async function recordOf({ account }: Person) {
  return world.deployment.composition.ports.records.read(account.id);
}

/** The address of a page about the method that is there. */
async function pageOf(person: Person, visitor: Visitor, page: string): Promise<string> {
  const base = /^\/interaction\/[^/]+/.exec(visitor.page.url.pathname)?.[0] ?? '';
  return `${base}/security-info/methods/${(await recordOf(person)).methods[0]?.id}/${page}`;
}

/** Sends a form that the page does not offer. */
async function forge({ visitor }: Pick<SignIn, 'visitor'>, address: string): Promise<void> {
  const token = visitor.page.forms[0]?.fields['form_token'] ?? '';
  await visitor.open(address, { form: { form_token: token } });
}

test('an office phone is seen masked and confirmed by a call that dials the extension and speaks', async () => {
  const person = await world.person({ methods: [officePhone] });
  const journey = await signIn(world, person);
  const { visitor } = journey;
  expect(visitor.page.text).toContain('+33 •••••••81 x•••');
  expect(visitor.page.text).toContain('Filled in by your administrator. Please confirm that it is right.');
  expect(visitor.page.text).toContain('0 of 2 set up');
  await visitor.follow('Confirm +33');
  expect(visitor.page.forms.flatMap(({ buttons }) => buttons)).toEqual(['Call me with a code']);
  await visitor.press('Call me with a code');
  const [call] = messagesTo(world.gateway, office);
  expect(call).toMatchObject({ channel: 'voice', keys: expect.stringMatching(/^w+567$/) });
  expect(call?.words).not.toContain('Gather');
  await visitor.submit('/prove', { code: world.phoneCode(office) });
  expect(visitor.page.text).toContain('Thank you. The method is confirmed.');
  expect(visitor.page.text).toContain('1 of 2 set up');
  await setUpEmail(world, visitor, 'office@home.example');
  await finish(visitor);
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd', 'tel', 'mfa']);
  expect(visitor.trail.pages.join('\n').replace(/\s/g, '')).not.toMatch(/199009981|567/);
});

test('an office phone is neither changed nor removed by its user, who is told whom to ask', async () => {
  const person = await world.person({ methods: [officePhone] });
  const journey = await signIn(world, person);
  const { visitor } = journey;
  expect(visitor.page.text).toContain('Your administrator sets this one.');
  const links = visitor.page.links.map(({ href }) => href).filter((href) => href.includes('/methods/'));
  expect(links.filter((href) => !href.endsWith('/prove'))).toEqual([]);
  await visitor.follow('/prove');
  expect(visitor.page.text).toContain('Only your administrator can change this one.');
  expect(visitor.page.links).toContainEqual({ href: 'https://help.example/', text: 'Ask the helpdesk' });
  await visitor.open(await pageOf(person, visitor, 'remove'));
  expect(visitor.page.text).toContain('only they can change or remove it');
  expect(visitor.page.links).toContainEqual({ href: 'https://help.example/', text: 'Ask the helpdesk' });
  const overview = await signIn(world, person);
  await forge(overview, await pageOf(person, overview.visitor, 'remove'));
  expect(overview.visitor.page.status).toBe(403);
  expect(overview.visitor.page.text).toContain('only they can change or remove it');
  expect((await recordOf(person)).methods).toHaveLength(1);
});

test('the address of a change of the office phone, typed in, is answered with whom to ask', async () => {
  const person = await world.person({ methods: [officePhone] });
  const { visitor } = await signIn(world, person);
  await visitor.open(await pageOf(person, visitor, 'replace'));
  expect(visitor.page.status).toBe(403);
  expect(visitor.page.text).toContain('only an administrator can change or remove it');
});

test('a prefilled mobile phone is confirmed by an SMS, and a second method is still asked for', async () => {
  const person = await world.person({ methods: [mobilePhone] });
  const journey = await signIn(world, person);
  const { visitor } = journey;
  expect(visitor.page.text).toContain('0 of 2 set up');
  expect(visitor.page.links.map(({ text }) => text)).toContain('Set up an authenticator app');
  await visitor.follow('Confirm +49');
  expect(visitor.page.heading).toBe('Is this yours?');
  await provePhone(world, visitor, person.addresses.mobile_phone ?? '');
  expect(visitor.page.text).toContain('1 of 2 set up, 1 more is missing.');
  await finish(visitor);
  expect(visitor.page.status).toBe(409);
  const app = await setUpApp(world, visitor);
  await finish(visitor);
  // The app is cooling off: it was added once a method was there.
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd', 'sms', 'mfa']);
  expect(app).not.toBe('');
});

test('a prefilled mobile phone is corrected: cooling-off starts, and the old number and the mailbox are told', async () => {
  const person = await world.person({ methods: [mobilePhone] });
  const { visitor } = await signIn(world, person);
  await visitor.follow('/prove');
  await visitor.follow('This is not mine: change it');
  expect(visitor.page.text).toContain('This takes the place of: Mobile phone +49');
  await visitor.submit('/replace', { number: '+13125550160', channel: 'sms' });
  await visitor.submit('/code', { code: world.phoneCode('+13125550160') });
  expect(visitor.page.text).toContain('it cannot reset a password or change other methods');
  const [method] = (await recordOf(person)).methods.filter(({ replacedById }) => replacedById === null);
  const hours = (Number(method?.coolingOffUntilAt) - world.clock.now().getTime()) / hour;
  expect(hours).toBeGreaterThan(23.9);
  expect(hours).toBeLessThanOrEqual(24);
  const old = person.addresses.mobile_phone ?? '';
  expect(await toldOf(world, person, 'method_replaced')).toEqual([
    `mail ${person.account.mailbox}`,
    `sms ${old}`,
  ]);
  await expect.poll(() => messagesTo(world.gateway, old)).toHaveLength(1);
  await expect
    .poll(() => world.relay.messages.flatMap(({ recipients }) => recipients))
    .toContain(person.account.mailbox);
});

test('cannot be removed while nothing else is there: it can be changed', async () => {
  const person = await world.person({ methods: [mobilePhone] });
  const { visitor } = await signIn(world, person);
  expect(visitor.page.links.filter(({ href }) => href.endsWith('/remove'))).toEqual([]);
  await visitor.open(await pageOf(person, visitor, 'remove'));
  expect(visitor.page.text).toContain('If it is wrong, change it or set up another method.');
  await visitor.follow('Change it');
  expect(visitor.page.heading).toBe('Change the mobile number');
});

test('a thief with the password adds methods only with cooling-off and in front of everybody', async () => {
  const person = await world.person({ methods: [mobilePhone] });
  const number = person.addresses.mobile_phone ?? '';
  const journey = await signIn(world, person);
  const { visitor } = journey;
  const secret = await setUpApp(world, visitor);
  expect(await toldOf(world, person, 'method_registered')).toEqual([
    `mail ${person.account.mailbox}`,
    `sms ${number}`,
  ]);
  // What is cooling off lets them add what is missing, and nothing else.
  await visitor.open(await pageOf(person, visitor, 'replace'));
  await visitor.submit('/replace', { number: '+13125550161', channel: 'sms' });
  expect(visitor.page.url.pathname).toMatch(/\/prove$/);
  expect(visitor.page.text).toContain('Too new for this');
  expect(messagesTo(world.gateway, '+13125550161')).toEqual([]);
  await visitor.follow('Back');
  await setUpEmail(world, visitor, 'thief@elsewhere.example');
  expect(await toldOf(world, person, 'method_registered')).toHaveLength(4);
  await finish(visitor);
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd']);
  const { methods } = await recordOf(person);
  const added = methods.filter(({ prefilledAt }) => prefilledAt === null);
  expect(added.map(({ type }) => type)).toEqual(['authenticator_app', 'email']);
  for (const { coolingOffUntilAt } of added) expect(coolingOffUntilAt).not.toBeNull();
  const later = await signIn(world, person, { prompt: 'security_info' });
  await later.visitor.open(await pageOf(person, later.visitor, 'remove'));
  expect(later.visitor.page.url.pathname).toMatch(/\/prove$/);
  expect(later.visitor.page.text).toContain('None of your methods can be used for this yet.');
  world.clock.advance(25 * hour);
  const next = await signIn(world, person, { prompt: 'security_info' });
  await next.visitor.open(await pageOf(person, next.visitor, 'remove'));
  await next.visitor.follow('Authenticator app');
  await proveApp(world, next.visitor, secret);
  expect(next.visitor.page.heading).toBe('Remove this method?');
});
