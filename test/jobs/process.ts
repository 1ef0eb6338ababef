/**
 * A process that a test kills: `process.ts hold <uri>` takes a tick and works on it without end, `process.ts rotate
 * <uri>` rotates the data keys. Each says a line once it is at work.
 */
import { createTicks } from '../../jobs/tick.ts';
import { connectStore } from '../../models/connection.ts';
import { createStores } from '../../models/stores.ts';
import { keysOf, rotation } from './sealed-world.ts';

const [mode = '', uri = ''] = process.argv.slice(2);
const connection = await connectStore(uri);
const keys = keysOf('newest', 'first');
const clock = { now: () => new Date() };
const atWork = (): void => void process.stdout.write('at work\n');

if (mode === 'rotate') {
  const { signal } = new AbortController();
  await rotation(connection, keys).run({ dryRun: false, signal, onProgress: atWork });
  await connection.close();
} else {
  const { leases, jobRuns } = createStores(connection, { keys, clock });
  const ticks = createTicks({
    clock,
    leases,
    runs: jobRuns,
    node: `child/${process.pid}`,
    leaseSeconds: 1,
    log: { info: () => {}, error: () => {} },
  });
  const run = () => {
    atWork();
    return new Promise<never>(() => setInterval(() => {}, 1_000));
  };
  await ticks.run({ name: 'endless', hasDryRun: false, run }, new Date(process.argv[4] ?? 0));
}
