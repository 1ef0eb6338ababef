/**
 * Whether the number of accounts is felt: the read of the sign-in check, and the overview page as its server answers
 * it, at the largest number ÷ at the smallest, in turn on one server.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readSettings } from '../provider/config.ts';
import { type Deployment, startDeployment } from '../provider/main.ts';
import type { Visitor } from '../test/journeys/visitor.ts';
import { freePort } from '../test/journeys/world.ts';
import { type BenchOptions, sizeWords } from './options.ts';
import { accountIdOf, populate } from './population.ts';
import { connectPatiently, noMongod, openMongod } from './real-store.ts';
import { type Figure, inTurn, median, report, timed } from './report.ts';
import { authorize, type BenchClient, metadataOf, newVisitor } from './sign-in-client.ts';

const ownSizes = [10_000, 1_000_000];
const GOAL = 1.1;
const ROUNDS = 300;
const WARM_UP = 50;
/** Checks that one sample times: one alone is shorter than what disturbs it. */
const checksPerSample = 20;
/** People who sign in again and again: their records are in the server's memory, whatever the number of others. */
const activePeople = 5_000;
/** People whose pages are asked for in turn. */
const visitorCount = 10;

interface Grown {
  readonly size: number;
  /** @param people of whom one is taken at random: so many of all */
  check(people: number): Promise<number>;
  page(): Promise<number>;
  close(): Promise<void>;
}

const client: BenchClient = { id: 'bench', secret: randomUUID() + randomUUID() };

/** Somebody who is interrupted, at the overview. */
async function visitOverview({ composition, issuer }: Deployment): Promise<Visitor> {
  const loginName = `visitor-${randomUUID().slice(0, 8)}`;
  const password = randomUUID();
  await composition.directory.create({
    ...{ loginName, displayName: 'Visitor', mailbox: null, isAdmin: false, password },
  });
  const visitor = newVisitor();
  await authorize(issuer, visitor, client, { loginName, password });
  if (!visitor.page.url.pathname.endsWith('/security-info'))
    throw new Error(`not at the overview, but at ${visitor.page.url.pathname}`);
  return visitor;
}

async function grow(uri: string, size: number): Promise<Grown> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const port = await freePort();
  const deployment = await startDeployment(
    readSettings({ NODE_ENV: 'test', PORT: String(port), MONGODB_URI: uri, DATA_DIRECTORY: directory }),
    { log: pino({ level: 'error' }) },
  );
  const { ports, clients } = deployment.composition;
  const patient = await connectPatiently(uri);
  await clients.add(metadataOf(client));
  await populate(patient, ports, { size, confirmedDaysAgo: 10, withAccounts: true });
  const visitors: Visitor[] = [];
  for (let count = 0; count < visitorCount; count += 1) visitors.push(await visitOverview(deployment));
  let turn = 0;
  return {
    size,
    check: (people) =>
      timed(async () => {
        for (let count = 0; count < checksPerSample; count += 1)
          await ports.records.readForSignIn(accountIdOf(randomInt(Math.min(people, size))));
      }),
    page: () => {
      turn += 1;
      const visitor = visitors[turn % visitors.length] ?? newVisitor();
      return timed(() => visitor.open(visitor.page.url));
    },
    async close() {
      await deployment.close();
      await patient.db?.dropDatabase();
      await patient.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function compare(
  name: string,
  small: Grown,
  large: Grown,
  sample: (grown: Grown) => Promise<number>,
  perSample: number,
): Promise<Figure> {
  const [least = [], most = []] = await inTurn([() => sample(small), () => sample(large)], {
    rounds: ROUNDS,
    warmUp: WARM_UP,
  });
  const [a, b] = [median(most) / perSample, median(least) / perSample];
  return {
    name: `${name}, ${sizeWords(large.size)} ÷ ${sizeWords(small.size)}`,
    value: a / b,
    unit: '×',
    goal: { most: GOAL },
    note: `${a.toFixed(3)} ÷ ${b.toFixed(3)} ms`,
  };
}

/** Runs the measurement. @returns whether the goals are held; true where it cannot be run */
export async function benchGrowth({ sizes, jsonPath }: BenchOptions): Promise<boolean> {
  const store = await openMongod();
  if (store === undefined) {
    console.log(`growth: ${noMongod}`);
    return true;
  }
  const grown: Grown[] = [];
  try {
    for (const size of sizes ?? ownSizes) grown.push(await grow(store.database(), size));
    const [small, ...larger] = grown;
    if (small === undefined || larger.length === 0) throw new RangeError('--sizes needs two numbers here');
    const figures: Figure[] = [];
    for (const large of larger) {
      for (const [who, people] of [
        ['active people', activePeople],
        ['anybody', Number.POSITIVE_INFINITY],
      ] as const) {
        const name = `sign-in check, ${who}`;
        figures.push(await compare(name, small, large, (one) => one.check(people), checksPerSample));
      }
      figures.push(await compare('overview page', small, large, (one) => one.page(), 1));
    }
    return report('growth', { title: 'Whether growth is felt', figures }, jsonPath);
  } finally {
    for (const one of grown) await one.close();
    await store.close();
  }
}
