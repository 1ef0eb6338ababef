/**
 * Marking whom the interval has made due: the job, with no pause between its batches, ÷ one raw `updateMany` with the
 * same filter and the same change on the same store. And a run that finds nothing due.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import { markReconfirmation } from '../jobs/mark-reconfirmation.ts';
import { connectStore, ensureIndexes } from '../models/connection.ts';
import { createDataKeys } from '../models/field-encryption.ts';
import { type StoredRecord, securityInfos } from '../models/security-info-record.ts';
import { createStores } from '../models/stores.ts';
import { createAccountDirectory } from '../provider/account-directory.ts';
import type { BenchOptions } from './options.ts';
import { sizeWords } from './options.ts';
import { populate } from './population.ts';
import { connectPatiently, type MeasuredStore, noMongod, openEmbedded, openMongod } from './real-store.ts';
import { type Figure, inTurn, median, report, timed } from './report.ts';

const ownSizes = { mongod: [10_000, 1_000_000], 'embedded store': [10_000] } as const;
const GOALS = { ratio: 0.9, nothingDueMilliseconds: 20 };
const day = 86_400_000;
const confirmedDaysAgo = 400;
/** Of the default policy. */
const intervalDays = 180;
const nothingDueRounds = 50;

/** What the job leaves in each record besides the mark. */
function markedEvent(now: Date): StoredRecord['pendingEvents'][number] {
  return {
    id: randomUUID(),
    type: 'reconfirmation_marked',
    at: now,
    accountId: null,
    actor: 'job:mark-reconfirmation',
    result: 'success',
    reason: 'interval',
    methodType: null,
    notify: [],
    callerAddress: null,
    clientId: null,
  };
}

/** Fewer repetitions where each takes minutes. */
function roundsFor(size: number): number {
  if (size >= 5_000_000) return 1;
  return size >= 100_000 ? 2 : 7;
}

interface Connections {
  readonly connection: Connection;
  /** For updates that take minutes. */
  readonly patient: Connection;
  readonly isMongod: boolean;
}

interface Marked {
  readonly job: number;
  readonly raw: number;
  readonly nothingDue: number;
  readonly addedMemory: number;
}

async function measure({ connection, patient, isMongod }: Connections, size: number): Promise<Marked> {
  const clock = { now: () => new Date() };
  const keys = createDataKeys({ keys: [{ id: 'one', key: randomBytes(32) }], hashKey: randomBytes(32) });
  const stores = createStores(connection, { keys, clock });
  const records = patient.collection<StoredRecord>(securityInfos.name);
  await ensureIndexes(connection);
  const filter = {
    policyId: 'default',
    markableAt: { $lte: new Date(Date.now() - intervalDays * day) },
  };
  // The default policy asks nothing of groups, so that no account is looked up.
  const directory = createAccountDirectory(connection, {
    clock,
    keys,
    argon2: { memoryKib: 7_168, passes: 5 },
  });
  const job = markReconfirmation({ ...stores, clock, keys, directory, pauseMilliseconds: 0 });
  const memory = { added: 0 };
  const run = async (): Promise<void> => {
    const before = process.memoryUsage.rss();
    const onProgress = (): void => {
      memory.added = Math.max(memory.added, process.memoryUsage.rss() - before);
    };
    await job.run({ dryRun: false, onProgress, signal: new AbortController().signal });
  };
  const fill = () => populate(patient, { keys, clock }, { size, confirmedDaysAgo, withAccounts: false });
  await fill();
  /** As if nobody had been marked. Outside the clock. */
  const unmark = async (): Promise<void> => {
    if (isMongod) {
      const unmarked = { mark: null, markableAt: '$oldestConfirmedAt', pendingEvents: [] };
      await records.updateMany({}, [{ $set: unmarked }, { $unset: 'pendingAt' }]);
      return;
    }
    // The embedded store has no updates by expressions.
    await records.deleteMany({});
    await fill();
  };
  const byJob = async (): Promise<number> => {
    const milliseconds = await timed(run);
    const left = await records.countDocuments(filter);
    if (left > 0) throw new Error(`the job left ${left} of ${size}`);
    await unmark();
    return milliseconds;
  };
  const byUpdateMany = async (): Promise<number> => {
    const now = new Date();
    const pendingEvents = markedEvent(now);
    const milliseconds = await timed(() =>
      records.updateMany(filter, {
        $set: { mark: { by: 'interval', at: now }, markableAt: null, pendingAt: now },
        $push: { pendingEvents },
        $inc: { version: 1 },
      }),
    );
    await unmark();
    return milliseconds;
  };
  const rounds = roundsFor(size);
  const [byJobs = [], raw = []] = await inTurn([byJob, byUpdateMany], {
    rounds,
    warmUp: size > 100_000 ? 0 : 1,
  });
  await run();
  const [nothing = []] = await inTurn([() => timed(run)], { rounds: nothingDueRounds, warmUp: 5 });
  return { job: median(byJobs), raw: median(raw), nothingDue: median(nothing), addedMemory: memory.added };
}

function figuresOf(store: string, size: number, marked: Marked): readonly Figure[] {
  const where = `${sizeWords(size)}, ${store}`;
  const perSecond = (milliseconds: number): string => `${Math.round(size / (milliseconds / 1000))}/s`;
  return [
    {
      name: `job ÷ updateMany, ${where}`,
      value: marked.raw / marked.job,
      unit: '×',
      goal: { least: GOALS.ratio },
      note: `of its speed: ${perSecond(marked.job)} ÷ ${perSecond(marked.raw)}`,
    },
    {
      name: `nothing due, ${where}`,
      value: marked.nothingDue,
      unit: 'ms',
      goal: { most: GOALS.nothingDueMilliseconds },
    },
    { name: `memory that a run adds, ${where}`, value: marked.addedMemory / 2 ** 20, unit: 'MB' },
  ];
}

async function onDatabase(uri: string, isMongod: boolean, size: number): Promise<Marked> {
  const connection = await connectStore(uri);
  const patient = await connectPatiently(uri);
  try {
    return await measure({ connection, patient, isMongod }, size);
  } finally {
    await patient.db?.dropDatabase();
    await patient.close();
    await connection.close();
  }
}

async function on(
  store: Pick<MeasuredStore, 'kind' | 'database'>,
  sizes: readonly number[],
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const size of sizes)
    figures.push(
      ...figuresOf(store.kind, size, await onDatabase(store.database(), store.kind === 'mongod', size)),
    );
  return figures;
}

/** Runs the measurement. @returns whether the goals are held */
export async function benchMarking({ sizes, jsonPath }: BenchOptions): Promise<boolean> {
  const figures: Figure[] = [];
  const mongod = await openMongod();
  if (mongod === undefined) console.log(`marking on a mongod: ${noMongod}`);
  else {
    try {
      figures.push(...(await on(mongod, sizes ?? ownSizes.mongod)));
    } finally {
      await mongod.close();
    }
  }
  const embedded = await openEmbedded();
  try {
    // It is for development; an update of more than that at once would keep it from answering.
    const small = (sizes ?? ownSizes['embedded store']).filter((size) => size <= 10_000);
    figures.push(...(await on(embedded, small)));
  } finally {
    await embedded.close();
  }
  return report('marking', { title: 'Marking', figures }, jsonPath);
}
