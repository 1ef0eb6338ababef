/** Policies for groups: whose applies to whom, how soon, and what of the default policy holds everywhere. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPolicyStore } from '../../models/policy.ts';
import { begin, isBack, redeem, signIn } from './steps.ts';
import { type GivenMethod, openWorld, type Person, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const app: GivenMethod = { type: 'authenticator_app', verifiedDaysAgo: 10 };
const email: GivenMethod = { type: 'email', verifiedDaysAgo: 10 };

async function policyIdOf({ account }: Person): Promise<string | null> {
  return (await world.deployment.composition.ports.records.read(account.id)).policyId;
}

test('a group’s policy applies to its members, the default one to everybody else', async () => {
  await world.groupPolicy('lenient', { methodsToRegister: 1, methods: ['email', 'authenticator_app'] });
  const [member, other] = [
    await world.person({ groups: ['staff', 'lenient'], methods: [email] }),
    await world.person({ groups: ['staff'], methods: [email] }),
  ];
  await redeem(await signIn(world, member));
  expect(await policyIdOf(member)).toBe('lenient');
  const stopped = await signIn(world, other);
  expect(stopped.visitor.page.text).toContain('1 of 2 set up');
  expect(await policyIdOf(other)).toBe('default');
});

test('of several the one with the smallest number applies, whichever group comes first', async () => {
  const both = ['authenticator_app', 'email', 'mobile_phone', 'alternate_phone'];
  await world.groupPolicy('four', { methods: both, methodsToRegister: 4, priority: 50 });
  await world.groupPolicy('three', { methods: both, methodsToRegister: 3, priority: 20 });
  await world.groupPolicy('one', { methods: both, methodsToRegister: 1, priority: 90 });
  const person = await world.person({ groups: ['one', 'four', 'three'], methods: [app, email] });
  expect((await signIn(world, person)).visitor.page.text).toContain('2 of 3 set up');
  await world.groupPolicy('four', { priority: 10 });
  expect((await signIn(world, person)).visitor.page.text).toContain('2 of 4 set up');
});

test('what another node saves, changes and removes applies here within 5 seconds, on a live session too', async () => {
  const { connection, ports } = world.deployment.composition;
  const elsewhere = createPolicyStore(connection, { clock: world.clock });
  const person = await world.person({ groups: ['elsewhere'], methods: [app, email] });
  const first = await signIn(world, person);
  await redeem(first);
  const { defaultPolicy } = await ports.policies.latest();
  const strict = { ...defaultPolicy, id: 'elsewhere', appliesToGroups: ['elsewhere'], methodsToRegister: 3 };
  const methods = [...defaultPolicy.methods, 'mobile_phone' as const];
  await elsewhere.save({ ...strict, methods, version: 0 }, 0, []);
  world.clock.advance(5_000);
  const stopped = await begin(world, {}, { visitor: first.visitor });
  expect(stopped.visitor.page.text).toContain('2 of 3 set up');
  await elsewhere.save({ ...strict, methodsToRegister: 2 }, 1, []);
  world.clock.advance(5_000);
  await stopped.visitor.submit('/finish');
  expect(isBack(stopped)).toBe(true);
  await elsewhere.save({ ...strict, methods }, 2, []);
  world.clock.advance(5_000);
  expect(isBack(await begin(world, {}, { visitor: first.visitor }))).toBe(false);
  await elsewhere.remove('elsewhere', 3, []);
  world.clock.advance(5_000);
  await redeem(await begin(world, {}, { visitor: first.visitor }));
});

test('who is excluded by the default policy is asked by no other, and apps that are exempt stay so', async () => {
  await world.groupPolicy('watched', {});
  const groups = ['watched'];
  const [emergency, robot, other] = [
    await world.person({ groups }),
    await world.person({ groups: [...groups, 'robots'] }),
    await world.person({ groups }),
  ];
  const party = await world.client();
  await world.policy({
    excludedAccounts: [emergency.account.id],
    excludedGroups: ['robots'],
    exemptClients: [party.configuration.clientMetadata().client_id],
  });
  await redeem(await signIn(world, emergency));
  await redeem(await signIn(world, robot));
  const exempt = await signIn(world, other, {}, { party });
  await redeem(exempt);
  expect(isBack(await begin(world, {}, { visitor: exempt.visitor }))).toBe(false);
});

test('who is excluded by a group’s policy is asked where another one applies', async () => {
  const person = await world.person({ groups: ['quiet'] });
  await world.groupPolicy('quiet', { excludedAccounts: [person.account.id] });
  await redeem(await signIn(world, person));
  await world.groupPolicy('loud', { appliesToGroups: ['quiet'], priority: 1 });
  expect(isBack(await signIn(world, person))).toBe(false);
});

test('an admin in a lenient group is asked for two methods, and never for questions', async () => {
  const methods = ['authenticator_app', 'email', 'security_questions'];
  await world.groupPolicy('admins', { methods, methodsToRegister: 1 });
  const person = await world.person({ groups: ['admins'], isAdmin: true, methods: [app] });
  const { visitor } = await signIn(world, person);
  expect(visitor.page.text).toContain('1 of 2 set up');
  const offers = visitor.page.links.flatMap(({ href }) => /\/add\/(\w+)$/.exec(href)?.[1] ?? []);
  expect(offers).toContain('email');
  expect(offers).not.toContain('security_questions');
});

test('the scope of a group’s policy can leave its members in peace while the default asks everybody', async () => {
  await world.groupPolicy('in-peace', { scope: { kind: 'none' } });
  await redeem(await signIn(world, await world.person({ groups: ['in-peace'] })));
  expect(isBack(await signIn(world, await world.person()))).toBe(false);
});
