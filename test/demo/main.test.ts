/** `npm start` as a process: what it says, what it serves, how it ends, what stays. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { demoAccounts } from '../../demo/accounts.ts';
import { portOf } from '../../demo/listen.ts';
import { openComposition } from '../../provider/composition.ts';
import { readSettings } from '../../provider/config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let dataDirectory: string;
let settings: Record<string, string>;

beforeAll(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'demo-'));
  const [port, demoPort, mailboxPort] = await freePorts(3);
  settings = {
    PORT: String(port),
    DEMO_PORT: String(demoPort),
    MAILBOX_PORT: String(mailboxPort),
    DATA_DIRECTORY: dataDirectory,
  };
});

afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));

/** Held all at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Nothing of the test run's own environment but where programs are. */
function startDemo(more: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'demo/main.ts'], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings, ...more },
  });
  const said = { out: '', err: '' };
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text;
      if (said.out.includes('Ctrl-C')) resolve();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
    });
    void ended.then((code) => reject(new Error(`ended with ${code}: ${said.err}`)));
  });
  ready.catch(() => undefined);
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, said, ended, ready };
}

/** What the store has of the demo accounts, read while the demo does not run. */
async function readAccounts() {
  const composition = await openComposition(readSettings({ ...settings, LOG_LEVEL: 'silent' }));
  try {
    return await Promise.all(
      demoAccounts.map(async ({ loginName }) => {
        const account = await composition.directory.findByLoginName(loginName);
        return { account, record: await composition.ports.records.read(account?.id ?? '') };
      }),
    );
  } finally {
    await composition.close();
  }
}

test('serves the three addresses that it names, ends on Ctrl-C, and keeps its data', async () => {
  const first = startDemo();
  await first.ready;
  const addresses = [settings['PORT'], settings['DEMO_PORT'], settings['MAILBOX_PORT']].map(
    (port) => `http://localhost:${port}`,
  );
  for (const address of addresses) expect(first.said.out).toContain(address);
  const [issuer = '', demo = '', mailbox = ''] = addresses;
  const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
  expect(await discovery.json()).toMatchObject({ issuer });
  for (const address of [demo, mailbox]) expect((await fetch(address)).status).toBe(200);
  const signIn = await fetch(`${demo}/sign-in`, { redirect: 'manual' });
  expect(signIn.headers.get('location')).toContain(`${issuer}/`);
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
  expect(first.said.err).toBe('');
  await expect(fetch(demo)).rejects.toThrow();

  const before = await readAccounts();
  expect(before.every(({ account }) => account !== undefined)).toBe(true);
  const second = startDemo();
  await second.ready;
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
  expect(await readAccounts()).toEqual(before);
}, 60_000);

test('says plainly which setting changes a taken port, and starts nothing', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void blocker.close());
  const demo = startDemo({ MAILBOX_PORT: String(portOf(blocker)) });
  expect(await demo.ended).toBe(1);
  expect(demo.said.err).toContain(`Port ${portOf(blocker)} is taken`);
  expect(demo.said.err).toContain('MAILBOX_PORT=');
  expect(demo.said.err).not.toContain('    at ');
  expect(demo.said.out).toBe('');
});

test('lists the settings that are wrong', async () => {
  const demo = startDemo({ PORT: 'many', HASH_KEY: 'short' });
  expect(await demo.ended).toBe(1);
  expect(demo.said.err).toMatch(/PORT [\s\S]*HASH_KEY /);
  expect(demo.said.err).not.toContain('    at ');
});

test.each([{ NODE_ENV: 'production' }, { ISSUER: 'https://sign-in.example.com' }])(
  'is no way to run a deployment: %j',
  async (more) => {
    const demo = startDemo(more);
    expect(await demo.ended).toBe(1);
    expect(demo.said.out).toBe('');
  },
);
