/**
 * Whether the time of an answer of the reset tells who has an account: known, unknown and unregistered names in turn in
 * one run, at each step before the first proof. The process is also the browser.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openWorld, type World } from '../test/journeys/world.ts';

const WARM_UP = 15;
const ROUNDS = 200;
/** A round takes one name of each kind; a name is used this often, below what any limit closes. */
const ROUNDS_PER_NAME = 3;
const GOAL = { least: 0.9, most: 1.1 };
const resultPath = 'bench/results/reset-timing.json';

const twoMethods = [
  { type: 'authenticator_app', verifiedDaysAgo: 10 },
  { type: 'email', verifiedDaysAgo: 10 },
] as const;

const kinds = ['known', 'unknown', 'unregistered'] as const;
type Kind = (typeof kinds)[number];
const steps = ['name', 'wrong address', 'wrong code'] as const;
type StepName = (typeof steps)[number];
type Samples = Readonly<Record<StepName, Readonly<Record<Kind, number[]>>>>;

/** What one name has begun in the background must not slow the next one down. */
const PAUSE_MILLISECONDS = 5;

/** One reset as far as a wrong code. @returns milliseconds of each step */
async function reset(world: World, loginName: string): Promise<Readonly<Record<StepName, number>>> {
  // All come from one network address, whose limit is not what is measured.
  const { throttles } = world.deployment.composition.ports;
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
    await throttles.reset(`reset:caller:${address}`);
  const visitor = world.visitor();
  await visitor.open(new URL('/reset', world.issuer));
  const timed = async (path: string, values: Readonly<Record<string, string>>): Promise<number> => {
    const { action, fields } = visitor.form(path);
    await delay(PAUSE_MILLISECONDS);
    const start = performance.now();
    await visitor.open(action, { form: { ...fields, ...values }, manual: true });
    const milliseconds = performance.now() - start;
    await visitor.open('/reset');
    return milliseconds;
  };
  const name = await timed('/reset/name', { loginName });
  await visitor.open('/reset/method/email');
  const address = await timed('/reset/method/email', { address: 'somebody@else.example' });
  const code = await timed('/reset/code', { code: '123456' });
  return { name, 'wrong address': address, 'wrong code': code };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function measure(world: World): Promise<Samples> {
  const forStep = (): Record<Kind, number[]> => ({ known: [], unknown: [], unregistered: [] });
  const samples: Samples = { name: forStep(), 'wrong address': forStep(), 'wrong code': forStep() };
  let names: Readonly<Record<Kind, string>> = { known: '', unknown: '', unregistered: '' };
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    if ((round + WARM_UP) % ROUNDS_PER_NAME === 0) {
      names = {
        known: (await world.person({ methods: twoMethods })).account.loginName,
        unknown: `bench-${randomUUID().slice(0, 8)}`,
        unregistered: (await world.person()).account.loginName,
      };
    }
    // Each kind is first, second and last equally often.
    const at = (round + WARM_UP) % kinds.length;
    for (const kind of [...kinds.slice(at), ...kinds.slice(0, at)]) {
      const taken = await reset(world, names[kind]);
      if (round >= 0) for (const step of steps) samples[step][kind].push(taken[step]);
    }
  }
  return samples;
}

function report(samples: Samples): boolean {
  console.log(`Reset before the first proof: ${ROUNDS} of each   (medians, ms)`);
  console.log(`  ${''.padEnd(16)}${kinds.map((kind) => kind.padStart(13)).join('')}   known ÷ unknown`);
  const results = steps.map((step) => {
    const medians = {
      known: median(samples[step].known),
      unknown: median(samples[step].unknown),
      unregistered: median(samples[step].unregistered),
    };
    const ratio = medians.known / medians.unknown;
    const unregisteredRatio = medians.unregistered / medians.unknown;
    const holds = [ratio, unregisteredRatio].every((one) => one >= GOAL.least && one <= GOAL.most);
    const figures = kinds.map((kind) => medians[kind].toFixed(2).padStart(13)).join('');
    console.log(
      `  ${step.padEnd(16)}${figures}   × ${ratio.toFixed(3)} (unregistered × ${unregisteredRatio.toFixed(3)})` +
        `${holds ? '' : '  MISSED'}`,
    );
    return { step, medians, ratio, unregisteredRatio, holds };
  });
  const holds = results.every((result) => result.holds);
  console.log(`  goal: ${GOAL.least} to ${GOAL.most}: ${holds ? 'held' : 'MISSED'}\n`);
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(resultPath, `${JSON.stringify({ rounds: ROUNDS, goal: GOAL, results }, null, 2)}\n`);
  return holds;
}

/** Runs the measurement. @returns whether the goal is held */
export async function benchResetTiming(): Promise<boolean> {
  const world = await openWorld();
  try {
    return report(await measure(world));
  } finally {
    await world.close();
  }
}
