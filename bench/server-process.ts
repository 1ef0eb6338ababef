/** The compiled deployment as a process of its own: `node dist/provider/main.js`, as `npm run serve` starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../test/journeys/world.ts';

const program = 'dist/provider/main.js';
const longestStartMilliseconds = 60_000;
const pauseMilliseconds = 5;

/** A server that answers. */
export interface BenchServer {
  readonly issuer: string;
  /** From the start of the process to its first answer. */
  readonly startMilliseconds: number;
  /** CPU time that took, in milliseconds, whatever else the machine did; NaN where the system does not tell. */
  readonly startCpuMilliseconds: number;
  /** What the process holds in memory now, in bytes; NaN where the system does not tell. */
  memory(): number;
  stop(): Promise<void>;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

function memoryOf({ pid }: ChildProcess): number {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return Number.NaN;
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(status, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** Of user and system so far; the kernel counts in hundredths of a second. */
function cpuMillisecondsOf({ pid }: ChildProcess): number {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) return Number.NaN;
  // The name, which may hold anything, ends with the last parenthesis; user and system are the 14th and 15th.
  const fields = readFileSync(stat, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Starts a server with these settings. @throws {Error} with its last words, when it does not answer */
export async function startServer(settings: Readonly<Record<string, string>>): Promise<BenchServer> {
  if (!existsSync(program)) throw new Error(`no ${program}: npm run build makes it`);
  const port = String(await freePort());
  const { MONGODB_URI: _, ...environment } = process.env;
  const start = performance.now();
  const child = spawn(process.execPath, [program], {
    env: { ...environment, NODE_ENV: 'test', LOG_LEVEL: 'error', ...settings, PORT: port },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const issuer = `http://localhost:${port}`;
  while (!(await answers(`${issuer}/healthz`))) {
    const isLate = performance.now() - start > longestStartMilliseconds;
    if (isLate || child.exitCode !== null) {
      child.kill('SIGKILL');
      throw new Error(`the server does not answer: ${complaint}`);
    }
    await delay(pauseMilliseconds);
  }
  return {
    issuer,
    startMilliseconds: performance.now() - start,
    startCpuMilliseconds: cpuMillisecondsOf(child),
    memory: () => memoryOf(child),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
