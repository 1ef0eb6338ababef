/**
 * Real mongod processes for tests: a replica set of one or more nodes on 127.0.0.1, with data that goes away.
 * Where the program comes from is binary.ts's; which tests run against it is run.ts's.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import mongoose from 'mongoose';

const REPLICA_SET = 'tests';
const START_TRIES = 5;
const START_SECONDS = 60;
const STOP_SECONDS = 20;
/** Lines of a server's output that are kept to explain a failed start. */
const KEPT_LINES = 20;

/** One mongod of a replica set. */
export interface MongodNode {
  readonly port: number;
  readonly pid: number;
  /** Ends the process at once (SIGKILL), as a crash does, and waits until it is gone. Its data stays. */
  kill(): Promise<void>;
  /** Starts it again on its data, and returns once it listens. */
  restart(): Promise<void>;
}

/** A running replica set. */
export interface MongodReplicaSet {
  /** The connection string that names every node. It has no database: each test brings its own. */
  readonly uri: string;
  readonly nodes: readonly MongodNode[];
  /** Stops every node by its own process id and removes the data. A second call does nothing. */
  stop(): Promise<void>;
  /** The same without waiting, for a process that is about to end. */
  abandon(): void;
}

/** A port that was free a moment ago; whoever uses it must be ready to try again. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port to be had on 127.0.0.1');
  return address.port;
}

interface Running {
  readonly port: number;
  child: ChildProcess;
  readonly folder: string;
  readonly cacheGigabytes: number;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Waits for the server's own word that it listens; its output is read to the end either way. */
function untilListening(child: ChildProcess): Promise<'listening' | string> {
  return new Promise((resolve, reject) => {
    const last: string[] = [];
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`mongod did not listen within ${START_SECONDS} seconds:\n${last.join('\n')}`));
    }, START_SECONDS * 1000);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', () => {
      clearTimeout(timer);
      resolve(last.join('\n'));
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (line.includes('Waiting for connections')) {
          clearTimeout(timer);
          resolve('listening');
        }
        last.push(line);
        if (last.length > KEPT_LINES) last.shift();
      });
    }
  });
}

/** Starts the program on a folder and a port. */
function spawnNode(mongod: string, folder: string, port: number, cacheGigabytes: number): ChildProcess {
  const small = ['--wiredTigerCacheSizeGB', String(cacheGigabytes), '--quiet', '--nounixsocket'];
  const quiet = ['--setParameter', 'diagnosticDataCollectionEnabled=false'];
  const where = ['--dbpath', folder, '--bind_ip', '127.0.0.1', '--port', String(port)];
  // Its own process group: Ctrl-C in a terminal must reach the tests first and the server last.
  return spawn(mongod, [...where, '--replSet', REPLICA_SET, ...small, ...quiet], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
}

async function startNode(mongod: string, cacheGigabytes: number): Promise<Running> {
  let output = '';
  for (let attempt = 1; attempt <= START_TRIES; attempt += 1) {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'tests-mongod-'));
    const child = spawnNode(mongod, folder, port, cacheGigabytes);
    const outcome = await untilListening(child).catch((error: unknown) => {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    });
    if (outcome === 'listening') return { port, child, folder, cacheGigabytes };
    rmSync(folder, { recursive: true, force: true });
    output = outcome;
    if (!outcome.includes('Address already in use')) break;
  }
  throw new Error(`mongod did not start:\n${output}`);
}

async function restartNode(mongod: string, node: Running): Promise<void> {
  node.child = spawnNode(mongod, node.folder, node.port, node.cacheGigabytes);
  const outcome = await untilListening(node.child);
  if (outcome !== 'listening') throw new Error(`mongod did not start again:\n${outcome}`);
}

async function endNode({ child }: Running, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000);
  child.kill(signal);
  await ended;
  clearTimeout(timer);
}

/** Forms the set and returns once its primary has taken a write that a majority holds. */
async function initiate(ports: readonly number[], uri: string): Promise<void> {
  const members = ports.map((port, index) => ({ _id: index, host: `127.0.0.1:${port}` }));
  const settings = { electionTimeoutMillis: 1000, heartbeatIntervalMillis: 250 };
  const first = new mongoose.mongo.MongoClient(`mongodb://127.0.0.1:${ports[0]}/?directConnection=true`);
  try {
    await first.db('admin').command({ replSetInitiate: { _id: REPLICA_SET, members, settings } });
  } finally {
    await first.close();
  }
  // The driver hears of the election from the server itself, so there is nothing to wait for in a loop.
  const client = new mongoose.mongo.MongoClient(uri, { serverSelectionTimeoutMS: START_SECONDS * 1000 });
  try {
    const ready = client.db('tests_ready').collection('ready');
    await ready.insertOne({}, { writeConcern: { w: 'majority' } });
    await client.db('tests_ready').dropDatabase();
  } finally {
    await client.close();
  }
}

/**
 * Starts a replica set and returns once it takes writes.
 *
 * @param mongod path of the program
 * @param count number of nodes; with three or more, killing the primary leaves a set that elects another
 * @param options `cacheGigabytes`: how much data each node keeps in memory
 * @throws {Error} with the server's last words, when a node does not start within 60 seconds
 */
export async function startReplicaSet(
  mongod: string,
  count = 1,
  { cacheGigabytes = 0.25 } = {},
): Promise<MongodReplicaSet> {
  const running: Running[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((node) => endNode(node, 'SIGTERM')));
    for (const { folder } of running) rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (let index = 0; index < count; index += 1) running.push(await startNode(mongod, cacheGigabytes));
    const hosts = running.map(({ port }) => `127.0.0.1:${port}`).join(',');
    const uri = `mongodb://${hosts}/?replicaSet=${REPLICA_SET}&heartbeatFrequencyMS=500`;
    await initiate(
      running.map(({ port }) => port),
      uri,
    );
    return {
      uri,
      nodes: running.map((node) => ({
        port: node.port,
        get pid() {
          return node.child.pid ?? 0;
        },
        kill: () => endNode(node, 'SIGKILL'),
        restart: () => restartNode(mongod, node),
      })),
      stop,
      abandon: () => {
        for (const { child, folder } of running) {
          if (!hasEnded(child)) child.kill('SIGKILL');
          rmSync(folder, { recursive: true, force: true });
        }
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
