/** What the whole service may send in a day: spent, it is told, another method goes on, and admins hear of it once. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createStores } from '../../models/stores.ts';
import { SenderUnavailable } from '../../security-info/errors.ts';
import { createDesk } from '../../security-info/operations/create-desk.ts';
import { defaultPolicy } from '../../security-info/policy.ts';
import { auditOf } from './aftermath.ts';
import { finish, redeem, setUpApp, setUpEmail, setUpPhone, signIn } from './steps.ts';
import { messagesTo } from './telephone.ts';
import type { Visitor } from './visitor.ts';
import { openWorld, type Person, type World } from './world.ts';

const day = 86_400_000;
const methods = ['authenticator_app', 'mobile_phone', 'alternate_phone', 'email'] as const;

let world: World;
let began: Date;
beforeAll(async () => {
  world = await openWorld();
  // Noon, so that no day ends within a test.
  world.clock.advance(1.5 * day - (Date.now() % day));
});
// Each test has a day of its own, with budgets that nothing was taken from.
beforeEach(() => {
  world.clock.advance(2 * day);
  began = world.clock.now();
});
afterAll(() => world.close());

const budgets = (change: Readonly<Record<string, number>>) =>
  world.policy({ ...defaultPolicy(), methods: [...methods], ...change });

/** The alarms of this test, as `type reason`, in the order in which they were raised. */
async function alarms(): Promise<string[]> {
  const raised = (await auditOf(world, null)).filter(({ at }) => at >= began);
  return raised.map(({ type, reason }) => `${type} ${reason}`);
}

let numbers = 0;
/** A number that nobody has (NANPA). */
function newNumber(): string {
  numbers += 1;
  return `+141555501${String(numbers).padStart(2, '0')}`;
}

/** Asks for a code to a new number. @returns the status of the page */
async function ask(
  visitor: Visitor,
  channel: 'sms' | 'voice' = 'sms',
  number = newNumber(),
): Promise<number> {
  const base = /^\/interaction\/[^/]+/.exec(visitor.page.url.pathname)?.[0] ?? '';
  await visitor.open(`${base}/security-info/add/mobile_phone`);
  return (await visitor.submit('/add/mobile_phone', { number, channel })).status;
}

async function register(): Promise<Visitor> {
  return (await signIn(world, await world.person())).visitor;
}

test('SMS are spent: it is told, a call still goes out, other methods finish, and the next day begins anew', async () => {
  await budgets({ smsPerDay: 2 });
  const journey = await signIn(world, await world.person());
  const { visitor } = journey;
  expect([await ask(visitor), await ask(visitor)]).toEqual([200, 200]);
  const sent = world.gateway.requests.length;
  const refused = newNumber();
  expect([await ask(visitor, 'sms', refused), await ask(visitor)]).toEqual([503, 503]);
  expect(visitor.page.text).toContain('Choose another method');
  expect(world.gateway.requests).toHaveLength(sent);
  expect(await alarms()).toEqual(['send_budget_spent sms']);
  await visitor.follow('Choose another method');
  await setUpPhone(world, visitor, refused, { channel: 'voice' });
  await setUpApp(world, visitor);
  await finish(visitor);
  await redeem(journey);
  world.clock.advance(day);
  expect(await ask(await register())).toBe(200);
});

test('calls are spent: SMS still go out', async () => {
  await budgets({ callsPerDay: 1 });
  const visitor = await register();
  expect([await ask(visitor, 'voice'), await ask(visitor, 'voice')]).toEqual([200, 503]);
  expect(await ask(visitor, 'sms')).toBe(200);
  expect(await alarms()).toEqual(['send_budget_spent voice']);
});

test('a country’s are spent, by SMS and calls together: other countries’ numbers get their codes', async () => {
  await budgets({ phoneMessagesPerCountryPerDay: 2 });
  const visitor = await register();
  expect([await ask(visitor, 'sms'), await ask(visitor, 'voice')]).toEqual([200, 200]);
  expect([await ask(visitor, 'sms'), await ask(visitor, 'voice')]).toEqual([503, 503]);
  expect(await ask(visitor, 'sms', '+491713920091')).toBe(200);
  expect(await alarms()).toEqual(['send_budget_spent country:US']);
});

