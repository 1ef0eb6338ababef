/** Two server processes on one store behind a proxy, no session sticky: each request goes to the other node. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policySchema } from '../../security-info/policy.ts';
import { openTestStore, type TestStore } from '../store.ts';
import { type Cluster, openCluster } from './cluster.ts';
import {
  begin,
  finish,
  isBack,
  proveApp,
  redeem,
  secretOnPage,
  setUpApp,
  setUpEmail,
  signIn,
  typePassword,
} from './steps.ts';
import { appCode } from './world.ts';

let store: TestStore;
let cluster: Cluster;
beforeAll(async () => {
  store = await openTestStore();
  cluster = await openCluster(store.uri, 2);
});
afterAll(async () => {
  await cluster.close();
  await store.close();
});

const both = [
  { type: 'authenticator_app', verifiedDaysAgo: 10 },
  { type: 'email', verifiedDaysAgo: 10 },
] as const;

async function setPolicy(change: Readonly<Record<string, unknown>>): Promise<void> {
  const { policies } = cluster.composition.ports;
  const { defaultPolicy } = await policies.latest();
  await policies.save(policySchema.parse({ ...defaultPolicy, ...change }), defaultPolicy.version, []);
}

/** Runs a journey, and sees that the nodes shared it. */
async function shared(journey: () => Promise<void>): Promise<void> {
  const before = [...cluster.served];
  await journey();
  const [one = 0, other = 0] = cluster.served.map((count, node) => count - (before[node] ?? 0));
  expect(Math.abs(one - other)).toBeLessThanOrEqual(1);
  expect(one).toBeGreaterThan(4);
}

test('a sign-in that is interrupted, two methods, and back to the app', async () => {
  await shared(async () => {
    const person = await cluster.person();
    const journey = await signIn(cluster, person);
    await setUpEmail(cluster, journey.visitor, 'first@home.example');
    await setUpApp(cluster, journey.visitor);
    await finish(journey.visitor);
    expect(isBack(journey)).toBe(true);
    expect((await redeem(journey)).claims.sub).toBe(person.account.id);
  });
});

test('a password is reset', async () => {
  await shared(async () => {
    const person = await cluster.person(both);
    const started = await begin(cluster);
    const { visitor } = started;
    const { action, fields } = visitor.form('/sign-in');
    await visitor.open(action.replace(/\/sign-in$/, '/forgot'), {
      form: { ...fields, loginName: person.account.loginName },
    });
    await visitor.submit('/method/authenticator_app');
    await visitor.submit('/reset/code', { code: appCode(person.secrets[0] ?? '', new Date()) });
    const newPassword = 'seven green bicycles';
    await visitor.submit('/reset/password', { newPassword, repeatPassword: newPassword });
    expect(visitor.page.heading).toBe('Your password is changed');
    await visitor.follow(/\/interaction\/[^/]+$/);
    await typePassword(started, person, newPassword);
    expect(isBack(started)).toBe(true);
  });
});

test('the own page: signed in, proved, another method added', async () => {
  await shared(async () => {
    const person = await cluster.person(both);
    const visitor = cluster.visitor();
    await visitor.open(`${cluster.issuer}/security-info`);
    await typePassword({ visitor }, person);
    expect(visitor.page.heading).toBe('Your security info');
    await visitor.follow('/add/authenticator_app');
    await visitor.follow('Authenticator app');
    await proveApp(cluster, visitor, person.secrets[0] ?? '');
    await visitor.submit('/add/authenticator_app', { name: 'Another' });
    await visitor.submit('/add/authenticator_app/code', { code: appCode(secretOnPage(visitor), new Date()) });
    await finish(visitor);
    expect(visitor.page.url.pathname).toBe('/security-info/done');
    const { methods } = await cluster.composition.ports.records.read(person.account.id);
    expect(methods.filter(({ type }) => type === 'authenticator_app')).toHaveLength(2);
  });
});

test('what has been sent by one node counts at the other', async () => {
  const person = await cluster.person();
  const { visitor } = await signIn(cluster, person);
  const address = 'often@home.example';
  await visitor.follow('/add/email');
  await visitor.submit('/add/email', { address });
  const pages = [];
  for (let tries = 0; tries < 8; tries += 1) pages.push((await visitor.submit('/resend')).status);
  // Five an hour to one address: the first one and four more.
  expect(pages).toEqual([200, 200, 200, 200, 429, 429, 429, 429]);
  const sent = cluster.relay.messages.filter(({ recipients }) => recipients.includes(address));
  expect(sent).toHaveLength(5);
});

test('a change of the policy is in force on each node within five seconds', async () => {
  const person = await cluster.person(both);
  const journey = await signIn(cluster, person);
  expect(isBack(journey)).toBe(true);
  const { visitor } = journey;
  const answerOf = async (node: number): Promise<string | null> => {
    cluster.only(node);
    await visitor.open((await cluster.app.request({ prompt: 'none' })).url);
    return visitor.page.url.searchParams.get('error');
  };
  // Both know the policy of before by heart.
  expect([await answerOf(0), await answerOf(1)]).toEqual([null, null]);
  await setPolicy({ methodsToRegister: 3 });
  const since = performance.now();
  const seen = [0, 0];
  for (const node of [0, 1]) {
    const options = { timeout: 8_000, interval: 100 };
    await expect.poll(() => answerOf(node), options).toBe('interaction_required');
    seen[node] = performance.now() - since;
  }
  cluster.only(null);
  await setPolicy({ methodsToRegister: 2 });
  expect(Math.max(...seen)).toBeLessThan(5_000);
});
