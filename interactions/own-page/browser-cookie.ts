/** A random value that one browser holds for a while: what comes back, or is posted, was begun in it. */
import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';

/** What the cookie is made with. */
export interface BrowserCookieOptions {
  /** Without its prefix. */
  readonly name: string;
  readonly issuer: string;
  /** How long the browser keeps it. */
  readonly seconds: number;
}

/** A cookie of one browser. */
export interface BrowserCookie {
  /** The value, or null where the browser has none. */
  read(ctx: Context): string | null;
  /** Gives the browser a new value. */
  renew(ctx: Context): string;
}

const pattern = /^[\w-]{43}$/;

/** Makes the cookie: `__Host-` and Secure with an https issuer. @see RFC 6265bis §4.1.3 */
export function createBrowserCookie({ name: plain, issuer, seconds }: BrowserCookieOptions): BrowserCookie {
  const isHttps = issuer.startsWith('https:');
  const name = isHttps ? `__Host-${plain}` : plain;
  return {
    read: (ctx) => {
      const value = ctx.cookies.get(name, { signed: false }) ?? '';
      return pattern.test(value) ? value : null;
    },
    renew: (ctx) => {
      const value = randomBytes(32).toString('base64url');
      // Behind a proxy that ends TLS the connection itself is plain; the issuer says what the browser uses.
      ctx.cookies.secure = isHttps;
      ctx.cookies.set(name, value, {
        maxAge: seconds * 1000,
        httpOnly: true,
        sameSite: 'lax',
        secure: isHttps,
        path: '/',
        overwrite: true,
        signed: false,
      });
      return value;
    },
  };
}