test('codes by e-mail are spent: an app can still be set up, and notices still go out', async () => {
  await budgets({ mailCodesPerDay: 1 });
  const person = await world.person();
  const { visitor } = await signIn(world, person);
  await setUpEmail(world, visitor, 'budget@home.example');
  const other = await register();
  await other.follow('/add/email');
  await other.submit('/add/email', { address: 'too-late@home.example' });
  expect(other.page.status).toBe(503);
  expect(other.page.text).toContain('Choose another method');
  expect(world.relay.messages.flatMap(({ recipients }) => recipients)).not.toContain('too-late@home.example');
  await other.follow('Choose another method');
  await setUpApp(world, other);
  expect(other.page.text).toContain('1 of 2 set up');
  expect(await alarms()).toEqual(['send_budget_spent mail']);
  await expect
    .poll(() => world.relay.messages.flatMap(({ recipients }) => recipients))
    .toContain(person.account.mailbox);
});

test('admins hear once when four of five are used, and once when all are', async () => {
  await budgets({ smsPerDay: 5 });
  const seen: string[][] = [];
  for (const visitor of [await register(), await register()]) {
    for (let sends = 0; sends < 4; sends += 1) {
      await ask(visitor);
      seen.push(await alarms());
    }
  }
  const low = 'send_budget_low sms';
  const spent = 'send_budget_spent sms';
  expect(seen.slice(0, 5)).toEqual([[], [], [], [low], [low, spent]]);
  expect(seen.at(-1)).toEqual([low, spent]);
});

test('a budget that an admin raises is used at once, and warned of again', async () => {
  await budgets({ smsPerDay: 1 });
  const visitor = await register();
  expect([await ask(visitor), await ask(visitor)]).toEqual([200, 503]);
  await budgets({ smsPerDay: 2 });
  expect([await ask(visitor), await ask(visitor)]).toEqual([200, 503]);
  expect(await alarms()).toEqual(['send_budget_spent sms', 'send_budget_spent sms']);
});

test('a message that is not sent takes nothing from the other budgets', async () => {
  await budgets({ smsPerDay: 1, phoneMessagesPerCountryPerDay: 3 });
  const visitor = await register();
  expect([await ask(visitor), await ask(visitor), await ask(visitor)]).toEqual([200, 503, 503]);
  expect([await ask(visitor, 'voice'), await ask(visitor, 'voice')]).toEqual([200, 200]);
});

test('nobody is warned of a budget that a message which was not sent would have used', async () => {
  await budgets({ smsPerDay: 1, phoneMessagesPerCountryPerDay: 4 });
  const visitor = await register();
  expect([await ask(visitor), await ask(visitor, 'voice'), await ask(visitor, 'voice')]).toEqual([
    200, 200, 200,
  ]);
  expect(await ask(visitor)).toBe(503);
  expect(await alarms()).toEqual(['send_budget_spent sms']);
});

test('a group’s policy has no budget of its own: all take from the default’s', async () => {
  await budgets({ smsPerDay: 1 });
  await world.groupPolicy('rich', { methods, smsPerDay: 100 });
  const { visitor } = await signIn(world, await world.person({ groups: ['rich'] }));
  expect([await ask(visitor), await ask(visitor)]).toEqual([200, 503]);
});

test('twelve at once on two nodes send no more than the day has', async () => {
  await budgets({ smsPerDay: 4 });
  const { ports, connection } = world.deployment.composition;
  const options = { serviceName: 'Test', published: () => {}, questionWords: () => [] };
  const other = { ...ports, ...createStores(connection, { keys: ports.keys, clock: world.clock }) };
  const desks = [createDesk(ports, options), createDesk(other, options)];
  const people = await Promise.all(Array.from({ length: 12 }, () => world.person()));
  const to = people.map(() => newNumber());
  const send = ({ account }: Person, at: number) =>
    desks[at % 2]?.beginRegistration(
      {
        account,
        asker: { caller: 'signed_in', callerAddress: null, clientId: null, locale: 'en' },
        flowKey: `interaction:budget-${at}`,
        client: null,
      },
      'mobile_phone',
      { number: to[at] ?? '', channel: 'sms' },
      null,
    );
  const outcomes = await Promise.allSettled(people.map(send));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(SenderUnavailable);
  }
  expect(to.flatMap((number) => messagesTo(world.gateway, number))).toHaveLength(4);
  expect(await alarms()).toEqual(['send_budget_spent sms']);
});
