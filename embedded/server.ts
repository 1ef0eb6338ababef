/** The server: connections, requests in their order, and each retryable write applied once. */
import { createServer, type Server, type Socket } from 'node:net';
import { catalogCommands } from './catalog-commands.ts';
import { LARGEST_DOCUMENT } from './collection.ts';
import { type Reading, readCommands } from './read-commands.ts';
import { type Request, readRequest } from './request.ts';
import { asStoreError, StoreError, unsupported } from './store-error.ts';
import type { Doc } from './values.ts';
import { LARGEST_MESSAGE, WireReader, type WireRequest, writeReply } from './wire.ts';
import { writeCommands } from './write-commands.ts';

/** MongoDB 6.0's number. */
const WIRE_VERSION = 17;
const SESSION_MINUTES = 30;
const MOST_SESSIONS = 20_000;
/** Replies that a slow reader may leave waiting before its connection ends. */
const MOST_UNSENT_BYTES = 256 * 1024 * 1024;

interface LastWrite {
  readonly txnNumber: number;
  readonly reply: Promise<Doc>;
  readonly at: number;
}

/** Serves one store on one socket. */
export class StoreServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #lastWrites = new Map<string, LastWrite>();
  #reading: Reading | undefined;
  #ready: () => void = () => undefined;
  readonly #open = new Promise<void>((resolve) => {
    this.#ready = resolve;
  });
  #path = '';

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** Listens on a socket; requests wait until `start`. */
  listen(path: string): Promise<void> {
    this.#path = path;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, resolve);
    });
  }

  /** Begins to answer. */
  start(reading: Reading): void {
    this.#reading = reading;
    this.#ready();
  }

  /** Forgets sessions and cursors that nobody uses any more. */
  removeIdle(): void {
    const limit = SESSION_MINUTES * 60_000;
    this.#reading?.cursors.removeIdle(limit);
    for (const [session, { at }] of this.#lastWrites) {
      if (Date.now() - at > limit || this.#lastWrites.size > MOST_SESSIONS) this.#lastWrites.delete(session);
    }
  }

  /** Ends every connection. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    return closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const reader = new WireReader();
    let line: Promise<void> = this.#open;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk) => {
      try {
        for (const request of reader.push(chunk)) {
          line = line.then(() => this.#answer(socket, request));
        }
      } catch {
        // Not our protocol: this peer cannot be talked to, the others can.
        socket.destroy();
      }
    });
  }

  async #answer(socket: Socket, wire: WireRequest): Promise<void> {
    let reply: Doc;
    try {
      reply = { ...(await this.#run(wire)), ok: 1 };
    } catch (error) {
      reply = { ok: 0, ...asStoreError(error).toReply() };
    }
    if (!wire.wantsReply || socket.destroyed) return;
    try {
      socket.write(writeReply(wire, reply));
    } catch {
      socket.destroy();
    }
    if (socket.writableLength > MOST_UNSENT_BYTES) socket.destroy();
  }

  async #run(wire: WireRequest): Promise<Doc> {
    const reading = this.#reading;
    if (reading === undefined) throw new Error('not started');
    const request = readRequest(wire.command, wire.database);
    if (['hello', 'ismaster', 'isMaster'].includes(request.name)) return this.#hello();
    if (wire.isQuery) throw unsupported('OP_QUERY');
    if (!/^[^\0/\\. "$*<>:|?]{1,63}$/.test(wire.database)) throw new StoreError(73, 'invalid database name');
    const own = (table: Readonly<Record<string, unknown>>) => Object.hasOwn(table, request.name);
    if (own(writeCommands)) return this.#write(reading, request);
    reading.storage.refresh();
    if (own(readCommands)) return readCommands[request.name]?.(reading, request) ?? {};
    if (own(catalogCommands)) return catalogCommands[request.name]?.(reading, request) ?? {};
    if (request.name === 'ping' || request.name === 'endSessions') return {};
    if (request.name === 'buildInfo' || request.name === 'buildinfo') {
      return {
        version: '6.0.0',
        versionArray: [6, 0, 0, 0],
        maxBsonObjectSize: LARGEST_DOCUMENT,
        modules: [],
      };
    }
    throw new StoreError(59, unsupported(`the command ${request.name.slice(0, 40)}`).message);
  }

  /** The driver sends a write again when it did not hear the answer: then it gets that answer. */
  #write(reading: Reading, request: Request): Promise<Doc> {
    const { session, txnNumber } = request;
    const run = async () => (await writeCommands[request.name]?.(reading.storage, request)) ?? {};
    if (session === undefined || txnNumber === undefined) return run();
    const last = this.#lastWrites.get(session);
    if (last?.txnNumber === txnNumber) return last.reply;
    if (last !== undefined && last.txnNumber > txnNumber) {
      throw new StoreError(225, 'a newer write of this session has been applied');
    }
    const reply = run();
    this.#lastWrites.delete(session);
    this.#lastWrites.set(session, { txnNumber, reply, at: Date.now() });
    // What was refused as a whole has changed nothing and may be tried again.
    reply.catch(() => this.#lastWrites.delete(session));
    return reply;
  }

  #hello(): Doc {
    return {
      helloOk: true,
      ismaster: true,
      isWritablePrimary: true,
      setName: 'embedded',
      setVersion: 1,
      hosts: [this.#path],
      primary: this.#path,
      me: this.#path,
      secondary: false,
      maxBsonObjectSize: LARGEST_DOCUMENT,
      maxMessageSizeBytes: LARGEST_MESSAGE,
      maxWriteBatchSize: 100_000,
      localTime: new Date(),
      logicalSessionTimeoutMinutes: SESSION_MINUTES,
      minWireVersion: 0,
      maxWireVersion: WIRE_VERSION,
      readOnly: false,
    };
  }
}
