/** A request that no form of ours would make, with the cookies of a browser: any method, body and header. */
import type { Page } from './page.ts';
import { readPage } from './page.ts';
import type { Visitor } from './visitor.ts';

/** What is sent. */
export interface RawRequest {
  readonly method?: string;
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData;
  /** An empty value leaves the header out. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request as this browser would, to another node where `origin` says so; its page stays as it is. */
export async function sendRaw(
  visitor: Visitor,
  address: string | URL,
  { method = 'POST', body, headers = {} }: RawRequest = {},
  origin?: string,
): Promise<Page> {
  const shown = new URL(address, visitor.page.url);
  const url = new URL(`${shown.pathname}${shown.search}`, origin ?? shown);
  const all: Record<string, string> = {
    Accept: 'text/html',
    'Accept-Language': 'en',
    Cookie: cookieHeader(visitor, url.pathname),
    ...(method === 'POST' ? { Origin: shown.origin } : {}),
    ...(typeof body === 'string' ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}),
    ...headers,
  };
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
    ...(body === undefined ? {} : { body }),
  });
  return readPage(shown, response.status, response.headers, await response.text());
}

/** The cookies that a browser sends to this path. */
export function cookieHeader(visitor: Visitor, pathname: string): string {
  return visitor
    .cookies()
    .filter(({ path }) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
}
