/** From the start of the process to its first answer, and what it holds in memory then; on either store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions } from './options.ts';
import { noMongod, openMongod } from './real-store.ts';
import { type Figure, median, report } from './report.ts';
import { startServer } from './server-process.ts';

const ROUNDS = 9;
const GOALS = { milliseconds: 1_000, megabytes: 120 };
/** What a start leaves to be collected is counted, what it has begun is waited for. */
const settleMilliseconds = 300;

async function figuresOn(
  name: string,
  settings: Readonly<Record<string, string>>,
): Promise<readonly Figure[]> {
  const times: number[] = [];
  const cpu: number[] = [];
  const memories: number[] = [];
  // The first makes the keys and the indexes, which is done once in a deployment's life.
  for (let round = -1; round < ROUNDS; round += 1) {
    const server = await startServer(settings);
    await delay(settleMilliseconds);
    const memory = server.memory();
    await server.stop();
    if (round < 0) continue;
    times.push(server.startMilliseconds);
    cpu.push(server.startCpuMilliseconds);
    memories.push(memory / 2 ** 20);
  }
  return [
    {
      name: `start to first answer, ${name}`,
      value: median(times),
      unit: 'ms',
      goal: { most: GOALS.milliseconds },
      note: `the quickest ${Math.min(...times).toFixed(0)} ms`,
    },
    { name: `CPU for it, ${name}`, value: median(cpu), unit: 'ms' },
    {
      name: `memory after start, ${name}`,
      value: median(memories),
      unit: 'MB',
      goal: { most: GOALS.megabytes },
    },
  ];
}

/** Runs the measurement. @returns whether the goals are held */
export async function benchStart({ jsonPath }: BenchOptions): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const figures: Figure[] = [];
  try {
    const mongod = await openMongod();
    if (mongod === undefined) console.log(`start on a mongod: ${noMongod}`);
    else {
      try {
        const settings = { DATA_DIRECTORY: directory, MONGODB_URI: mongod.database() };
        figures.push(...(await figuresOn('mongod', settings)));
      } finally {
        await mongod.close();
      }
    }
    figures.push(...(await figuresOn('embedded store', { DATA_DIRECTORY: join(directory, 'embedded') })));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return report('start', { title: 'Start', figures }, jsonPath);
}
