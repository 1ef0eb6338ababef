/** The runs that marking.ts compares: the job, its store's part in larger batches, one raw `updateMany`, nothing due. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import { markReconfirmation } from '../jobs/mark-reconfirmation.ts';
import { ensureIndexes } from '../models/connection.ts';
import { createDataKeys } from '../models/field-encryption.ts';
import { type StoredRecord, securityInfos } from '../models/security-info-record.ts';
import { createStores } from '../models/stores.ts';
import { createAccountDirectory } from '../provider/account-directory.ts';
import { populate } from './population.ts';
import { inTurn, median, timed } from './report.ts';

const day = 86_400_000;
const confirmedDaysAgo = 400;
/** Of the default policy. */
const intervalDays = 180;
const nothingDueRounds = 50;
/** To tell what the size of the batches costs. */
export const largeBatch = 2_000;

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

/** What a run works on. */
export interface Connections {
  readonly connection: Connection;
  /** For updates that take minutes. */
  readonly patient: Connection;
  readonly isMongod: boolean;
}

/** Medians, in milliseconds, and bytes. */
export interface Marked {
  readonly job: number;
  /** The store's part of it, in larger batches. */
  readonly large: number;
  readonly raw: number;
  readonly nothingDue: number;
  readonly addedMemory: number;
}

/** Fills the store and runs each in turn. */
export async function measureMarking(
  { connection, patient, isMongod }: Connections,
  size: number,
): Promise<Marked> {
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
  let isFilled = false;
  /** As if nobody had been marked. Outside the clock. */
  const prepare = async (): Promise<void> => {
    if (!isFilled) {
      await fill();
      isFilled = true;
    } else if (isMongod) {
      const unmarked = { mark: null, markableAt: '$oldestConfirmedAt', pendingEvents: [] };
      await records.updateMany({}, [{ $set: unmarked }, { $unset: 'pendingAt' }]);
    } else {
      // The embedded store has no updates by expressions.
      await records.deleteMany({});
      await fill();
    }
  };
  const marking = (mark: () => Promise<unknown>) => async (): Promise<number> => {
    await prepare();
    const milliseconds = await timed(mark);
    const left = await records.countDocuments(filter);
    if (left > 0) throw new Error(`${left} of ${size} were left`);
    return milliseconds;
  };
  const byUpdateMany = async (): Promise<unknown> => {
    const now = new Date();
    const pendingEvents = markedEvent(now);
    return records.updateMany(filter, {
      $set: { mark: { by: 'interval', at: now }, markableAt: null, pendingAt: now },
      $push: { pendingEvents },
      $inc: { version: 1 },
    });
  };
  const inLargeBatches = async (): Promise<void> => {
    const due = { policyId: 'default', confirmedUntilAt: filter.markableAt.$lte, excludedAccounts: [] };
    while ((await stores.records.markDue({ ...due, now: clock.now(), limit: largeBatch })) > 0);
  };
  const runs = [run, byUpdateMany, ...(size < 5_000_000 ? [inLargeBatches] : [])];
  const [byJobs = [], raw = [], large = []] = await inTurn(runs.map(marking), {
    rounds: roundsFor(size),
    warmUp: size < 100_000 ? 1 : 0,
  });
  const [nothing = []] = await inTurn([() => timed(run)], { rounds: nothingDueRounds, warmUp: 5 });
  return {
    ...{ job: median(byJobs), large: median(large), raw: median(raw) },
    ...{ nothingDue: median(nothing), addedMemory: memory.added },
  };
}
