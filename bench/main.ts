/**
 * `npm run bench [NAME…] [--sizes 10k,1m] [--json PATH]`: runs the measurements that are named, or all, prints them
 * and writes them as JSON. What is measured is each file's matter.
 */
import { benchGrowth } from './growth.ts';
import { benchImport } from './import.ts';
import { benchInterruptionPage } from './interruption-page.ts';
import { benchMarking } from './marking.ts';
import { benchOperations } from './operations.ts';
import { type BenchOptions, readCommand } from './options.ts';
import { benchResetTiming } from './reset-timing.ts';
import { benchSignIn } from './sign-in.ts';
import { benchStart } from './start.ts';
import { benchThroughput } from './throughput.ts';

const benches: ReadonlyMap<string, (options: BenchOptions) => Promise<boolean>> = new Map([
  ['sign-in', benchSignIn],
  ['operations', benchOperations],
  ['interruption-page', benchInterruptionPage],
  ['start', benchStart],
  ['throughput', benchThroughput],
  ['marking', benchMarking],
  ['growth', benchGrowth],
  ['reset-timing', benchResetTiming],
  ['import', benchImport],
]);

// Ended by a signal, a process runs no handler of 'exit', which is what stops a mongod of ours.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

async function main(): Promise<number> {
  const { names, ...options } = readCommand(process.argv.slice(2));
  const chosen = names.length === 0 ? [...benches.keys()] : names;
  const unknown = chosen.filter((name) => !benches.has(name));
  if (unknown.length > 0) throw new RangeError(`no measurement called ${unknown.join(', ')}`);
  if (options.jsonPath !== null && chosen.length > 1)
    throw new RangeError('--json PATH goes with one measurement; each writes to bench/results/ by itself');
  let code = 0;
  for (const name of chosen) if (!(await benches.get(name)?.(options))) code = 1;
  return code;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
  console.error(
    `${error.message}\nusage: npm run bench [${[...benches.keys()].join('|')}]… [--sizes 10k,1m] [--json PATH]`,
  );
  process.exitCode = 2;
}
