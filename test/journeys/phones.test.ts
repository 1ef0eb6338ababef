/** Mobile and alternate phones: registered by SMS and by call, wrong codes, replaced, removed, and seen by nobody else. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { everythingStored, toldOf } from './aftermath.ts';
import { finish, proveApp, provePhone, redeem, setUpApp, setUpPhone, signIn } from './steps.ts';
import { messagesTo } from './telephone.ts';
import type { Visitor } from './visitor.ts';
import { type GivenMethod, openWorld, type Person, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.policy({ methods: ['authenticator_app', 'mobile_phone', 'alternate_phone', 'email'] });
  await world.groupPolicy('one-is-enough', {
    methods: ['authenticator_app', 'mobile_phone', 'alternate_phone'],
    methodsToRegister: 1,
  });
});
afterAll(() => world.close());

const app: GivenMethod = { type: 'authenticator_app', verifiedDaysAgo: 10 };
const email: GivenMethod = { type: 'email', verifiedDaysAgo: 10 };
const mobile: GivenMethod = { type: 'mobile_phone', verifiedDaysAgo: 10 };
const manage = { prompt: 'security_info' };

let numbers = 0;
/** A number that nobody has: reserved for fiction (NANPA). */
function newNumber(): string {
  numbers += 1;
  return `+131255501${String(numbers).padStart(2, '0')}`;
}

async function methodsOf({ account }: Person) {
  const { methods } = await world.deployment.composition.ports.records.read(account.id);
  return methods.map(({ type, addressHash, verifiedAt }) => ({ type, addressHash, verifiedAt }));
}

/** Goes as far as the page that waits for the code of a new mobile phone. */
async function askForCode(number = newNumber()): Promise<{ visitor: Visitor; number: string }> {
  const { visitor } = await signIn(world, await world.person({ groups: ['one-is-enough'] }));
  await visitor.follow('/add/mobile_phone');
  await visitor.submit('/add/mobile_phone', { number, channel: 'sms' });
  return { visitor, number };
}

const typeCode = (visitor: Visitor, code: string) => visitor.submit('/add/mobile_phone/code', { code });
const wrong = (code: string): string => (code === '000000' ? '111111' : '000000');

test('a mobile phone by SMS and an alternate phone by a call lead into the app, and the ID token says how', async () => {
  const person = await world.person();
  const journey = await signIn(world, person);
  const [first, second] = [newNumber(), newNumber()];
  await setUpPhone(world, journey.visitor, first);
  expect(journey.visitor.page.text).toContain('1 of 2 set up');
  await setUpPhone(world, journey.visitor, second, { type: 'alternate_phone', channel: 'voice' });
  await finish(journey.visitor);
  const { claims } = await redeem(journey);
  expect(claims['amr']).toEqual(['pwd', 'sms', 'tel', 'mfa']);
  expect((await methodsOf(person)).map(({ type }) => type)).toEqual(['mobile_phone', 'alternate_phone']);
});

test('an SMS says the code and nothing to follow; a call speaks it and takes no key press', async () => {
  const { visitor, number } = await askForCode();
  await visitor.press('Call me instead');
  const [sms, call] = messagesTo(world.gateway, number);
  const code = world.phoneCode(number);
  expect(sms).toMatchObject({ channel: 'sms', words: expect.stringContaining(`${code} is your code`) });
  expect(sms?.words).not.toMatch(/https?:|www\./);
  expect(call).toMatchObject({ channel: 'voice', keys: null });
  expect(call?.words).toMatch(
    /^<Response><Pause length="1"\/><Say language="en-GB">[^<]*<\/Say><\/Response>$/,
  );
  expect(call?.words.split([...code].join(', '))).toHaveLength(3);
});

test('whoever takes the call alone is known to the app by `tel`', async () => {
  const journey = await signIn(world, await world.person({ groups: ['one-is-enough'] }));
  await setUpPhone(world, journey.visitor, newNumber(), { channel: 'voice' });
  await finish(journey.visitor);
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd', 'tel', 'mfa']);
});

test('a wrong code is told and counted, and the right one still works', async () => {
  const { visitor, number } = await askForCode();
  await typeCode(visitor, wrong(world.phoneCode(number)));
  expect(visitor.page.status).toBe(422);
  expect(visitor.page.text).toContain('This code is not right, or it is too old.');
  await typeCode(visitor, world.phoneCode(number));
  expect(visitor.page.text).toContain('Thank you. The new method is set up.');
});

test('an expired code looks like a wrong one, and sending again sends another', async () => {
  const { visitor, number } = await askForCode();
  const old = world.phoneCode(number);
  world.clock.advance(5 * 60_000);
  await typeCode(visitor, old);
  expect(visitor.page.status).toBe(422);
  await visitor.press('Send the SMS again');
  expect(world.phoneCode(number)).not.toBe(old);
  await typeCode(visitor, world.phoneCode(number));
  expect(visitor.page.text).toContain('Thank you.');
});

test('sending again sends the same code, by SMS or by a call, and the page says which', async () => {
  const { visitor, number } = await askForCode();
  const code = world.phoneCode(number);
  expect(visitor.page.text).toContain('We sent an SMS with a 6-digit code');
  await visitor.press('Send the SMS again');
  expect(visitor.page.text).toContain('We sent the code again. It is the same one');
  await visitor.press('Call me instead');
  expect(messagesTo(world.gateway, number).map(({ channel }) => channel)).toEqual(['sms', 'sms', 'voice']);
  expect(world.phoneCode(number)).toBe(code);
  expect(visitor.page.text).toContain('We are calling you with a 6-digit code');
  await visitor.press('Call me again');
  await typeCode(visitor, code);
  expect(visitor.page.text).toContain('Thank you.');
});

