/** Answers `/metrics` on a port of its own, which only Prometheus needs to reach. */

import type { Registry } from 'prom-client';
import { type Listening, listen } from '../listen.ts';

/**
 * Serves the numbers of a registry.
 * @throws {PortTaken} `port_taken`
 */
export function serveMetrics(
  registry: Registry,
  address: { readonly host: string; readonly port: number },
): Promise<Listening> {
  return listen(
    (request, response) => {
      if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      registry.metrics().then(
        (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    },
    { ...address, setting: 'METRICS_PORT' },
  );
}
