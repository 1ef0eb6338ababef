/** What was answered is there after the process was killed in the middle of its work, whole and in every index. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import mongoose from 'mongoose';
import { expect, test } from 'vitest';
import { openEmbeddedStore } from '../../embedded/open.ts';

const ROUNDS = 3;
const LOAD = fileURLToPath(new URL('load.ts', import.meta.url));

/** What the killed process had heard: the last answered state of each document. */
async function runAndKill(directory: string, run: number, heard: Map<string, string>): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', LOAD, directory, String(run)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const limit = 150 + run * 170;
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [state = '', id] = line.split(' ');
    if (id === undefined) continue;
    heard.set(id, state);
    count += 1;
    // By the number of answers, not by the clock; what comes after the signal was answered all the same.
    if (count === limit) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode, 'it must not have ended by itself').toBe('SIGKILL');
}

test.skipIf(process.env['MONGODB_URI'])(
  'loses nothing that was answered, and tears nothing, when it is killed',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'security-info-kill-'));
    const heard = new Map<string, string>();
    for (let run = 0; run < ROUNDS; run += 1) await runAndKill(directory, run, heard);

    const store = await openEmbeddedStore({ directory });
    const client = new mongoose.mongo.MongoClient(store.uri);
    const collection = client.db().collection<{ _id: string; n: number; key: string; twin: string }>('load');
    const all = new Map(
      (await collection.find().hint({ $natural: 1 }).toArray()).map((one) => [one._id, one]),
    );
    expect(heard.size).toBeGreaterThan(ROUNDS * 50);
    for (const [id, state] of heard) {
      const found = all.get(id);
      // The next write of this document may have been done and not answered.
      if (state === '+') expect(['k', 'u', undefined], id).toContain(found?.key[0]);
      if (state === '+' && Number(id.split('.')[2]) % 3 !== 0) expect(found, id).toBeDefined();
      if (state === 'u' && Number(id.split('.')[2]) % 6 !== 0) expect(found?.key, id).toBe(`u${id}`);
      if (state === '-') expect(found, id).toBeUndefined();
    }
    for (const { key, twin } of all.values()) expect(key).toBe(twin);
    // Every index tells of the same documents.
    expect(await collection.countDocuments({ key: { $gte: '' } })).toBe(all.size);
    expect(await collection.countDocuments({ n: { $gte: 0 } })).toBe(all.size);
    await client.close();
    await store.close();
    rmSync(directory, { recursive: true });
  },
  // Each process compiles itself first, and each answer waits for the disk.
  90_000,
);
