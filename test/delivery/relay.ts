/** A real SMTP server on a free port of this machine that keeps what it is given, for the tests of delivery. */
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import { SMTPServer } from 'smtp-server';

/** A message as the relay got it. */
export interface Relayed {
  readonly from: string;
  readonly recipients: readonly string[];
  readonly source: string;
}

/** A running relay. */
export interface Relay {
  readonly url: string;
  readonly messages: readonly Relayed[];
  close(): Promise<void>;
}

/** Starts a relay that takes everything, or as `options` say. */
export async function startRelay(options: SMTPServerOptions = {}): Promise<Relay> {
  const messages: Relayed[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    closeTimeout: 100,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        messages.push({
          from: mailFrom ? mailFrom.address : '',
          recipients: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString('utf8'),
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    url: `smtp://127.0.0.1:${portOf(server.server)}`,
    messages,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Starts a server that accepts connections and does with them as `handle` says; by default it says nothing, ever. */
export async function startRawServer(handle: (socket: Socket) => void = () => undefined): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    handle(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${portOf(server)}`,
    messages: [],
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The decoded part of a message with this content type. */
export function partOf(source: string, contentType: 'text/plain' | 'text/html'): string {
  const boundary = /boundary="([^"]+)"/.exec(source)?.[1] ?? '';
  const part =
    source.split(`--${boundary}`).find((text) => text.includes(`Content-Type: ${contentType}`)) ?? '';
  const [head = '', ...body] = part.split('\r\n\r\n');
  const text = body.join('\r\n\r\n');
  if (/quoted-printable/i.test(head)) {
    const bytes = text
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString('utf8');
  }
  if (/base64/i.test(head)) return Buffer.from(text, 'base64').toString('utf8');
  return text;
}

/** The unfolded value of a header; undefined where the message has none. */
export function headerOf(source: string, name: string): string | undefined {
  const head = (source.split('\r\n\r\n', 1)[0] ?? '').replace(/\r\n[ \t]+/g, ' ');
  return head
    .split('\r\n')
    .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    ?.slice(name.length + 1)
    .trim();
}

function portOf(server: Server): number {
  const address = server.address() as AddressInfo | string | null;
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}
