/** Listens for requests, and ends without cutting off those that are being answered. */
import type { RequestListener, Server, ServerResponse } from 'node:http';
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

/** Longer than proxies keep a connection that is idle, or they would send a request just as it is closed. */
const keepAliveMilliseconds = 65_000;

/** A server that listens. */
export interface Listening {
  /** From now on each answer ends its connection, so that the next request looks for another server. */
  drain(): void;
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
  const open = new Set<ServerResponse>();
  let isDraining = false;
  const server = createServer((request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    if (isDraining) endsConnection(response);
    handler(request, response);
  });
  server.keepAliveTimeout = keepAliveMilliseconds;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortTaken(port, setting) : error),
    );
    server.listen(port, host, resolve);
  });
  const drain = (): void => {
    isDraining = true;
    for (const response of open) endsConnection(response);
  };
  return {
    drain,
    close: (grace = 5_000) => {
      drain();
      return closeServer(server, grace);
    },
  };
}

function endsConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
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
