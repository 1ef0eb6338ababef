/**
 * The primary of a three-node replica set is killed again and again under sign-ins and registrations on two server
 * processes: what was answered stays, and nothing is done twice. Only where there is a mongod.
 */
import mongoose from 'mongoose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isVerified } from '../../security-info/record.ts';
import { type Cluster, openCluster } from '../journeys/cluster.ts';
import { finish, isBack, redeem, type SignIn, secretOnPage, signIn } from '../journeys/steps.ts';
import type { Visitor } from '../journeys/visitor.ts';
import { appCode, type Person } from '../journeys/world.ts';
import { findMongod } from './binary.ts';
import { type MongodNode, type MongodReplicaSet, startReplicaSet } from './server.ts';

const KILLS = 20;
const WORKERS = 3;
const MOST_TRIES = 60;
const mongod = process.env['MONGODB_URI'] ? findMongod() : undefined;
if (mongod === undefined) {
  console.log('failover: not run (it needs npm run test:mongodb, and a mongod of its own)');
}

const { MongoClient } = mongoose.mongo;
let replicaSet: MongodReplicaSet;
let cluster: Cluster;
let admin: InstanceType<typeof MongoClient>;

beforeAll(async () => {
  if (mongod === undefined) return;
  replicaSet = await startReplicaSet(mongod, 3);
  admin = new MongoClient(replicaSet.uri, { serverSelectionTimeoutMS: 30_000 });
  cluster = await openCluster(replicaSet.uri.replace('/?', '/failover?'), 2, { LOG_LEVEL: 'silent' });
}, 90_000);
afterAll(async () => {
  await cluster?.close();
  await admin?.close();
  await replicaSet?.stop();
});

/** What the pages acknowledged, and what it took. */
const numbers = { registrations: 0, signIns: 0, accounts: 0, repeated: 0, abandoned: 0, slowest: 0 };
/** What must be in the store at the end: the account, and the methods that a page said were registered. */
const acknowledged = new Map<string, { readonly methods: Set<string>; signIns: number; tries: number }>();

/** Does something as a person does: when no page or an error comes, once more from the page before. */
async function persist(visitor: Visitor, act: () => Promise<unknown>): Promise<void> {
  const { page } = visitor;
  const begun = performance.now();
  for (let tries = 1; ; tries += 1) {
    const failed = await act().then(
      () => visitor.page.status >= 500,
      () => true,
    );
    if (!failed) break;
    if (tries === MOST_TRIES) throw new Error(`no answer after ${tries} tries at ${page.url.pathname}`);
    numbers.repeated += 1;
    visitor.page = page;
    // The relay and the store are asked again no faster than a person presses a button.
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  numbers.slowest = Math.max(numbers.slowest, performance.now() - begun);
}

async function newPerson(): Promise<Person> {
  const visitor = cluster.visitor();
  let person: Person | undefined;
  await persist(visitor, async () => {
    person = await cluster.person();
  });
  if (person === undefined) throw new Error('nobody was made');
  numbers.accounts += 1;
  acknowledged.set(person.account.id, { methods: new Set(), signIns: 0, tries: 0 });
  return person;
}

function accountOf({ account }: Person) {
  const known = acknowledged.get(account.id);
  if (known === undefined) throw new Error('nobody knows this account');
  return known;
}

/** From the app, past the password. An interruption in between is no answer: then from the start. */
async function passPassword(person: Person): Promise<SignIn> {
  const known = accountOf(person);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    known.tries += 1;
    const journey = await signIn(cluster, person).catch(() => undefined);
    if (journey === undefined || journey.visitor.page.status >= 400) {
      numbers.repeated += 1;
      continue;
    }
    known.signIns += 1;
    return journey;
  }
  throw new Error('no sign-in came through');
}

async function register(person: Person, journey: SignIn): Promise<void> {
  const { visitor } = journey;
  const { methods } = accountOf(person);
  const address = `${person.account.loginName}@home.example`;
  const said = (type: string): void => {
    expect(visitor.page.url.search).toBe('?done=registered');
    methods.add(type);
    numbers.registrations += 1;
  };
  await persist(visitor, () => visitor.follow('/add/email'));
  await persist(visitor, () => visitor.submit('/add/email', { address }));
  await persist(visitor, () => visitor.submit('/add/email/code', { code: cluster.mailedCode(address) }));
  said('email');
  await persist(visitor, () => visitor.follow('/add/authenticator_app'));
  await persist(visitor, () => visitor.submit('/add/authenticator_app'));
  const secret = secretOnPage(visitor);
  await persist(visitor, () =>
    visitor.submit('/add/authenticator_app/code', { code: appCode(secret, new Date()) }),
  );
  said('authenticator_app');
}

