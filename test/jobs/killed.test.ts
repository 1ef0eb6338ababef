/** Processes that are killed in the middle of a job, and clocks that differ: what was begun is finished, once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Connection } from 'mongoose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Job } from '../../jobs/job.ts';
import { createTicks, type Ticks } from '../../jobs/tick.ts';
import { connectStore, ensureIndexes } from '../../models/connection.ts';
import { createStores } from '../../models/stores.ts';
import type { Clock } from '../../security-info/ports.ts';
import { openAddress } from '../../security-info/sealing.ts';
import { openTestStore, type TestStore } from '../store.ts';
import { keysOf, rotate, sealMany } from './sealed-world.ts';

const program = fileURLToPath(new URL('process.ts', import.meta.url));
let store: TestStore;
let connection: Connection;
let children: ChildProcess[];
let nodes: Ticks[];

beforeAll(async () => {
  store = await openTestStore();
  connection = await connectStore(store.uri);
  await ensureIndexes(connection);
});
afterAll(async () => {
  await connection.close();
  await store.close();
});
beforeEach(() => {
  [children, nodes] = [[], []];
});
afterEach(async () => {
  await Promise.all([...nodes.map((node) => node.stop()), ...children.map(kill)]);
});

/** Starts a process, and returns once it is at work. */
async function start(...words: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  return child;
}

/** Ends it at once, as a power cut does. @returns whether it was still at work */
async function kill(child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return false;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return child.signalCode === 'SIGKILL';
}

const realClock: Clock = { now: () => new Date() };

function node(clock = realClock): Ticks {
  const { leases, jobRuns } = createStores(connection, { keys: keysOf('newest'), clock });
  const log = { info: () => {}, error: () => {} };
  const ticks = createTicks({ clock, leases, runs: jobRuns, node: 'here/1', leaseSeconds: 1, log });
  nodes.push(ticks);
  return ticks;
}

function countingJob(name: string): Job & { count(): number } {
  let count = 0;
  return { name, hasDryRun: false, run: async () => ({ runs: ++count }), count: () => count };
}

test('a tick whose holder was killed is finished by one of the others, and by no second one', async () => {
  const tickAt = new Date();
  const holder = await start('hold', store.uri, tickAt.toISOString());
  const [one, two] = [node(), node()];
  const job = countingJob('endless');
  expect(await one.run(job, tickAt)).toBe('taken');
  expect(await kill(holder)).toBe(true);
  for (const ticks of [one, two]) ticks.watch([job]);
  const { jobRuns, leases } = createStores(connection, { keys: keysOf('newest'), clock: realClock });
  await expect.poll(() => leases.running()).toEqual([]);
  expect(job.count()).toBe(1);
  expect(await jobRuns.list('endless', 5)).toMatchObject([
    { node: 'here/1', result: 'done', counts: { runs: 1 } },
    { node: `child/${holder.pid}`, result: 'running' },
  ]);
  const later = createStores(connection, {
    keys: keysOf('newest'),
    clock: { now: () => new Date(Date.now() + 600_000) },
  });
  expect(await later.jobRuns.list('endless', 5)).toMatchObject([
    { result: 'done' },
    { result: 'failed', error: 'process_ended' },
  ]);
  expect(await two.run(job, tickAt)).toBe('taken');
});

test('nodes whose clocks differ by minutes run each tick once', async () => {
  const minute = 60_000;
  const start = Math.floor(Date.now() / minute) * minute;
  let time = start;
  const offsets = [0, 2.5 * minute, -1.5 * minute];
  const clocks = offsets.map((offset) => ({ now: () => new Date(time + offset) }));
  const ticks = clocks.map((clock) => node(clock));
  const job = countingJob('minutely');
  const run = new Map<number, number>();
  for (time = start; time < start + 12 * minute; time += minute / 2) {
    for (const [place, clock] of clocks.entries()) {
      const now = clock.now().getTime();
      if (now % minute !== 0) continue;
      const outcome = await ticks[place]?.run(job, new Date(now));
      if (outcome === 'done') run.set(now, (run.get(now) ?? 0) + 1);
    }
  }
  // The clock that is ahead comes first from its first tick on: none is left out from there, and none is run again.
  const ahead = Array.from({ length: 12 }, (_, place) => start + (3 + place) * minute);
  expect([...run.keys()]).toEqual([start, ...ahead]);
  expect(new Set(run.values())).toEqual(new Set([1]));
  expect(job.count()).toBe(run.size);
});

test('a rotation that is killed again and again loses nothing, and the next run completes it', async () => {
  const [first, newest] = [keysOf('first'), keysOf('newest')];
  const count = 2_000;
  await sealMany(connection, first, count);
  let killed = 0;
  for (let round = 0; round < 4; round += 1) {
    const child = await start('rotate', store.uri);
    await delay(randomInt(60));
    if (await kill(child)) killed += 1;
  }
  expect(killed).toBeGreaterThan(0);
  expect(await rotate(connection, keysOf('newest', 'first'))).toMatchObject({ unreadable: 0, left: 0 });
  const { records } = createStores(connection, { keys: newest, clock: realClock });
  const ids = await connection.collection<{ _id: string }>('security_infos').distinct('_id');
  expect(ids).toHaveLength(count);
  for (const id of ids) {
    const { methods, version } = await records.read(id);
    const [method] = methods;
    if (method === undefined) throw new Error('its method is lost');
    expect([openAddress(newest, id, method), version]).toEqual([`${id}@home.example`, 2]);
  }
});
