/** What every log line of a request carries, wherever in the program it is written: the request's id. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** The request that is being answered. */
export interface RequestScope {
  readonly requestId: string;
}

/** The scope of the request in whose course the code runs; none outside of one. */
export const requestScope = new AsyncLocalStorage<RequestScope>();

/** Long enough to be one of its own, and nothing that a log or a header would read as something else. */
const wellFormed = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/;

/**
 * The id of a request: that which a proxy of ours has given it, else a random one. What anybody else sends is no id:
 * two requests could be made to look like one.
 * @param given the value of X-Request-Id
 */
export function requestIdOf(given: string | string[] | undefined, trustedProxies: number): string {
  return trustedProxies > 0 && typeof given === 'string' && wellFormed.test(given) ? given : randomUUID();
}