/** Somebody new registers, finishes, and signs in once more. */
async function live(): Promise<void> {
  const person = await newPerson();
  const journey = await passPassword(person);
  await register(person, journey);
  await finish(journey.visitor).catch(() => undefined);
  // A sign-in that ends in the middle of Finish begins again: what was registered is there.
  const again = isBack(journey) ? journey : await passPassword(person);
  expect(isBack(again)).toBe(true);
  const claims = await redeem(again).then(
    (redeemed) => redeemed.claims,
    () => null,
  );
  if (claims === null) numbers.abandoned += 1;
  else {
    expect(claims.sub).toBe(person.account.id);
    numbers.signIns += 1;
  }
}

async function primary(): Promise<MongodNode> {
  const { primary: host } = await admin.db('admin').command({ hello: 1 });
  const node = replicaSet.nodes.find(({ port }) => host === `127.0.0.1:${port}`);
  if (node === undefined) throw new Error('no primary');
  return node;
}

/** Every member is there and up to date: or the next kill would leave no majority, which is another test. */
async function untilWhole(): Promise<void> {
  const options = { timeout: 30_000, interval: 100 };
  const states = () =>
    admin
      .db('admin')
      .command({ replSetGetStatus: 1 })
      .then(({ members }) =>
        members
          .map(({ stateStr }: { stateStr: string }) => stateStr)
          .sort()
          .join(),
      );
  await expect.poll(() => states().catch(() => 'none'), options).toBe('PRIMARY,SECONDARY,SECONDARY');
}

test.skipIf(mongod === undefined)(
  'twenty primaries are killed: what was acknowledged is there, and once',
  async () => {
    let isOver = false;
    const failures: unknown[] = [];
    const workers = Array.from({ length: WORKERS }, async () => {
      while (!isOver) await live().catch((error: unknown) => void failures.push(error));
    });
    const before = performance.now();
    for (let kills = 0; kills < KILLS; kills += 1) {
      const node = await primary();
      await node.kill();
      await expect
        .poll(
          () =>
            primary().then(
              ({ port }) => port !== node.port,
              () => false,
            ),
          { timeout: 30_000, interval: 100 },
        )
        .toBe(true);
      await node.restart();
      await untilWhole();
    }
    const seconds = Math.round((performance.now() - before) / 1000);
    isOver = true;
    await Promise.all(workers);
    const found = await lookAtStore();
    console.log(
      `failover: ${KILLS} primaries killed in ${seconds} s; ${JSON.stringify({ ...numbers, slowest: Math.round(numbers.slowest) })}; ${JSON.stringify(found)}`,
    );
    expect(failures).toEqual([]);
    expect(numbers.registrations).toBeGreaterThan(KILLS);
    expect(found).toMatchObject({ lost: 0, twice: 0 });
  },
  240_000,
);

/** Holds what is stored against what was acknowledged. */
async function lookAtStore() {
  const { composition } = cluster;
  for (;;) if ((await composition.ports.records.drainEvents(null, 100)) === 0) break;
  const found = { lost: 0, twice: 0, unacknowledged: 0 };
  const audit = composition.connection.collection('audit_events');
  const outbox = composition.connection.collection('outbox');
  for (const [accountId, { methods: promised, signIns, tries }] of acknowledged) {
    if ((await composition.directory.findById(accountId)) === undefined) found.lost += 1;
    const record = await composition.ports.records.read(accountId);
    const stored = record.methods.filter(isVerified).map(({ type }) => String(type));
    found.lost += [...promised].filter((type) => !stored.includes(type)).length;
    found.twice += stored.length - new Set(stored).size;
    found.unacknowledged += stored.filter((type) => !promised.has(type)).length;
    const events = await audit.find({ accountId, type: 'method_registered' }).toArray();
    found.lost += Math.max(0, stored.length - events.length);
    found.twice += Math.max(0, events.length - stored.length);
    const entries = await audit.countDocuments({ accountId, type: 'signed_in' });
    found.lost += Math.max(0, signIns - entries);
    found.twice += Math.max(0, entries - tries);
    for (const { _id, noticeCount } of events) {
      const messages = await outbox.countDocuments({ 'event.id': String(_id) });
      found.lost += Math.max(0, noticeCount - messages);
      found.twice += Math.max(0, messages - noticeCount);
    }
  }
  return found;
}
