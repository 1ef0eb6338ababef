/** What each setting of a policy does to a sign-in; who is asked, snooze, questions, numbers and budgets have files of their own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partOf } from '../delivery/relay.ts';
import {
  begin,
  finish,
  isBack,
  proveApp,
  provePhone,
  redeem,
  setUpApp,
  setUpEmail,
  setUpPhone,
  signIn,
} from './steps.ts';
import { messagesTo } from './telephone.ts';
import { type GivenMethod, openWorld, type Person, type World } from './world.ts';

const day = 86_400_000;

let world: World;
beforeAll(async () => {
  world = await openWorld();
  // Noon, so that no date on a page changes while it is looked at.
  world.clock.advance(1.5 * day - (Date.now() % day));
});
afterAll(() => world.close());

const app: GivenMethod = { type: 'authenticator_app', verifiedDaysAgo: 10 };
const email: GivenMethod = { type: 'email', verifiedDaysAgo: 10 };
const mobile: GivenMethod = { type: 'mobile_phone', verifiedDaysAgo: 10 };
const phones = ['authenticator_app', 'mobile_phone', 'email'];

let groups = 0;
/** Somebody under a policy of their own. */
async function under(
  settings: Readonly<Record<string, unknown>>,
  methods: readonly GivenMethod[] = [],
): Promise<Person> {
  groups += 1;
  const group = `policy-${groups}`;
  await world.groupPolicy(group, settings);
  return world.person({ groups: [group], methods });
}

const daysAgo = (methods: readonly GivenMethod[], verifiedDaysAgo: number): GivenMethod[] =>
  methods.map((method) => ({ ...method, verifiedDaysAgo }));

function dateIn(days: number): string {
  const { translators } = world.deployment.composition;
  return translators.in('en').date(new Date(world.clock.now().getTime() + days * day));
}

test('requireRegistration: off, it stops nobody for what is missing, and still reviews what is there', async () => {
  const nothing = await under({ requireRegistration: false });
  await redeem(await signIn(world, nothing));
  const old = await under({ requireRegistration: false }, daysAgo([email], 200));
  const journey = await signIn(world, old);
  expect(journey.visitor.page.heading).toBe('Is your security info still right?');
  await journey.visitor.submit('/all-right');
  await redeem(journey);
});

test('methods: nothing else is on offer, nor taken where its address is typed in', async () => {
  const person = await under({ methods: ['email', 'mobile_phone'] });
  const { visitor } = await signIn(world, person);
  const offers = visitor.page.links.flatMap(({ href }) => /\/add\/(\w+)$/.exec(href)?.[1] ?? []);
  expect([...new Set(offers)].sort()).toEqual(['email', 'mobile_phone']);
  const { pathname } = visitor.page.url;
  for (const type of ['authenticator_app', 'alternate_phone', 'office_phone', 'security_questions']) {
    const form = { form_token: visitor.page.forms[0]?.fields['form_token'] ?? '' };
    await visitor.open(`${pathname}/add/${type}`, { form });
    expect(visitor.page.status).toBe(403);
    await visitor.open(pathname);
  }
});

test('methodsToRegister: one is enough where the policy says so', async () => {
  const journey = await signIn(world, await under({ methodsToRegister: 1 }));
  expect(journey.visitor.page.text).toContain('You need 1 method.');
  await setUpEmail(world, journey.visitor, 'one@home.example');
  await finish(journey.visitor);
  await redeem(journey);
});

