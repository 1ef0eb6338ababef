/** MongoDB's wire protocol: bytes to requests, replies to bytes. What a request means is server.ts's. */
import { calculateObjectSize, deserialize, serialize } from 'bson';
import { type Doc, isDoc } from './values.ts';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER = 16;
const CHECKSUM = 1;
const MORE_TO_COME = 2;
/** Bits that a server must understand. */
const REQUIRED_FLAGS = 0xffff;

/** The longest message. */
export const LARGEST_MESSAGE = 48_000_000;

/** One request. */
export interface WireRequest {
  readonly id: number;
  readonly command: Doc;
  readonly database: string;
  /** The handshake's old form, which is answered in the old form. */
  readonly isQuery: boolean;
  readonly wantsReply: boolean;
}

/** What a peer sent is no message: its connection cannot go on. */
export class WireError extends Error {}

function readDoc(bytes: Buffer): Doc {
  const document: unknown = deserialize(bytes, { bsonRegExp: true });
  if (!isDoc(document)) throw new WireError('not a document');
  return document;
}

/** The bytes of the document at a place. */
function documentAt(body: Buffer, at: number, end: number): Buffer {
  if (at + 5 > end) throw new WireError('a document is cut off');
  const size = body.readInt32LE(at);
  if (size < 5 || at + size > end) throw new WireError('a document has a wrong length');
  return body.subarray(at, at + size);
}

function textAt(body: Buffer, at: number, end: number): string {
  const close = body.indexOf(0, at);
  if (close < 0 || close >= end) throw new WireError('a name is cut off');
  return body.toString('utf8', at, close);
}

function readMessage(id: number, message: Buffer): WireRequest {
  const flags = message.readUInt32LE(HEADER);
  if ((flags & REQUIRED_FLAGS & ~(CHECKSUM | MORE_TO_COME)) !== 0) throw new WireError('unknown flags');
  const end = message.length - ((flags & CHECKSUM) === 0 ? 0 : 4);
  let command: Doc | undefined;
  const sequences: [string, Doc[]][] = [];
  for (let at = HEADER + 4; at < end; ) {
    const kind = message[at];
    at += 1;
    if (kind === 0 && command === undefined) {
      const bytes = documentAt(message, at, end);
      command = readDoc(bytes);
      at += bytes.length;
    } else if (kind === 1) {
      if (at + 4 > end) throw new WireError('a sequence is cut off');
      const close = at + message.readInt32LE(at);
      const name = textAt(message, at + 4, end);
      if (close > end || close < at + 5 + name.length) throw new WireError('a sequence has a wrong length');
      const documents: Doc[] = [];
      at += 5 + Buffer.byteLength(name);
      while (at < close) {
        const bytes = documentAt(message, at, close);
        documents.push(readDoc(bytes));
        at += bytes.length;
      }
      sequences.push([name, documents]);
    } else {
      throw new WireError('unknown section');
    }
  }
  if (command === undefined) throw new WireError('no command');
  for (const [name, documents] of sequences) command[name] = documents;
  const database = command['$db'];
  if (typeof database !== 'string') throw new WireError('no database');
  return { id, command, database, isQuery: false, wantsReply: (flags & MORE_TO_COME) === 0 };
}

function readQuery(id: number, message: Buffer): WireRequest {
  const name = textAt(message, HEADER + 4, message.length);
  const at = HEADER + 4 + Buffer.byteLength(name) + 1 + 8;
  const command = readDoc(documentAt(message, at, message.length));
  return { id, command, database: name.split('.')[0] ?? '', isQuery: true, wantsReply: true };
}

/** Cuts what arrives on one connection into requests. */
export class WireReader {
  #chunks: Buffer[] = [];
  #length = 0;

  /** @throws {WireError} when this is no wire protocol; bson's errors when a document is none */
  *push(chunk: Buffer): Generator<WireRequest> {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (;;) {
      if (this.#length < HEADER) return;
      const first = this.#chunks[0] ?? Buffer.alloc(0);
      if (first.length < HEADER) this.#chunks = [Buffer.concat(this.#chunks)];
      const size = this.#chunks[0]?.readInt32LE(0) ?? 0;
      if (size < HEADER + 5 || size > LARGEST_MESSAGE) throw new WireError('wrong length of a message');
      if (this.#length < size) return;
      const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? first) : Buffer.concat(this.#chunks);
      const message = all.subarray(0, size);
      const rest = all.subarray(size);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#length = rest.length;
      const id = message.readInt32LE(4);
      const opCode = message.readInt32LE(12);
      if (opCode === OP_MSG) yield readMessage(id, message);
      else if (opCode === OP_QUERY) yield readQuery(id, message);
      else throw new WireError('unknown operation');
    }
  }
}

/** The bytes of a reply. */
export function writeReply(request: WireRequest, reply: Doc): Buffer {
  const body = Buffer.from(serialize(reply, { ignoreUndefined: true }));
  const head = Buffer.alloc(HEADER + (request.isQuery ? 20 : 5));
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(request.id, 8);
  head.writeInt32LE(request.isQuery ? OP_REPLY : OP_MSG, 12);
  if (request.isQuery) head.writeInt32LE(1, HEADER + 16);
  return Buffer.concat([head, body]);
}

/** How many bytes a document takes in a reply. */
export function sizeOf(document: Doc): number {
  return calculateObjectSize(document);
}
