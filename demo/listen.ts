/** Listens on a port of this machine and stops again; what is served there is the callers' matter. */

import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';

/** Another program has the port. */
export class PortTaken extends Error {
  readonly port: number;
  constructor(port: number) {
    super(`port ${port} is taken`);
    this.name = 'PortTaken';
    this.port = port;
  }
}

/** A server that listens. */
export interface Listening {
  /** The port it was given, where it asked for 0. */
  readonly port: number;
  /** Ends open requests, after `graceMilliseconds` also those that do not end by themselves. */
  close(graceMilliseconds?: number): Promise<void>;
}

/**
 * Listens on 127.0.0.1 only: what the demo shows is nobody else's business.
 * @throws {PortTaken} when another program listens there
 */
export async function listen(handler: RequestListener, port: number): Promise<Listening> {
  const server = createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' || error.code === 'EACCES' ? new PortTaken(port) : error),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return { port: portOf(server), close: (grace = 500) => closeServer(server, grace) };
}

/** The port that a server listens on. */
export function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
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