test('phoneChannels: with SMS alone nobody is called, whatever a form says', async () => {
  const person = await under({ methods: phones, phoneChannels: ['sms'] }, [app, mobile]);
  const number = person.addresses.mobile_phone ?? '';
  const { visitor } = await signIn(world, person, { prompt: 'security_info' });
  await visitor.follow('/add/email');
  await visitor.follow(/Mobile phone/);
  expect(visitor.page.forms.flatMap(({ buttons }) => buttons)).toEqual(['Send a code by SMS']);
  await visitor.submit('/send', { channel: 'voice' });
  expect(messagesTo(world.gateway, number).map(({ channel }) => channel)).toEqual(['sms']);
  const fresh = await signIn(world, await under({ methods: phones, phoneChannels: ['sms'] }));
  await fresh.visitor.follow('/add/mobile_phone');
  expect(fresh.visitor.form('/add/mobile_phone').fields).not.toHaveProperty('channel');
  await fresh.visitor.submit('/add/mobile_phone', { number: '+13125550171', channel: 'voice' });
  expect(messagesTo(world.gateway, '+13125550171').map(({ channel }) => channel)).not.toContain('voice');
});

test('phoneChannels: with calls alone every number is called', async () => {
  const { visitor } = await signIn(world, await under({ methods: phones, phoneChannels: ['voice'] }));
  await setUpPhone(world, visitor, '+13125550172', { channel: 'voice' });
  expect(messagesTo(world.gateway, '+13125550172').map(({ channel }) => channel)).toEqual(['voice']);
  const person = await under({ methods: phones, phoneChannels: ['voice'] }, [app, mobile]);
  const again = await signIn(world, person, { prompt: 'security_info' });
  await again.visitor.follow('/add/email');
  await again.visitor.follow(/Mobile phone/);
  await provePhone(world, again.visitor, person.addresses.mobile_phone ?? '', 'Call me with a code');
  expect(again.visitor.page.url.pathname).toMatch(/\/add\/email$/);
});

test('helpdeskUrl: on pages and in mails it is that of the policy, before the sign-in that of the default', async () => {
  const [ours, everybodys] = ['https://help.example/ours', 'mailto:help@service.example'];
  await world.policy({ helpdeskUrl: everybodys });
  const person = await under({ helpdeskUrl: ours });
  const journey = await begin(world);
  expect(journey.visitor.page.html).toContain(everybodys);
  const { loginName, mailbox } = person.account;
  await journey.visitor.submit('/sign-in', { loginName, password: person.password });
  expect(journey.visitor.page.html).toContain(ours);
  await setUpEmail(world, journey.visitor, 'helped@home.example');
  await setUpApp(world, journey.visitor);
  const mailsTo = (address: string | null): string[] =>
    world.relay.messages
      .filter(({ recipients }) => recipients.includes(address ?? ''))
      .map(({ source }) => partOf(source, 'text/plain'));
  expect(mailsTo('helped@home.example')[0]).toContain(ours);
  await expect.poll(() => mailsTo(mailbox)).toContainEqual(expect.stringContaining(ours));
  const other = await signIn(world, await world.person());
  expect(other.visitor.page.html).toContain(everybodys);
  expect(other.visitor.page.html).not.toContain(ours);
  await world.policy({ helpdeskUrl: null });
});

test('reconfirmAfterDays: asks after so many days, says when it asks next, and never where it is 0', async () => {
  const soon = await under({ reconfirmAfterDays: 60 }, daysAgo([app, email], 59));
  await redeem(await signIn(world, soon));
  const due = await under({ reconfirmAfterDays: 60 }, daysAgo([app, email], 60));
  const journey = await signIn(world, due);
  expect(journey.visitor.page.text).toContain(`After this we will ask you again on ${dateIn(60)}.`);
  await journey.visitor.submit('/all-right');
  await redeem(journey);
  const never = await under({ reconfirmAfterDays: 0 }, daysAgo([app, email], 1_000));
  const own = await signIn(world, never, { prompt: 'security_info' });
  expect(own.visitor.page.text).not.toContain('We will ask you');
});

