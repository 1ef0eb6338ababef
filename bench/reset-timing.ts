/**
 * Whether the time of an answer of the reset tells who has an account: known, unknown and unregistered names in turn in
 * one run, at each step before the first proof. The process is also the browser.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { openWorld, type World } from '../test/journeys/world.ts';
import type { BenchOptions } from './options.ts';
import { type Figure, median, report } from './report.ts';

const WARM_UP = 15;
const ROUNDS = 200;
/** A round takes one name of each kind; a name is used this often, below what any limit closes. */
const ROUNDS_PER_NAME = 3;
const GOAL = { least: 0.9, most: 1.1 };

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

function figuresOf(samples: Samples): readonly Figure[] {
  return steps.flatMap((step) => {
    const unknown = median(samples[step].unknown);
    return (['known', 'unregistered'] as const).flatMap((kind): Figure[] => {
      const value = median(samples[step][kind]);
      const name = `${step}: ${kind} ÷ unknown`;
      const note = `${value.toFixed(2)} ÷ ${unknown.toFixed(2)} ms`;
      // Held on either side: a shorter answer tells as much as a longer one.
      return [{ name, value: value / unknown, unit: '×', goal: GOAL, note }];
    });
  });
}

/** Runs the measurement. @returns whether the goal is held */
export async function benchResetTiming({ jsonPath }: BenchOptions): Promise<boolean> {
  const world = await openWorld();
  try {
    const figures = figuresOf(await measure(world));
    return report(
      'reset-timing',
      { title: `Reset before the first proof: ${ROUNDS} of each`, figures },
      jsonPath,
    );
  } finally {
    await world.close();
  }
}
