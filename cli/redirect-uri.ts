/** Whether an address will do as a redirect URI, told before it is stored; the provider judges the client as a whole. */
import { UsageError } from './failures.ts';

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const longest = 2048;

/**
 * Checks one redirect URI.
 * @param isNative a scheme of the app's own is right
 * @throws {UsageError} naming the option and what is right
 * @see RFC 6749 §3.1.2 (absolute, no fragment), RFC 9700 §2.6 (no plain http), RFC 8252 §7 (installed apps)
 */
export function checkRedirectUri(option: string, uri: string, isNative: boolean): void {
  const refuse = (what: string): never => {
    throw new UsageError(`--${option} ${what}`);
  };
  if (!URL.canParse(uri) || uri.length > longest || /[\s*\p{C}]/u.test(uri)) {
    refuse('takes a whole address, such as https://app.example.com/callback, without a wildcard.');
  }
  const { protocol, hostname } = new URL(uri);
  if (uri.includes('#')) refuse('may have no fragment (#…).');
  if (protocol === 'https:') return;
  if (protocol === 'http:') {
    if (!loopback.test(hostname)) refuse('must begin with https: (http: is for this machine itself only).');
    return;
  }
  if (!isNative) refuse('must begin with https: (a scheme of its own is for installed apps: --native).');
  if (!protocol.includes('.')) {
    refuse('must have a domain name of yours, reversed, as its scheme, such as com.example.app:/callback.');
  }
}
