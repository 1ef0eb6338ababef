/** Whom a sign-in stops and whom it lets pass: every line of 'Who is asked', with the reason on the page. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createPolicyStore } from '../../models/policy.ts';
import { defaultPolicy } from '../../security-info/policy.ts';
import { begin, isBack, redeem, signIn } from './steps.ts';
import type { Visitor } from './visitor.ts';
import { type GivenMethod, openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterEach(() => world.policy(defaultPolicy()));
afterAll(() => world.close());

const app: GivenMethod = { type: 'authenticator_app', verifiedDaysAgo: 10 };
const email: GivenMethod = { type: 'email', verifiedDaysAgo: 10 };
const day = 86_400_000;

function headingOf(visitor: Visitor): string {
  expect(visitor.page.url.pathname).toMatch(/^\/interaction\/[\w-]+\/security-info$/);
  return visitor.page.heading;
}

const setUp = 'Set up your security info';
const review = 'Is your security info still right?';

test.for<[string, readonly GivenMethod[], string]>([
  ['nothing registered', [], '0 of 2 set up'],
  ['one method too few', [email], '1 of 2 set up'],
  ['two of one type, which count once', [app, app], '1 of 2 set up'],
  [
    'values that an admin filled in and nobody proved',
    [{ ...email, verifiedDaysAgo: null }],
    '0 of 2 set up',
  ],
  ['a prefilled method beside a proved one', [app, { ...email, verifiedDaysAgo: null }], '1 of 2 set up'],
  ['a method that an admin wants proved anew', [app, { ...email, proveAnewDaysAgo: 1 }], '1 of 2 set up'],
])('asks who has %s', async ([, methods, counted]) => {
  const { visitor } = await signIn(world, await world.person({ methods }));
  expect(headingOf(visitor)).toBe(setUp);
  expect(visitor.page.text).toContain(counted);
});

test('lets a method pass that was proved after an admin wanted it anew', async () => {
  const person = await world.person({ methods: [app, { ...email, proveAnewDaysAgo: 20 }] });
  await redeem(await signIn(world, person));
});

test('asks whose method is of a type that the policy no longer offers', async () => {
  await world.policy({ methods: ['email'], methodsToRegister: 1 });
  const { visitor } = await signIn(world, await world.person({ methods: [app] }));
  expect(headingOf(visitor)).toBe(setUp);
  expect(visitor.page.text).toContain('0 of 1 set up');
});

test('asks who has passed the interval, and not who has not', async () => {
  const old = [app, { ...email, verifiedDaysAgo: 181 }];
  const { visitor } = await signIn(world, await world.person({ methods: old }));
  expect(headingOf(visitor)).toBe(review);
  const recent = [app, { ...email, verifiedDaysAgo: 179 }];
  await redeem(await signIn(world, await world.person({ methods: recent })));
});

test('frees at once where the interval grows or is switched off, but not from a mark', async () => {
  const old = [
    { ...app, verifiedDaysAgo: 400 },
    { ...email, verifiedDaysAgo: 400 },
  ];
  const [due, marked] = [
    await world.person({ methods: old }),
    await world.person({ methods: old, mark: { by: 'admin', at: world.clock.now() } }),
  ];
  await world.policy({ reconfirmAfterDays: 500 });
  await redeem(await signIn(world, due));
  await world.policy({ reconfirmAfterDays: 0 });
  await redeem(await signIn(world, due));
  expect(headingOf((await signIn(world, marked)).visitor)).toBe(review);
});

test.for([
  ['admin', 'Your administrator asks you to check it.'],
  ['campaign', 'Your organisation asks everyone to check it.'],
] as const)('asks whose record carries a mark by the %s, and says so', async ([by, why]) => {
  const person = await world.person({ methods: [app, email], mark: { by, at: world.clock.now() } });
  const journey = await signIn(world, person);
  expect(headingOf(journey.visitor)).toBe(review);
  expect(journey.visitor.page.text).toContain(why);
  await journey.visitor.submit('/all-right');
  await redeem(journey);
  const { mark } = await world.deployment.composition.ports.records.read(person.account.id);
  expect(mark).toBeNull();
});

test("does not ask because of the job's own mark once the interval has grown", async () => {
  const mark = { by: 'interval', at: world.clock.now() } as const;
  await redeem(await signIn(world, await world.person({ methods: [app, email], mark })));
});

test('asks nobody where the scope is nobody, and only members where it is groups', async () => {
  const [member, other] = [await world.person({ groups: ['staff', 'night'] }), await world.person()];
  await world.policy({ scope: { kind: 'none' } });
  await redeem(await signIn(world, member));
  await world.policy({ scope: { kind: 'groups', groups: ['staff'] } });
  expect(headingOf((await signIn(world, member)).visitor)).toBe(setUp);
  await redeem(await signIn(world, other));
});

test('asks no excluded account and no member of an excluded group', async () => {
  const [emergency, robot, other] = [
    await world.person(),
    await world.person({ groups: ['robots'] }),
    await world.person({ groups: ['staff'] }),
  ];
  await world.policy({ excludedAccounts: [emergency.account.id], excludedGroups: ['robots'] });
  await redeem(await signIn(world, emergency));
  await redeem(await signIn(world, robot));
  expect(headingOf((await signIn(world, other)).visitor)).toBe(setUp);
});

test('asks nobody at an exempt client, and the same person on the same session at another', async () => {
  const person = await world.person({ mark: { by: 'admin', at: world.clock.now() } });
  const byMetadata = await world.client({ security_info_exempt: true });
  const first = await signIn(world, person, {}, { party: byMetadata });
  await redeem(first);
  const byPolicy = await world.client();
  const { client_id: clientId } = byPolicy.configuration.clientMetadata();
  await world.policy({ exemptClients: [clientId] });
  await redeem(await begin(world, {}, { visitor: first.visitor, party: byPolicy }));
  const { visitor } = await begin(world, {}, { visitor: first.visitor });
  expect(headingOf(visitor)).toBe(setUp);
});

test('asks an admin for two methods where one is enough for others', async () => {
  await world.policy({ methodsToRegister: 1 });
  await redeem(await signIn(world, await world.person({ methods: [app] })));
  const { visitor } = await signIn(world, await world.person({ methods: [app], isAdmin: true }));
  expect(headingOf(visitor)).toBe(setUp);
  expect(visitor.page.text).toContain('1 of 2 set up');
  const both = await world.person({ methods: [app, email], isAdmin: true });
  await redeem(await signIn(world, both));
});

test('asks before consent: nothing is granted to who is stopped', async () => {
  const party = await world.client({ first_party: false });
  const journey = await signIn(world, await world.person(), {}, { party });
  expect(headingOf(journey.visitor)).toBe(setUp);
  const [, , uid = ''] = journey.visitor.page.url.pathname.split('/');
  expect((await world.deployment.provider.Interaction.find(uid))?.grantId).toBeUndefined();
  const asked = await signIn(world, await world.person({ methods: [app, email] }), {}, { party });
  expect(asked.visitor.page.url.pathname).toMatch(/\/consent$/);
});

test('reads the record with the account in a request that asks, and not again, whatever the number of checks', async () => {
  const person = await world.person({ methods: [app, email] });
  const journey = await signIn(world, person);
  const { records } = world.deployment.composition.ports;
  const read = records.readForSignIn;
  let reads = 0;
  Object.assign(records, {
    readForSignIn: (accountId: string) => {
      reads += 1;
      return read(accountId);
    },
  });
  try {
    const again = await begin(world, {}, { visitor: journey.visitor });
    expect(isBack(again)).toBe(true);
    expect(reads).toBe(0);
  } finally {
    Object.assign(records, { readForSignIn: read });
  }
});

test('a change of policy by another node reaches this one within 5 seconds', async () => {
  const person = await world.person();
  const { connection, ports } = world.deployment.composition;
  expect(headingOf((await signIn(world, person)).visitor)).toBe(setUp);
  // What another node writes, which this one's cache does not see.
  const { defaultPolicy: current } = await ports.policies.latest();
  const elsewhere = createPolicyStore(connection, { clock: world.clock });
  await elsewhere.save({ ...current, scope: { kind: 'none' } }, current.version, []);
  world.clock.advance(5_000);
  await redeem(await signIn(world, person));
});

test('a longer absence makes due on a live session what was not when it began', async () => {
  const methods = [
    { ...app, verifiedDaysAgo: 179 },
    { ...email, verifiedDaysAgo: 179 },
  ];
  const person = await world.person({ methods });
  const first = await signIn(world, person);
  await redeem(first);
  await world.deployment.composition.ports.records.change(person.account.id, (record) => ({
    next: {
      ...record,
      methods: record.methods.map((method) => ({
        ...method,
        confirmedAt: new Date(Number(method.confirmedAt) - 2 * day),
      })),
    },
    events: [],
    result: undefined,
  }));
  const { visitor } = await begin(world, {}, { visitor: first.visitor });
  expect(headingOf(visitor)).toBe(review);
});
