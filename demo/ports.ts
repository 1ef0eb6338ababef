/** Whether the ports of the demo are free, before anything is started; whose they are is not asked. */
import { createServer } from 'node:net';
import { PortTaken } from './listen.ts';

/** A port and the setting that changes it. */
export interface WantedPort {
  readonly setting: string;
  readonly port: number;
}

/** A port that cannot be had. */
export interface MissingPort extends WantedPort {
  /** The other setting that names the same port, or null where another program has it. */
  readonly sameAs: string | null;
}

/** The first of the ports that another program or another of these settings has; undefined when all are free. */
export async function findMissingPort(wanted: readonly WantedPort[]): Promise<MissingPort | undefined> {
  for (const [index, { setting, port }] of wanted.entries()) {
    const same = wanted.slice(0, index).find((other) => other.port === port);
    if (same) return { setting, port, sameAs: same.setting };
    if (await isTaken(port)) return { setting, port, sameAs: null };
  }
  return undefined;
}

/** True where somebody listens under `localhost`, in either family: a browser may try ::1 first. */
async function isTaken(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '::1']) {
    try {
      await tryPort(port, host);
    } catch (error) {
      if (error instanceof PortTaken) return true;
      // A machine without IPv6 has no ::1.
      if (host === '127.0.0.1') throw error;
    }
  }
  return false;
}

function tryPort(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' || error.code === 'EACCES' ? new PortTaken(port) : error),
    );
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve()));
  });
}
