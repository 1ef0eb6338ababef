/** Which numbers may be given as a phone: what is refused at entry, and what a policy, or another method, makes of them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finish, isBack, provePhone, setUpApp, setUpPhone, signIn } from './steps.ts';
import { messagesTo } from './telephone.ts';
import type { Visitor } from './visitor.ts';
import { openWorld, type World } from './world.ts';

const methods = ['authenticator_app', 'mobile_phone', 'alternate_phone', 'office_phone'];
const officeNumber = '+33199009901';

let world: World;
/** Somebody who is choosing a phone; where nothing is accepted, nothing changes. */
let visitor: Visitor;
beforeAll(async () => {
  world = await openWorld();
  await world.policy({ methods });
  await world.groupPolicy('at-home', { methods, phoneCountries: ['FR', 'DE', 'GB'] });
  await world.groupPolicy('sms', { methods, phoneChannels: ['sms'] });
  const office = { type: 'office_phone', address: officeNumber, verifiedDaysAgo: null } as const;
  const person = await world.person({ groups: ['at-home'], methods: [office] });
  visitor = (await signIn(world, person)).visitor;
});
afterAll(() => world.close());

const basePathOf = ({ page }: Visitor): string => /^\/interaction\/[^/]+/.exec(page.url.pathname)?.[0] ?? '';

test.for<[string, Readonly<Record<string, string>>, string]>([
  ['no number', { number: '' }, 'Please fill this in.'],
  ['too short a number', { number: '+49 171 39' }, 'This is not a complete phone number.'],
  ['a number of no country', { number: '0171 3920001', country: '' }, 'Please choose the country'],
  ['a country that is none', { number: '0171 3920001', country: 'XX' }, 'Please choose one from the list.'],
  ['a landline for an SMS', { number: '+33 1 99 00 12 34' }, 'where no SMS arrives'],
  ['a premium-rate number', { number: '+33 8 99 70 12 34' }, 'Numbers of this kind cannot be used'],
  ['a freephone number', { number: '0800 123 4567', country: 'GB' }, 'Numbers of this kind cannot be used'],
  ['a country that the policy leaves out', { number: '+1 312 555 0123' }, 'of this country cannot be used'],
  ['an extension', { number: '+49 171 3920001 x12' }, 'A number with an extension cannot be used here.'],
  ['the office number', { number: officeNumber, channel: 'voice' }, 'office phone'],
  [
    'a channel that is none',
    { number: '+49 171 3920001', channel: 'mail' },
    'Please choose one from the list.',
  ],
])('refuses %s, says why at the field and keeps what was typed', async ([, typed, why]) => {
  const sent = world.gateway.requests.length;
  await visitor.open(`${basePathOf(visitor)}/security-info/add/mobile_phone`);
  await visitor.submit('/add/mobile_phone', typed);
  const { page } = visitor;
  expect(page.status).toBe(422);
  expect(page.text).toContain(why);
  const { fields } = visitor.form('/add/mobile_phone');
  expect(fields['number']).toBe(typed['number']);
  if (typed['country'] !== undefined && typed['country'] !== 'XX') {
    expect(fields['country']).toBe(typed['country']);
  }
  expect(world.gateway.requests).toHaveLength(sent);
});

test('refuses, in words, to replace a number with itself', async () => {
  const methods = (['mobile_phone', 'authenticator_app'] as const).map((type) => ({
    type,
    verifiedDaysAgo: 10,
  }));
  const person = await world.person({ methods });
  const number = person.addresses.mobile_phone ?? '';
  const journey = await signIn(world, person, { prompt: 'security_info' });
  await journey.visitor.follow('Change +49');
  await journey.visitor.follow(/Mobile phone/);
  await provePhone(world, journey.visitor, number);
  await journey.visitor.submit('/replace', { number });
  expect(journey.visitor.page.status).toBe(422);
  expect(journey.visitor.page.text).toContain('already');
});

test('offers the countries of the policy, in the words and the order of the reader, and one is chosen', async () => {
  const countriesOf = async (language: string): Promise<string[]> => {
    const person = await world.person({ groups: ['at-home'] });
    const journey = await signIn(world, person, {}, { visitor: world.visitor(language) });
    await journey.visitor.follow('/add/mobile_phone');
    const { lists } = journey.visitor.form('/add/mobile_phone');
    return (lists['country'] ?? []).map(({ text }) => text).slice(1);
  };
  expect(await countriesOf('en')).toEqual(['France (+33)', 'Germany (+49)', 'United Kingdom (+44)']);
  expect(await countriesOf('fr')).toEqual(['Allemagne (+49)', 'France (+33)', 'Royaume-Uni (+44)']);
});

