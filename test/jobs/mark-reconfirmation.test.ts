/** The marking job: who is marked, that twice is as good as once, and that a dry run changes nothing. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { JobCounts } from '../../jobs/job.ts';
import { markReconfirmation } from '../../jobs/mark-reconfirmation.ts';
import { type Policy, policySchema } from '../../security-info/policy.ts';
import type { RecordStore } from '../../security-info/ports.ts';
import { spreadDay } from '../../security-info/spread.ts';

const now = new Date('2026-03-01T12:00:00Z');
const day = 86_400_000;

interface Stored {
  readonly id: string;
  readonly policyId: string;
  readonly confirmedAt: Date;
  isMarked: boolean;
}

let stored: Stored[];
let progress: JobCounts[];

beforeEach(() => {
  progress = [];
  stored = Array.from({ length: 450 }, (_, number) => ({
    id: `a${number}`,
    policyId: 'default',
    confirmedAt: new Date(now.getTime() - 200 * day),
    isMarked: false,
  }));
});

type Due = Parameters<RecordStore['countDue']>[0];
const dueNow = ({ policyId, confirmedUntilAt, excludedAccounts, isDue = () => true }: Due): Stored[] =>
  stored.filter(
    (record) =>
      !record.isMarked &&
      record.policyId === policyId &&
      record.confirmedAt <= confirmedUntilAt &&
      !excludedAccounts.includes(record.id) &&
      isDue(record.id, record.confirmedAt),
  );

async function run(
  settings: Partial<Policy> = {},
  { dryRun = false, signal = new AbortController().signal } = {},
): Promise<JobCounts> {
  const notUsed = (): never => {
    throw new Error('not used by the job');
  };
  const job = markReconfirmation({
    clock: { now: () => now },
    policies: {
      latest: async () => ({ defaultPolicy: policySchema.parse(settings), groupPolicies: [] }),
      current: notUsed,
      save: notUsed,
      remove: notUsed,
    },
    records: {
      read: notUsed,
      readForSignIn: notUsed,
      change: notUsed,
      setPolicyId: notUsed,
      drainEvents: notUsed,
      countDue: async (due) => dueNow(due).length,
      markDue: async ({ limit, ...due }) => {
        const batch = dueNow(due).slice(0, limit);
        for (const record of batch) record.isMarked = true;
        return batch.length;
      },
    },
  });
  return job.run({ dryRun, signal, onProgress: (counts) => void progress.push(counts) });
}

test('marks all whose interval has passed, in steps that it tells of', async () => {
  expect(await run()).toEqual({ marked: 450 });
  expect(progress).toEqual([{ marked: 200 }, { marked: 400 }, { marked: 450 }]);
});

test('changes nothing when it is run again', async () => {
  await run();
  expect(await run()).toEqual({ marked: 0 });
});

test('a dry run counts the same and marks nobody', async () => {
  expect(await run({}, { dryRun: true })).toEqual({ due: 450 });
  expect(stored.some(({ isMarked }) => isMarked)).toBe(false);
});

test('marks in a spread only whose own day has come, and the rest once it is over', async () => {
  const spread = { id: 'default', spreadFrom: '2026-02-24', spreadDays: 10, spreadFormerDays: 0 };
  const come = stored.filter(({ id }) => Number(spreadDay(spread, id)) <= now.getTime()).length;
  expect(come).toBeGreaterThan(200);
  expect(come).toBeLessThan(400);
  expect(await run(spread, { dryRun: true })).toEqual({ due: come });
  expect(await run(spread)).toEqual({ marked: come });
  expect(await run({ ...spread, spreadFrom: '2026-02-19' })).toEqual({ marked: 450 - come });
});

describe('leaves alone', () => {
  test.each([
    ['everybody at an interval of 0', { reconfirmAfterDays: 0 }, 0],
    ['everybody when nobody is in scope', { scope: { kind: 'none' as const } }, 0],
    ['who was confirmed within the interval', { reconfirmAfterDays: 201 }, 0],
    ['excluded accounts', { excludedAccounts: ['a1', 'a2'] }, 448],
  ])('%s', async (_, settings, marked) => {
    expect(await run(settings)).toEqual({ marked });
    expect(await run(settings, { dryRun: true })).toEqual({ due: 0 });
  });

  test('who is just short of the interval, and marks who has just reached it', async () => {
    stored = [0, 1].map((early) => ({
      id: `a${early}`,
      policyId: 'default',
      confirmedAt: new Date(now.getTime() - 180 * day + early),
      isMarked: false,
    }));
    expect(await run()).toEqual({ marked: 1 });
  });

  test('what is left when it is told to end', async () => {
    const stop = new AbortController();
    progress.push = () => {
      stop.abort();
      return 1;
    };
    expect(await run({}, { signal: stop.signal })).toEqual({ marked: 200 });
    expect(await run()).toEqual({ marked: 250 });
  });
});
