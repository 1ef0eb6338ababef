/** A gateway that is down or busy: what the person is told, what is kept, and that another method goes on. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { auditOf } from './aftermath.ts';
import { finish, proveApp, provePhone, redeem, setUpApp, setUpEmail, setUpPhone, signIn } from './steps.ts';
import { messagesTo } from './telephone.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.policy({ methods: ['authenticator_app', 'mobile_phone', 'email'] });
});
afterEach(async () => {
  await world.gateway.stopListening();
  await world.gateway.listenAgain();
});
afterAll(() => world.close());

test('down: it is told, what was typed is kept, and other methods finish the sign-in', async () => {
  const person = await world.person();
  const journey = await signIn(world, person);
  const { visitor } = journey;
  await visitor.follow('/add/mobile_phone');
  await world.gateway.stopListening();
  await visitor.submit('/add/mobile_phone', { number: '0171 3920070', country: 'DE', channel: 'voice' });
  expect(visitor.page.status).toBe(503);
  expect(visitor.page.text).toContain('The message could not be sent just now. Choose another method');
  expect(visitor.form('/add/mobile_phone').fields).toMatchObject({
    number: '0171 3920070',
    country: 'DE',
    channel: 'voice',
  });
  await visitor.follow('Choose another method');
  await setUpEmail(world, visitor, 'gateway@home.example');
  await setUpApp(world, visitor);
  await finish(visitor);
  expect((await redeem(journey)).claims['amr']).toEqual(['pwd', 'otp', 'mfa']);
  const refused = (await auditOf(world, person)).filter(({ type }) => type === 'code_not_sent');
  expect(refused).toEqual([expect.objectContaining({ result: 'failure', methodType: 'mobile_phone' })]);
  expect(world.logLines.join('')).toContain('ECONNREFUSED');
  expect(world.logLines.join('')).not.toContain('1713920070');
});

test('down and up again: the same form, sent once more, gets its code', async () => {
  const { visitor } = await signIn(world, await world.person());
  await visitor.follow('/add/mobile_phone');
  await world.gateway.stopListening();
  await visitor.submit('/add/mobile_phone', { number: '+491713920071' });
  expect(visitor.page.status).toBe(503);
  await world.gateway.listenAgain();
  await visitor.submit('/add/mobile_phone');
  await visitor.submit('/add/mobile_phone/code', { code: world.phoneCode('+491713920071') });
  expect(visitor.page.text).toContain('1 of 2 set up');
});

test('busy once (429): the code arrives all the same, and once', async () => {
  const { visitor } = await signIn(world, await world.person());
  world.gateway.answer({ status: 429, headers: { 'Retry-After': '0' } });
  const before = world.gateway.requests.length;
  await setUpPhone(world, visitor, '+491713920072');
  expect(visitor.page.text).toContain('1 of 2 set up');
  expect(world.gateway.requests.slice(before).map(({ isTaken }) => isTaken)).toEqual([false, true]);
});

test.for([
  ['refuses the message', { status: 400, body: '{"code":21211,"message":"Invalid number +491713920073"}' }],
  ['breaks the connection off', 'reset'],
] as const)('one that %s is not asked again, and the page says so', async ([, answer]) => {
  const { visitor } = await signIn(world, await world.person());
  await visitor.follow('/add/mobile_phone');
  world.gateway.answer(answer);
  const before = world.gateway.requests.length;
  await visitor.submit('/add/mobile_phone', { number: '+491713920073' });
  expect(visitor.page.status).toBe(503);
  expect(world.gateway.requests).toHaveLength(before + 1);
  expect(world.logLines.join('')).not.toContain('1713920073');
});

test('down while a number is to be proved: the page offers to try again, and another method', async () => {
  const methods = (['mobile_phone', 'authenticator_app'] as const).map((type) => ({
    type,
    verifiedDaysAgo: 10,
  }));
  const person = await world.person({ methods });
  const { visitor } = await signIn(world, person, { prompt: 'security_info' });
  await visitor.follow('/add/email');
  await visitor.follow(/Mobile phone/);
  await world.gateway.stopListening();
  await visitor.press('Send a code by SMS');
  expect(visitor.page.status).toBe(503);
  await world.gateway.listenAgain();
  await provePhone(world, visitor, person.addresses.mobile_phone ?? '');
  expect(visitor.page.url.pathname).toMatch(/\/add\/email$/);
  await world.gateway.stopListening();
  const again = await signIn(world, person, { prompt: 'security_info' });
  await again.visitor.follow('/add/email');
  await again.visitor.follow(/Mobile phone/);
  await again.visitor.press('Call me with a code');
  await again.visitor.follow('Use another method');
  await again.visitor.follow(/Authenticator app/);
  await proveApp(world, again.visitor, person.secrets[0] ?? '');
  expect(again.visitor.page.url.pathname).toMatch(/\/add\/email$/);
});

test('down when a code is asked for again: the one that arrived still counts', async () => {
  const { visitor } = await signIn(world, await world.person());
  await visitor.follow('/add/mobile_phone');
  await visitor.submit('/add/mobile_phone', { number: '+491713920074' });
  await world.gateway.stopListening();
  await visitor.press('Call me instead');
  expect(visitor.page.status).toBe(503);
  await visitor.submit('/add/mobile_phone/code', { code: world.phoneCode('+491713920074') });
  expect(visitor.page.text).toContain('1 of 2 set up');
  expect(messagesTo(world.gateway, '+491713920074')).toHaveLength(1);
});
