/** The worker thread: claims the directory, serves it until it is told to stop, and says which of both it did. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { removeExpired } from './expiry.ts';
import { type Holder, isGone, readHolder, removeHolder, selfAsHolder, writeHolder } from './lock.ts';
import { Cursors } from './read-commands.ts';
import { StoreServer } from './server.ts';
import { Storage } from './storage.ts';

const { directory, socket, sweepSeconds } = z
  .object({ directory: z.string(), socket: z.string(), sweepSeconds: z.number() })
  .parse(workerData);

/** Names this process as the holder unless another one that may live is; the storage lets in one at a time. */
function claim(storage: Storage, self: Holder): boolean {
  return storage.exclusively(() => {
    const holder = readHolder(directory);
    if (holder !== undefined && !isGone(holder)) return false;
    if (holder !== undefined) rmSync(dirname(holder.socket), { recursive: true, force: true });
    writeHolder(directory, self);
    return true;
  });
}

/** A store that cannot write must not go on: the error ends the process, and a new start reads what is on disk. */
function fail(error: unknown): void {
  setImmediate(() => {
    throw new Error('the embedded store cannot write to its directory', { cause: error });
  });
}

const server = new StoreServer();
await server.listen(socket);
const storage = new Storage(directory, fail);
const self = selfAsHolder(socket);

if (!claim(storage, self)) {
  await server.close();
  await storage.close();
  parentPort?.postMessage('held');
} else {
  storage.load();
  server.start({ storage, cursors: new Cursors() });
  let sweep: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    server.removeIdle();
    sweep = sweep.then(() => removeExpired(storage)).catch(fail);
  }, sweepSeconds * 1000);
  parentPort?.once('message', async () => {
    clearInterval(timer);
    await sweep;
    await server.close();
    await storage.close();
    removeHolder(directory, self);
    parentPort?.postMessage('closed');
    parentPort?.close();
  });
  parentPort?.postMessage('owner');
}
