/** What hostile bytes do: they may end their own connection, never the server or another's. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedStore, openEmbeddedStore } from '../../embedded/open.ts';

describe.skipIf(process.env['MONGODB_URI'])('the embedded store', () => {
  const { BSON } = mongoose.mongo;
  const directory = mkdtempSync(join(tmpdir(), 'security-info-wire-'));
  let store: EmbeddedStore;
  let connection: Connection;

  beforeAll(async () => {
    store = await openEmbeddedStore({ directory });
    connection = await mongoose.createConnection(store.uri).asPromise();
    await connection.collection('kept').insertOne({ a: 1 });
  });
  afterAll(async () => {
    await connection.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  function header(length: number, opCode: number): Buffer {
    const bytes = Buffer.alloc(16);
    bytes.writeInt32LE(length, 0);
    bytes.writeInt32LE(7, 4);
    bytes.writeInt32LE(opCode, 12);
    return bytes;
  }

  /** A message of the current protocol with these sections. */
  function message(body: Buffer, flags = 0): Buffer {
    const start = Buffer.alloc(4);
    start.writeUInt32LE(flags);
    return Buffer.concat([header(20 + body.length, 2013), start, body]);
  }

  function command(document: object): Buffer {
    return Buffer.concat([Buffer.from([0]), BSON.serialize(document)]);
  }

  /** Sends bytes and waits until the server has answered or has ended the connection. */
  async function send(bytes: Buffer): Promise<'answered' | 'ended'> {
    const socket = connect(hostOf());
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write(bytes);
    const outcome = await Promise.race([
      once(socket, 'data').then(() => 'answered' as const),
      once(socket, 'close').then(() => 'ended' as const),
    ]);
    socket.destroy();
    return outcome;
  }

  function hostOf(): string {
    return decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(store.uri)?.[1] ?? '');
  }

  const nested = (depth: number): object => {
    let document: object = {};
    for (let level = 0; level < depth; level += 1) document = { a: document };
    return document;
  };
  const cutOff = command({ ping: 1, $db: 'x' });
  cutOff.writeInt32LE(5_000, 1);
  const badSequence = Buffer.concat([
    command({ insert: 'x', $db: 'x' }),
    Buffer.from([1, 255, 255, 255, 127, 100, 0]),
  ]);
  const shortSequence = Buffer.concat([
    command({ insert: 'x', $db: 'x' }),
    Buffer.from([1, 0, 0, 0, 0, ...Buffer.from('documents\0')]),
  ]);
  const backwards = Buffer.concat([message(command({ ping: 1, $db: 'x' })), Buffer.alloc(5)]);
  backwards.writeInt32LE(-5, 0);

  test.each<[string, Buffer]>([
    ['a huge length', header(2_000_000_000, 2013)],
    ['a negative length', header(-5, 2013)],
    ['a length of nothing', header(0, 2013)],
    ['a length that counts from the end', backwards],
    ['an unknown operation', Buffer.concat([header(21, 999), Buffer.alloc(5)])],
    ['a message with nothing in it', message(Buffer.from([9]))],
    ['an unknown section', message(Buffer.concat([Buffer.from([3]), BSON.serialize({ ping: 1 })]))],
    ['flags that nobody knows', message(command({ ping: 1, $db: 'x' }), 0x40)],
    ['a document that says it is longer', message(cutOff)],
    ['a sequence that says it is longer', message(badSequence)],
    ['a sequence that says it is shorter than its name', message(shortSequence)],
    ['a command without a database', message(command({ ping: 1 }))],
    ['text of another protocol', Buffer.from(`GET / HTTP/1.1\r\nHost: localhost\r\n\r\n${' '.repeat(64)}`)],
    ['a query that is cut off', Buffer.concat([header(30, 2004), Buffer.alloc(14, 65)])],
  ])('ends the connection that sends %s', async (_, bytes) => {
    expect(await send(bytes)).toBe('ended');
    expect(await connection.collection('kept').countDocuments()).toBe(1);
  });

  test.each<[string, object]>([
    ['a command that is none', { constructor: 1, $db: 'x' }],
    ['a name that objects have', { toString: 1, $db: 'x' }],
    ['a database with a slash', { find: 'x', $db: '../x' }],
    ['a collection that is a number', { find: 1, $db: 'x' }],
    ['a collection of the system', { find: 'system.users', $db: 'x' }],
    ['a filter that is a text', { find: 'x', filter: 'a', $db: 'x' }],
    [
      'a filter with itself as a prototype',
      { find: 'x', filter: JSON.parse('{"__proto__":{"a":1}}'), $db: 'x' },
    ],
    ['documents that are numbers', { insert: 'x', documents: [1, 2], $db: 'x' }],
    ['a filter of great depth', { find: 'kept', filter: { a: nested(150) }, $db: 'x' }],
  ])('answers %s', async (_, document) => {
    expect(await send(message(command(document)))).toBe('answered');
    expect(await connection.collection('kept').countDocuments()).toBe(1);
  });

  test('takes a message byte by byte, and several in one piece', async () => {
    const socket = connect(hostOf());
    await once(socket, 'connect');
    const ping = message(command({ ping: 1, $db: 'x' }));
    for (const byte of ping) socket.write(Buffer.from([byte]));
    socket.write(Buffer.concat([ping, ping]));
    let size = 0;
    const answerSize = 16 + 5 + BSON.calculateObjectSize({ ok: 1 });
    for await (const chunk of socket) {
      size += chunk.length;
      if (size === 3 * answerSize) break;
    }
    expect(size).toBe(3 * answerSize);
  });

  test('outlives random bytes', async () => {
    for (let round = 0; round < 200; round += 1) {
      const bytes = randomBytes(64 + round);
      if (round % 2 === 0) header(bytes.length, 2013).copy(bytes);
      // Half of what looks like a message waits for more: the sender gives up.
      const socket = connect(hostOf());
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.end(bytes);
      socket.resume();
      await once(socket, 'close');
    }
    expect(await connection.collection('kept').countDocuments()).toBe(1);
  });
});
