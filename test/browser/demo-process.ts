/** `npm start` as a process of its own, on free ports and in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A running demo. */
export interface DemoProcess {
  readonly appUrl: string;
  readonly mailboxUrl: string;
  readonly issuer: string;
  /** All that it has said. */
  output(): string;
  /** Ends it as Ctrl-C does, and removes its folder. @returns its exit code */
  stop(): Promise<number | null>;
}

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** Starts the demo and waits until it says where it is. */
export async function startDemo(): Promise<DemoProcess> {
  const [port, demoPort, mailboxPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const folder = mkdtempSync(join(tmpdir(), 'demo-'));
  const { MONGODB_URI: _, ...environment } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'demo/main.ts'], {
    cwd: projectFolder,
    env: {
      ...environment,
      NODE_ENV: 'development',
      PORT: String(port),
      DEMO_PORT: String(demoPort),
      MAILBOX_PORT: String(mailboxPort),
      DATA_DIRECTORY: join(folder, 'data'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  await untilReady(child, lines);
  return {
    appUrl: `http://localhost:${demoPort}`,
    mailboxUrl: `http://localhost:${mailboxPort}`,
    issuer: `http://localhost:${port}`,
    output: () => lines.join(''),
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGINT');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

function untilReady(child: ChildProcess, lines: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        lines.push(text);
        if (lines.join('').includes('Ctrl-C stops everything')) resolve();
      });
    }
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${lines.join('')}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
