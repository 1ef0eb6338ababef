/** The command line as a process of its own, on a real store: streams, exit codes, and what the next process finds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEmbeddedStore } from '../../embedded/open.ts';
import { connectStore } from '../../models/connection.ts';
import { openTestStore, type TestStore } from '../store.ts';

const entry = fileURLToPath(new URL('start.ts', import.meta.url));
const bin = fileURLToPath(new URL('../../bin/oidc-security-info.js', import.meta.url));

let directory: string;
let server: TestStore | undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cli-test-'));
  // On a MongoDB where there is one; else the command opens the embedded store of its folder by itself.
  if (process.env['MONGODB_URI']) server = await openTestStore();
});
afterAll(async () => {
  await server?.close();
  rmSync(directory, { recursive: true });
});

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function start(
  program: readonly string[],
  env: Readonly<Record<string, string>>,
  input?: string,
): Promise<Outcome> {
  const child = spawn(process.execPath, program, {
    cwd: directory,
    env: { PATH: process.env['PATH'], ...env },
  });
  // A command that reads nothing may end first.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, err };
}

function cli(
  line: readonly string[],
  input?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const store: Record<string, string> = server ? { MONGODB_URI: server.uri } : {};
  return start(
    ['--import', import.meta.resolve('tsx'), entry, ...line],
    {
      DATA_DIRECTORY: join(directory, 'data'),
      ARGON2_MEMORY_KIB: '7168',
      ARGON2_PASSES: '5',
      ...store,
      ...env,
    },
    input,
  );
}

/** Holds the store as a running server does, so that the command is its guest. */
async function whileServed<Result>(work: (uri: string) => Promise<Result>): Promise<Result> {
  if (server) return work(server.uri);
  const store = await openEmbeddedStore({ directory: join(directory, 'data') });
  try {
    return await work(store.uri);
  } finally {
    await store.close();
  }
}

test('what one process makes the next one finds, and only the answer is on standard output', async () => {
  const made = await cli(['account', 'create', 'ada', '--admin', '--json']);
  expect(made).toMatchObject({ code: 0, err: '' });
  const { accountId } = JSON.parse(made.out);
  const listed = await cli(['account', 'list', '--json']);
  expect(listed).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(listed.out)).toMatchObject([{ accountId, loginName: 'ada', isAdmin: true }]);
});

test('beside a running server: the policy from standard input, with the audit log written before the answer', async () => {
  await whileServed(async (uri) => {
    expect(await cli(['policy', 'set', '--json'], '{"methodsToRegister": 1}')).toMatchObject({
      code: 0,
      err: '',
    });
    expect(await cli(['policy', 'set'], '{"methodsToRegister": 99}')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('methodsToRegister: '),
    });
    const { out } = await cli(['account', 'new-password', 'ada', '--json']);
    const connection = await connectStore(uri);
    const audit = await connection.collection('audit_events').find().sort({ at: 1 }).toArray();
    await connection.close();
    expect(audit.map((entry) => [entry['actor'], entry['type']])).toEqual([
      ['cli', 'account_created'],
      ['cli', 'policy_changed'],
      ['cli', 'password_set_by_admin'],
    ]);
    expect(JSON.stringify(audit)).not.toContain(JSON.parse(out).oneTimePassword);
  });
});

test('a job runs by hand, with its progress on standard error', async () => {
  const { code, out, err } = await cli(['job', 'run', 'mark-reconfirmation', '--dry-run', '--json']);
  expect({ code, answer: JSON.parse(out) }).toEqual({
    code: 0,
    answer: { job: 'mark-reconfirmation', dryRun: true, counts: { marked: 0, cleared: 0, campaign: 0 } },
  });
  expect(err).toContain('mark-reconfirmation: 0 marked, 0 cleared, 0 campaign\n');
});

test.each([
  ['sync-directory', { accounts: 1, changed: 1, gone: 0 }],
  ['remind', { before: 0, due: 0, failed: 0 }],
  ['report-snapshot', { accounts: 1, snapshots: 1 }],
])('the job %s runs on this deployment', async (job, counts) => {
  const { code, out } = await cli(['job', 'run', job, '--json']);
  expect({ code, answer: JSON.parse(out) }).toEqual({ code: 0, answer: { job, dryRun: false, counts } });
});

test('imports a file or standard input, and exports to a file of its own or to standard output', {
  timeout: 60_000,
}, async () => {
  const list = 'user,displayName,email\nbob,Bob,bob@home.example\n';
  writeFileSync(join(directory, 'people.csv'), list);
  const imported = await cli(['import', 'people.csv', '--json']);
  expect(imported.code).toBe(0);
  expect(JSON.parse(imported.out)).toMatchObject({ state: 'done', counts: { rows: 1, created: 1 } });
  expect(await cli(['import', '-'], list)).toMatchObject({
    code: 0,
    out: expect.stringContaining('1 as they were'),
  });
  const { code, out, err } = await cli(['export']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('\r\nbob,Bob,,,,,,,,,bob@home.example,\r\n');
  expect(await cli(['export', 'out.csv'])).toMatchObject({ code: 0, out: 'Written to out.csv.\n' });
  expect(readFileSync(join(directory, 'out.csv'), 'utf8')).toBe(out);
  expect(statSync(join(directory, 'out.csv')).mode & 0o777).toBe(0o600);
  expect(await cli(['import', 'missing.csv'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('missing.csv'),
  });
});

test('what ran is on record for the next process, with when each job runs next', async () => {
  const { code, out } = await cli(['job', 'run', 'purge', '--json']);
  const counts = { auditEvents: 0, sentMessages: 0, deadLetters: 0, jobRuns: 0, records: 0 };
  expect({ code, answer: JSON.parse(out) }).toMatchObject({ code: 0, answer: { job: 'purge', counts } });
  const jobs: { name: string; nextRunAt: string; lastRun: unknown }[] = JSON.parse(
    (await cli(['job', 'list', '--json'])).out,
  );
  expect(jobs.find(({ name }) => name === 'purge')).toMatchObject({
    lastRun: { cause: 'hand', result: 'done', error: null, counts },
    isRunning: false,
  });
  expect(jobs.find(({ name }) => name === 'rotate-keys')).toMatchObject({ lastRun: null, hasDryRun: true });
  expect(jobs.every(({ nextRunAt }) => Date.parse(nextRunAt) > Date.now())).toBe(true);
});

test('settings that do not do are listed all at once; keys are made without any', async () => {
  const env = { NODE_ENV: 'production', PORT: 'x', MONGODB_URI: '' };
  const { code, out, err } = await cli(['account', 'list'], undefined, env);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  for (const name of ['ISSUER', 'MONGODB_URI', 'COOKIE_KEYS', 'PORT']) expect(err).toContain(`  ${name} `);
  const keys = await cli(['keys', 'generate'], undefined, env);
  expect(keys).toMatchObject({ code: 0, err: '' });
  expect(keys.out).toMatch(
    /^COOKIE_KEYS='[^']+'\nSIGNING_KEYS='[^']+'\nDATA_KEYS='[^']+'\nHASH_KEY='[^']+'\n$/,
  );
});

test('says what to run where it is not built', async () => {
  cpSync(bin, join(directory, 'bin', 'oidc-security-info.js'));
  const outcome = await start([join(directory, 'bin', 'oidc-security-info.js'), '--help'], {});
  expect(outcome).toMatchObject({ code: 1, out: '', err: expect.stringContaining('npm run build') });
});
