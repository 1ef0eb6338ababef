/** Opens the embedded store: as its owner, in a worker thread, or as the guest of the process that owns it. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Holder, isGone, isListening, readHolder } from './lock.ts';

/** Of a unix socket's path, on the strictest system. */
const LONGEST_PATH = 103;

/** Settings of the store. */
export interface EmbeddedStoreOptions {
  /** Where the data lies; made when it is not there, for this user alone. */
  readonly directory: string;
  /** The database in the URI. Default `security_info`. */
  readonly databaseName?: string;
  /** Seconds between two deletions of expired documents, at most 60. Default 30. */
  readonly sweepSeconds?: number;
  /** How long to wait for an owner that is starting or ending. Default 10,000. */
  readonly waitMilliseconds?: number;
}

/** An open store. */
export interface EmbeddedStore {
  /** For mongoose; good while the owner is there. */
  readonly uri: string;
  /** `guest` when another process, or another part of this one, owns the store. */
  readonly role: 'owner' | 'guest';
  /** Ends the store when this is its owner. A second call does nothing. */
  close(): Promise<void>;
}

/** `store_held`: another process has the store and does not answer. */
export class StoreHeld extends Error {
  readonly code = 'store_held';
  constructor(directory: string, { pid, host }: Holder) {
    super(
      `The data in ${directory} belong to process ${pid} on ${host}, which does not answer. End it first; if it is gone for good, delete ${join(directory, 'lock')}.`,
    );
    this.name = 'StoreHeld';
  }
}

function uriOf(socket: string, databaseName: string): string {
  return `mongodb://${encodeURIComponent(socket)}/${databaseName}?directConnection=true`;
}

/** A new socket's path, in a folder that is this user's alone. */
function newSocket(): string {
  if (process.platform === 'win32') {
    throw new Error('the embedded store does not support Windows; set MONGODB_URI');
  }
  // Lower case: drivers compare the addresses of servers so.
  const name = join(`security-info-${randomBytes(8).toString('hex')}`, 'db.sock');
  const path = [tmpdir(), '/tmp']
    .map((folder) => join(folder, name))
    .find(({ length }) => length <= LONGEST_PATH);
  if (path === undefined) throw new Error('the path of the temporary folder is too long for a socket');
  mkdirSync(dirname(path), { mode: 0o700 });
  return path;
}

function startWorker(workerData: { directory: string; socket: string; sweepSeconds: number }): Worker {
  const file = import.meta.url.endsWith('.ts') ? './from-source.mjs' : './worker.js';
  return new Worker(new URL(file, import.meta.url), { workerData, execArgv: [] });
}

/** What the worker says next. @throws {Error} when it ends instead */
async function nextWord(worker: Worker): Promise<unknown> {
  const ending = new AbortController();
  const { signal } = ending;
  try {
    return await Promise.race([
      once(worker, 'message', { signal }).then(([word]: unknown[]) => word),
      once(worker, 'exit', { signal }).then(() => {
        throw new Error('the embedded store could not be started');
      }),
    ]);
  } finally {
    ending.abort();
  }
}

async function tryToOwn(
  directory: string,
  options: EmbeddedStoreOptions,
): Promise<EmbeddedStore | undefined> {
  const socket = newSocket();
  const removeSocket = () => rmSync(dirname(socket), { recursive: true, force: true });
  const worker = startWorker({ directory, socket, sweepSeconds: Math.min(options.sweepSeconds ?? 30, 60) });
  try {
    if ((await nextWord(worker)) !== 'owner') {
      await worker.terminate();
      removeSocket();
      return undefined;
    }
  } catch (error) {
    removeSocket();
    throw error;
  }
  let closed: Promise<void> | undefined;
  const close = async () => {
    const ended = once(worker, 'exit');
    worker.postMessage('close');
    await ended;
    removeSocket();
  };
  return {
    uri: uriOf(socket, options.databaseName ?? 'security_info'),
    role: 'owner',
    close() {
      closed ??= close();
      return closed;
    },
  };
}

/**
 * Opens the store in a directory. One process owns it and serves the others; when the owner is gone, the next one
 * takes over.
 * @throws {StoreHeld} `store_held`, when the owner does not answer in time
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const directory = realpathSync(options.directory);
  chmodSync(directory, 0o700);
  const until = Date.now() + (options.waitMilliseconds ?? 10_000);
  for (;;) {
    const holder = readHolder(directory);
    if (holder !== undefined && (await isListening(holder.socket))) {
      const uri = uriOf(holder.socket, options.databaseName ?? 'security_info');
      return { uri, role: 'guest', close: () => Promise.resolve() };
    }
    if (holder === undefined || isGone(holder)) {
      const owned = await tryToOwn(directory, options);
      if (owned !== undefined) return owned;
    } else if (Date.now() > until) {
      throw new StoreHeld(directory, holder);
    }
    await delay(50);
  }
}
