/** Sign-ins a second, with the password and on live sessions, of one process and of two on one real mongod. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openComposition } from '../provider/composition.ts';
import { readSettings } from '../provider/config.ts';
import type { BenchOptions } from './options.ts';
import { twoMethods } from './population.ts';
import { noMongod, openMongod } from './real-store.ts';
import { type Figure, inTurn, median, report } from './report.ts';
import { type BenchServer, startServer } from './server-process.ts';
import { type BenchClient, type Credentials, metadataOf, newVisitor, signIn } from './sign-in-client.ts';

const ROUNDS = 5;
const secondsPerRound = 3;
/** People who sign in at the same time, whatever the number of processes. */
const peopleAtOnce = 16;

const client: BenchClient = { id: 'bench', secret: randomUUID() + randomUUID() };

async function addPeople(settings: Readonly<Record<string, string>>): Promise<readonly Credentials[]> {
  const composition = await openComposition(readSettings(settings), { log: pino({ level: 'error' }) });
  try {
    const { directory, clients, ports } = composition;
    await clients.add(metadataOf(client));
    const people: Credentials[] = [];
    for (let count = 0; count < peopleAtOnce; count += 1) {
      const person = { loginName: `person-${count}`, password: randomUUID() };
      const account = await directory.create({
        ...person,
        ...{ displayName: 'Person', mailbox: null, isAdmin: false },
      });
      const at = ports.clock.now();
      const methods = twoMethods(ports.keys, account.id, at);
      await ports.records.change(account.id, (record) => ({
        next: { ...record, methods, firstMethodAt: at, oldestConfirmedAt: at },
        events: [],
        result: undefined,
      }));
      people.push(person);
    }
    return people;
  } finally {
    await composition.close();
  }
}

type Session = (issuer: string) => Promise<void>;

/** Signs everybody in again and again. @returns sign-ins a second */
async function rate(servers: readonly BenchServer[], sessions: readonly Session[]): Promise<number> {
  const start = performance.now();
  const end = start + secondsPerRound * 1000;
  let count = 0;
  await Promise.all(
    sessions.map(async (once, index) => {
      const issuer = servers[index % servers.length]?.issuer ?? '';
      while (performance.now() < end) {
        await once(issuer);
        count += 1;
      }
    }),
  );
  return count / ((performance.now() - start) / 1000);
}

function byPassword(people: readonly Credentials[]): readonly Session[] {
  return people.map((person) => (issuer) => signIn(issuer, newVisitor(), client, person));
}

/** Each has a browser at each issuer, which signs in with the password at its first use. */
function onSession(people: readonly Credentials[]): readonly Session[] {
  return people.map((person) => {
    const visitors = new Map<string, ReturnType<typeof newVisitor>>();
    return async (issuer) => {
      const known = visitors.get(issuer);
      const visitor = known ?? newVisitor();
      visitors.set(issuer, visitor);
      await signIn(issuer, visitor, client, known === undefined ? person : null);
    };
  });
}

/** Runs the measurement; it has no goal. @returns true */
export async function benchThroughput({ jsonPath }: BenchOptions): Promise<boolean> {
  const store = await openMongod();
  if (store === undefined) {
    console.log(`throughput: ${noMongod}`);
    return true;
  }
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const servers: BenchServer[] = [];
  try {
    const settings = { NODE_ENV: 'test', MONGODB_URI: store.database(), DATA_DIRECTORY: directory };
    const people = await addPeople(settings);
    for (let count = 0; count < 2; count += 1) servers.push(await startServer(settings));
    const figures: Figure[] = [];
    for (const [name, sessions] of [
      ['with the password', byPassword(people)],
      ['on live sessions', onSession(people)],
    ] as const) {
      const [one = [], two = []] = await inTurn(
        [() => rate(servers.slice(0, 1), sessions), () => rate(servers, sessions)],
        { rounds: ROUNDS, warmUp: 1 },
      );
      figures.push(
        { name: `${name}, 1 process`, value: median(one), unit: '/s' },
        { name: `${name}, 2 processes`, value: median(two), unit: '/s' },
        { name: `${name}, 2 ÷ 1`, value: median(two) / median(one), unit: '×' },
      );
    }
    const title = `Sign-ins a second, ${peopleAtOnce} people at once; the measuring process and mongod on the same cores`;
    return report('throughput', { title, figures }, jsonPath);
  } finally {
    for (const server of servers) await server.stop();
    rmSync(directory, { recursive: true, force: true });
    await store.close();
  }
}