test('takes a landline that is called, without the way that does not reach it', async () => {
  const journey = await signIn(world, await world.person());
  await journey.visitor.follow('/add/alternate_phone');
  await journey.visitor.submit('/add/alternate_phone', {
    number: '01 99 00 12 34',
    country: 'FR',
    channel: 'voice',
  });
  const buttons = journey.visitor.page.forms.flatMap((form) => form.buttons);
  expect(buttons).toContain('Call me again');
  expect(buttons).not.toContain('Send the code by SMS instead');
  expect(messagesTo(world.gateway, '+33199001234').map(({ channel }) => channel)).toEqual(['voice']);
});

test('says at the number that it is a landline where there is no choice but the SMS', async () => {
  const journey = await signIn(world, await world.person({ groups: ['sms'] }));
  await journey.visitor.follow('/add/alternate_phone');
  expect(journey.visitor.form('/add/alternate_phone').fields).not.toHaveProperty('channel');
  await journey.visitor.submit('/add/alternate_phone', { number: '+33 1 99 00 12 34' });
  expect(journey.visitor.page.html).toMatch(/href="#field-number">[^<]*landline/);
});

test('counts a mobile and an alternate phone of one number once', async () => {
  const journey = await signIn(world, await world.person());
  const { visitor } = journey;
  await setUpPhone(world, visitor, '+13125550150');
  await setUpPhone(world, visitor, '+13125550150', { type: 'alternate_phone', channel: 'voice' });
  expect(visitor.page.text).toContain('1 of 2 set up');
  await finish(visitor);
  expect(visitor.page.status).toBe(409);
  await setUpApp(world, visitor);
  await finish(visitor);
  expect(isBack(journey)).toBe(true);
});

test('says of two phones with one number that they count once', async () => {
  const [mobile, alternate] = ['mobile_phone', 'alternate_phone'] as const;
  const address = '+13125550153';
  const methods = [mobile, alternate].map((type) => ({ type, address, verifiedDaysAgo: 10 }));
  const { visitor } = await signIn(world, await world.person({ methods }));
  expect(visitor.page.text).toContain('1 of 2 set up');
  expect(visitor.page.text).toMatch(/same number/i);
});

test('sends nothing to a number whose country the policy has left out since, and another method goes on', async () => {
  const person = await world.person({
    groups: ['at-home'],
    methods: [
      { type: 'mobile_phone', address: '+13125550151', verifiedDaysAgo: 10 },
      { type: 'authenticator_app', verifiedDaysAgo: 10 },
    ],
  });
  const { visitor } = await signIn(world, person, { prompt: 'security_info' });
  await visitor.follow('/add/alternate_phone');
  await visitor.follow(/•51/);
  expect(visitor.page.text).toContain('No code can be sent there at the moment. Choose another method.');
  expect(visitor.page.forms.flatMap(({ buttons }) => buttons)).toEqual([]);
  expect(messagesTo(world.gateway, '+13125550151')).toEqual([]);
  await visitor.follow('Use another method');
  expect(visitor.page.links.map(({ text }) => text)).toContain('Authenticator app');

  // A form that no page offers is refused as well.
  const [mobile] = (await world.deployment.composition.ports.records.read(person.account.id)).methods;
  await visitor.open(`${basePathOf(visitor)}/security-info`);
  const form = { ...visitor.form('/finish').fields, channel: 'sms' };
  await visitor.open(`${basePathOf(visitor)}/security-info/methods/${mobile?.id}/send`, { form });
  expect(visitor.page.status).toBe(403);
  expect(visitor.page.text).toContain('of this country');
  expect(messagesTo(world.gateway, '+13125550151')).toEqual([]);
});

test('offers an access pass to whoever has no other method than a number that gets no codes any more', async () => {
  const methods = [{ type: 'mobile_phone', address: '+13125550152', verifiedDaysAgo: 10 }] as const;
  const { visitor } = await signIn(world, await world.person({ groups: ['at-home'], methods }));
  expect(visitor.page.text).toContain('None of your methods can show that you are you.');
});
