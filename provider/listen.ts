/** Listens for requests, and ends without cutting off those that are being answered. */
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';

/** `port_taken`: another program listens there. */
export class PortTaken extends Error {
  readonly code = 'port_taken';
  constructor(port: number, setting: string) {
    super(
      `Port ${port} is taken by another program. Stop that one, or set ${setting} to a free port, such as ${setting}=${port + 1000}.`,
    );
    this.name = 'PortTaken';
  }
}

/** A server that listens. */
export interface Listening {
  /** Takes no more requests; those that are open have this long to end, in milliseconds. */
  close(graceMilliseconds?: number): Promise<void>;
}

/**
 * Listens on an address.
 * @throws {PortTaken} `port_taken`
 */
export async function listen(
  handler: RequestListener,
  address: { readonly host: string; readonly port: number; readonly setting: string },
): Promise<Listening> {
  const { host, port, setting } = address;
  const server = createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortTaken(port, setting) : error),
    );
    server.listen(port, host, resolve);
  });
  return { close: (grace = 5_000) => closeServer(server, grace) };
}

function closeServer(server: Server, graceMilliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), graceMilliseconds);
    server.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    server.closeIdleConnections();
  });
}