test("review: with 'prove', nothing is just all right; each is proved, and the app is told how", async () => {
  const person = await under({ review: 'prove' }, daysAgo([app, email], 200));
  const journey = await signIn(world, person);
  const { visitor } = journey;
  expect(visitor.page.text).toContain('Use each one once to show that it still works.');
  expect(
    visitor.page.forms.map(({ action }) => action).filter((action) => action.endsWith('/all-right')),
  ).toEqual([]);
  const { fields } = visitor.form('/finish');
  const page = visitor.page.url.pathname;
  await visitor.open(`${page}/all-right`, { form: fields });
  expect(visitor.page.text).toContain('Some methods have to be proved with a code first.');
  await visitor.follow(/^Check with a code Authenticator/);
  await proveApp(world, visitor, person.secrets[0] ?? '');
  await finish(visitor);
  expect(visitor.page.status).toBe(409);
  expect(visitor.page.text).toContain('You can finish once everything in the list is checked.');
  await visitor.follow(/^Check with a code .*@home\.example/);
  await visitor.submit('/send');
  await visitor.submit('/prove', { code: world.mailedCode(person.addresses.email ?? '') });
  await finish(visitor);
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd', 'otp', 'mfa']);
});

test('ownEmailDomains: an address in one, or in a part of one, is refused in words, and another is not', async () => {
  const { visitor } = await signIn(world, await under({ ownEmailDomains: ['Corp.example'] }));
  await visitor.follow('/add/email');
  for (const address of ['me@corp.example', 'me@mail.CORP.example']) {
    await visitor.submit('/add/email', { address });
    expect(visitor.page.status).toBe(422);
    expect(visitor.page.text).toContain('Addresses of this organisation cannot be used');
  }
  await visitor.submit('/add/email', { address: 'me@notcorp.example' });
  expect(visitor.page.status).toBe(200);
  expect(visitor.page.url.pathname).toMatch(/\/code$/);
});

test('coolingOffHours: so long is an added method too new to change others, and not at all where it is 0', async () => {
  const addEmail = async (hours: number): Promise<{ text: string; person: Person }> => {
    const person = await under({ coolingOffHours: hours, methodsToRegister: 1 }, [app]);
    const { visitor } = await signIn(world, person, { prompt: 'security_info' });
    await visitor.follow('/add/email');
    await proveApp(world, visitor, person.secrets[0] ?? '');
    await visitor.submit('/add/email', { address: `added-${hours}@home.example` });
    await visitor.submit('/code', { code: world.mailedCode(`added-${hours}@home.example`) });
    return { text: visitor.page.text, person };
  };
  expect((await addEmail(0)).text).not.toContain('New: until');
  const { text, person } = await addEmail(72);
  expect(text).toContain('New: until');
  const choices = async (): Promise<string> => {
    const { visitor } = await signIn(world, person, { prompt: 'security_info' });
    await visitor.follow('Remove Authenticator app');
    return visitor.page.text;
  };
  world.clock.advance(3 * day - 60_000);
  expect(await choices()).toContain('Too new for this');
  world.clock.advance(60_000);
  expect(await choices()).not.toContain('Too new for this');
});

test('coolingOffAtFirstRegistration: on, what is set up first cools off too', async () => {
  const journey = await signIn(world, await under({ coolingOffAtFirstRegistration: true }));
  await setUpEmail(world, journey.visitor, 'first@home.example');
  expect(journey.visitor.page.text).toContain('New: until');
  await setUpApp(world, journey.visitor);
  await finish(journey.visitor);
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd']);
});

test('silentGraceDays: so long after it is due a silent request passes', async () => {
  const person = await under({ silentGraceDays: 3 }, daysAgo([app, email], 179));
  const journey = await signIn(world, person);
  await redeem(journey);
  const silent = async (): Promise<string | null> => {
    const asked = await begin(world, { prompt: 'none' }, { visitor: journey.visitor });
    return asked.visitor.page.url.searchParams.get('error');
  };
  world.clock.advance(4 * day - 60_000);
  expect(await silent()).toBeNull();
  world.clock.advance(60_000);
  expect(await silent()).toBe('interaction_required');
  expect(isBack(journey)).toBe(true);
});
