/** Who owns a store's directory, and who gets it when the owner is gone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEmbeddedStore } from '../../embedded/open.ts';

describe.skipIf(process.env['MONGODB_URI'])('the embedded store', () => {
  const { MongoClient } = mongoose.mongo;
  let folder: string;
  let directory: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'security-info-lock-'));
    directory = join(folder, 'store');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function withClient<Result>(
    uri: string,
    use: (client: mongoose.mongo.MongoClient) => Promise<Result>,
  ): Promise<Result> {
    const client = new MongoClient(uri);
    try {
      return await use(client);
    } finally {
      await client.close();
    }
  }

  /** The process id of one that has ended. */
  async function endedProcess(): Promise<number> {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(child, 'exit');
    return child.pid ?? 0;
  }

  function writeLock(holder: object): void {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'lock'), JSON.stringify(holder));
  }

  test('keeps its data to this user, and across a close', async () => {
    const first = await openEmbeddedStore({ directory, databaseName: 'mine' });
    expect(first.role).toBe('owner');
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const socket = decodeURIComponent(/^mongodb:\/\/([^/]+)\/mine\?/.exec(first.uri)?.[1] ?? '');
    expect(socket.length).toBeLessThan(104);
    expect(statSync(join(socket, '..')).mode & 0o777).toBe(0o700);
    await withClient(first.uri, async (client) => {
      await client.db().collection('c').createIndex({ a: 1 }, { unique: true });
      await client.db().collection('c').insertOne({ a: 1 });
    });
    await first.close();
    await first.close();
    const second = await openEmbeddedStore({ directory, databaseName: 'mine' });
    expect(second.role).toBe('owner');
    await withClient(second.uri, async (client) => {
      expect(await client.db().collection('c').countDocuments({ a: 1 })).toBe(1);
      await expect(client.db().collection('c').insertOne({ a: 1 })).rejects.toMatchObject({ code: 11000 });
    });
    await second.close();
  });

  test('lets the second one in as a guest, whose end is not the end of the store', async () => {
    const owner = await openEmbeddedStore({ directory });
    const guest = await openEmbeddedStore({ directory });
    expect([owner.role, guest.role]).toEqual(['owner', 'guest']);
    await withClient(guest.uri, (client) => client.db().collection('c').insertOne({ a: 1 }));
    await guest.close();
    await withClient(owner.uri, async (client) => {
      expect(await client.db().collection('c').countDocuments()).toBe(1);
    });
    await owner.close();
  });

  test('of many that open it at once, makes one the owner', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => openEmbeddedStore({ directory })));
    expect(all.filter(({ role }) => role === 'owner')).toHaveLength(1);
    expect(new Set(all.map(({ uri }) => uri)).size).toBe(1);
    await Promise.all(all.map((one) => one.close()));
  });

  test.each<[string, () => Promise<object>]>([
    ['a process that has ended', async () => ({ pid: await endedProcess(), startedAt: '1' })],
    ['a process whose number another one has now', async () => ({ pid: process.pid, startedAt: '1' })],
  ])('takes over from %s', async (_, holder) => {
    writeLock({ ...(await holder()), host: hostname(), socket: join(folder, 'nobody', 'db.sock') });
    const store = await openEmbeddedStore({ directory });
    expect(store.role).toBe('owner');
    expect(JSON.parse(readFileSync(join(directory, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    await store.close();
  });

  test('takes over a lock file that was never finished', async () => {
    mkdirSync(directory);
    writeFileSync(join(directory, 'lock'), '{"pid":');
    const store = await openEmbeddedStore({ directory });
    expect(store.role).toBe('owner');
    await store.close();
  });

  test('says who holds it when that one lives and does not answer', async () => {
    const socket = join(folder, 'nobody', 'db.sock');
    writeLock({ pid: 4_242, startedAt: '', host: 'another-machine', socket });
    const opening = openEmbeddedStore({ directory, waitMilliseconds: 100 });
    await expect(opening).rejects.toMatchObject({ code: 'store_held' });
    await expect(opening).rejects.toThrow(/process 4242 on another-machine/);
  });
});
