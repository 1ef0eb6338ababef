/** The deployment as a process that can be killed and started again on the same data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A server that is started and killed as often as a test likes. */
export interface ServerProcess {
  /** Starts it, and returns once it answers. */
  start(): Promise<void>;
  /** Ends it at once (SIGKILL), as a power cut does. */
  kill(): Promise<void>;
  /** Asks it to end (SIGTERM), as whoever deploys does. @returns its exit code, once it has ended */
  stop(): Promise<number | null>;
  /** Its log lines since the latest start. */
  readonly log: readonly string[];
}

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
const startTries = 400;

/** A server with these settings. */
export function serverProcess(settings: Readonly<Record<string, string>>): ServerProcess {
  let child: ChildProcess | undefined;
  const log: string[] = [];
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  };
  return {
    log,
    async start() {
      const { MONGODB_URI: _, ...environment } = process.env;
      const started = spawn(process.execPath, ['--import', 'tsx', 'provider/main.ts'], {
        cwd: projectFolder,
        env: { ...environment, ...settings },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      log.length = 0;
      createInterface({ input: started.stdout }).on('line', (line) => log.push(line));
      let complaint = '';
      started.stderr?.setEncoding('utf8').on('data', (text: string) => {
        complaint += text;
      });
      for (let tries = 0; tries < startTries; tries += 1) {
        if (started.exitCode !== null) throw new Error(`the server ended: ${complaint}`);
        const answer = await fetch(`http://localhost:${settings['PORT']}/healthz`).catch(() => undefined);
        if (answer?.ok) return;
        await delay(25);
      }
      throw new Error(`the server does not answer: ${complaint}`);
    },
    async kill() {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
}