test('the page says that it is the same code only where it is', async () => {
  const { visitor, number } = await askForCode();
  const code = world.phoneCode(number);
  world.clock.advance(4 * 60_000);
  await visitor.press('Send the SMS again');
  expect(world.phoneCode(number)).not.toBe(code);
  expect(visitor.page.text).not.toMatch(/the same (one|code)/);
});

test('five wrong codes use the code up, and a new one helps', async () => {
  const { visitor, number } = await askForCode();
  const code = world.phoneCode(number);
  for (let tries = 0; tries < 5; tries += 1) await typeCode(visitor, wrong(code));
  await typeCode(visitor, code);
  expect(visitor.page.status).toBe(422);
  await visitor.press('Send the SMS again');
  expect(world.phoneCode(number)).not.toBe(code);
  await typeCode(visitor, world.phoneCode(number));
  expect(visitor.page.text).toContain('Thank you.');
});

test('too many codes to one number are refused, with when and a way on', async () => {
  const { visitor } = await askForCode();
  for (let sends = 0; sends < 4; sends += 1) await visitor.press('Send the SMS again');
  expect(visitor.page.status).toBe(200);
  await visitor.press('Send the SMS again');
  expect(visitor.page.status).toBe(429);
  expect(visitor.page.text).toMatch(/Too many codes were sent\. The next one can be sent from .*\d/);
  expect(visitor.page.text).toContain('Or choose another method.');
});

test('a number is replaced after a proof: the old one stays until the new one is proved, and is told', async () => {
  const person = await world.person({ methods: [app, mobile] });
  const [old, next] = [person.addresses.mobile_phone ?? '', newNumber()];
  const journey = await signIn(world, person, manage);
  const { visitor } = journey;
  const before = await methodsOf(person);
  await visitor.follow('Change +49');
  await visitor.open(visitor.page.links.find(({ text }) => text.includes('Authenticator'))?.href ?? '');
  await proveApp(world, visitor, person.secrets[0] ?? '');
  expect(visitor.page.text).toContain('The number that you have now stays until the new one is proved.');
  await visitor.submit('/replace', { number: next, channel: 'sms' });
  await typeCode(visitor, wrong(world.phoneCode(next)));
  expect((await methodsOf(person)).map(({ addressHash }) => addressHash)).toEqual(
    before.map(({ addressHash }) => addressHash),
  );
  await typeCode(visitor, world.phoneCode(next));
  expect(await toldOf(world, person, 'method_replaced')).toEqual([
    `mail ${person.account.mailbox}`,
    `sms ${old}`,
  ]);
  await expect
    .poll(() => messagesTo(world.gateway, old).map(({ words }) => words))
    .toEqual([expect.stringContaining('A sign-in method of your account was replaced.')]);
  const after = await methodsOf(person);
  expect(after.map(({ type }) => type)).toEqual(['authenticator_app', 'mobile_phone']);
  expect(after[1]?.addressHash).not.toBe(before[1]?.addressHash);
});

test('a number is proved by itself and removed, the old number is told; one that is needed is not removed', async () => {
  const person = await world.person({ methods: [app, email, mobile] });
  const number = person.addresses.mobile_phone ?? '';
  const { visitor } = await signIn(world, person, manage);
  await visitor.follow('Remove +49');
  await visitor.follow(/Mobile phone/);
  await provePhone(world, visitor, number, 'Call me with a code');
  await visitor.press('Remove');
  expect(visitor.page.text).toContain('The method was removed.');
  expect((await methodsOf(person)).map(({ type }) => type)).toEqual(['authenticator_app', 'email']);
  expect(await toldOf(world, person, 'method_removed')).toContain(`sms ${number}`);
  const needed = await signIn(world, await world.person({ methods: [app, mobile] }), manage);
  expect(needed.visitor.page.links.filter(({ href }) => href.endsWith('/remove'))).toEqual([]);
  const change = needed.visitor.page.links.find(({ href }) => href.endsWith('/replace'))?.href ?? '';
  await needed.visitor.open(change.replace(/replace$/, 'remove'));
  expect(needed.visitor.page.heading).toBe('This method is needed');
});

test('no page after the form, no address, log line, token or document has the number in clear', async () => {
  const person = await world.person();
  const journey = await signIn(world, person);
  const { visitor } = journey;
  const [typed, number] = ['0172 992 59 04', '+491729925904'];
  await visitor.follow('/add/mobile_phone');
  await visitor.submit('/add/mobile_phone', { number: typed, country: 'DE', channel: 'sms' });
  await typeCode(visitor, wrong(world.phoneCode(number)));
  expect(visitor.page.text).toContain('+49 ••••••••04');
  await typeCode(visitor, world.phoneCode(number));
  await setUpApp(world, visitor);
  await finish(visitor);
  const { tokens } = await redeem(journey);
  const again = await signIn(world, person, manage);
  const userinfo = await fetch(`${world.issuer}/me`, {
    headers: { Authorization: `Bearer ${tokens.access_token}` },
  });
  const [, payload = ''] = tokens.id_token?.split('.') ?? [];
  const seen = [visitor, again.visitor].flatMap(({ trail }) => [...trail.pages, ...trail.addresses]);
  const everything = [
    ...seen,
    ...world.logLines,
    Buffer.from(payload, 'base64url').toString(),
    await userinfo.text(),
    await everythingStored(world),
  ].join('\n');
  expect(everything).toContain(person.account.id);
  expect(everything).toContain('•04');
  expect(everything.replace(/[\s.()-]|%20|\+/g, '')).not.toMatch(/1729925904/);
});
