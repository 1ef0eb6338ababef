/** Around every request: its id, one line in the log, one count. What the request says stays out of both. */
import type { RequestListener } from 'node:http';
import type { Meter } from './metrics/meter.ts';
import { requestIdOf, requestScope } from './request-scope.ts';
import { methodClass, routeClass } from './route-class.ts';

/** Where the lines go; pino fits. */
interface AccessLog {
  info(details: Readonly<Record<string, unknown>>, message: string): void;
  debug(details: Readonly<Record<string, unknown>>, message: string): void;
}

/** Asked for every few seconds by machines: of no interest in a log while they are answered. */
const probePaths: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** Gives each request of a handler its id, and writes down and counts how it ended. */
export function observeRequests(
  handler: RequestListener,
  options: { readonly log: AccessLog; readonly meter: Meter; readonly trustedProxies: number },
): RequestListener {
  const { log, meter, trustedProxies } = options;
  return (request, response) => {
    const begun = performance.now();
    const scope = { requestId: requestIdOf(request.headers['x-request-id'], trustedProxies) };
    const method = methodClass(request.method);
    const route = routeClass(request.url);
    response.setHeader('X-Request-Id', scope.requestId);
    response.once('close', () => {
      const milliseconds = Math.round((performance.now() - begun) * 10) / 10;
      const isWhole = response.writableFinished;
      // nginx's number for a client that did not wait for its answer.
      const status = isWhole ? response.statusCode : 499;
      meter.request({ route, method, status, seconds: milliseconds / 1000 });
      const level = probePaths.has(route) && status < 400 ? 'debug' : 'info';
      requestScope.run(scope, () => log[level]({ method, route, status, milliseconds }, 'request'));
    });
    requestScope.run(scope, () => handler(request, response));
  };
}
