/** Two nodes on one store, and impatient people: a journey that changes nodes, double clicks, guesses side by side. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStores } from '../../models/stores.ts';
import { createDesk } from '../../security-info/operations/create-desk.ts';
import { maximumWrongProofs } from '../../security-info/wrong-proofs.ts';
import { finish, redeem, secretOnPage, signIn } from './steps.ts';
import { appCode, openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.close();
});

test('a double click on each form does what one does', async () => {
  const person = await world.person();
  const journey = await signIn(world, person);
  const { visitor } = journey;
  const twice = async (action: string, values: Readonly<Record<string, string>>): Promise<void> => {
    const tab = visitor.secondTab();
    const pages = await Promise.all([visitor.submit(action, values), tab.submit(action, values)]);
    for (const { status } of pages) expect(status).toBe(200);
  };
  await visitor.follow('/add/email');
  await twice('/add/email', { address: 'twice@home.example' });
  await twice('/add/email/code', { code: world.mailedCode('twice@home.example') });
  await visitor.follow('/add/authenticator_app');
  await visitor.submit('/add/authenticator_app');
  await twice('/add/authenticator_app/code', { code: appCode(secretOnPage(visitor), world.clock.now()) });
  await finish(visitor);
  await redeem(journey);
  const { methods } = await world.deployment.composition.ports.records.read(person.account.id);
  expect(methods.map(({ type }) => type)).toEqual(['email', 'authenticator_app']);
});

test('fifty guesses at once on two nodes are counted, and no more than ten are judged', async () => {
  const person = await world.person({ methods: [{ type: 'authenticator_app', verifiedDaysAgo: 10 }] });
  const { composition } = world.deployment;
  const { ports, connection } = composition;
  const options = { serviceName: 'Test', published: () => {}, questionWords: () => [] };
  const other = { ...ports, ...createStores(connection, { keys: ports.keys, clock: world.clock }) };
  const desks = [createDesk(ports, options), createDesk(other, options)];
  const [method] = (await ports.records.read(person.account.id)).methods;
  const visit = {
    account: person.account,
    asker: { caller: 'signed_in' as const, callerAddress: null, clientId: null, locale: 'en' },
    flowKey: 'interaction:guesses',
    client: null,
  };
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, (_, at) =>
      desks[at % 2]?.prove(visit, method?.id ?? '', String(at).padStart(6, '0')),
    ),
  );
  const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'right'));
  expect(codes.filter((code) => code === 'wrong_code').length).toBeLessThanOrEqual(maximumWrongProofs);
  expect(codes.filter((code) => code === 'right').length).toBeLessThanOrEqual(1);
  const record = await ports.records.read(person.account.id);
  expect(record.wrongProofs.signed_in).toHaveLength(maximumWrongProofs);
});

test('wrong passwords delay the next, and a name that nobody has is told alike', async () => {
  const person = await world.person();
  const pages: string[][] = [[], []];
  for (const [at, loginName] of [person.account.loginName, 'nobody-at-all'].entries()) {
    const { visitor } = await signIn(world, { ...person, password: 'wrong from the start' });
    for (let tries = 0; tries < 12; tries += 1) {
      const page = await visitor.submit('/sign-in', { loginName, password: `wrong ${tries}` });
      pages[at]?.push(`${page.status} ${page.text.replace(/\d{2}:\d{2}/g, '').replace(loginName, '')}`);
    }
  }
  expect(pages[0]?.at(-1)).toMatch(/^429/);
  expect(pages[1]?.at(-1)).toMatch(/^429/);
  expect(pages[1]?.slice(0, 8)).toEqual(pages[0]?.slice(0, 8));
  world.clock.advance(3_700_000);
  const late = await signIn(world, person);
  expect(late.visitor.page.url.pathname).toMatch(/\/security-info$/);
  world.clock.advance(-3_700_000);
});
