/** A random value that one browser holds for a while: what comes back, or is posted, was begun in it. */
import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import { createPageCookie, type PageCookieOptions } from './page-cookie.ts';

/** A cookie of one browser. */
export interface BrowserCookie {
  /** The value, or null where the browser has none. */
  read(ctx: Context): string | null;
  /** Gives the browser a new value. */
  renew(ctx: Context): string;
  /** The value that the browser has, for as long again, or a new one. */
  keep(ctx: Context): string;
}

const pattern = /^[\w-]{43}$/;

/** Makes the cookie. */
export function createBrowserCookie(options: PageCookieOptions): BrowserCookie {
  const cookie = createPageCookie(options);
  const read = (ctx: Context): string | null => {
    const value = cookie.read(ctx);
    return value !== null && pattern.test(value) ? value : null;
  };
  const give = (ctx: Context, value: string): string => {
    cookie.write(ctx, value);
    return value;
  };
  const renew = (ctx: Context): string => give(ctx, randomBytes(32).toString('base64url'));
  return {
    read,
    renew,
    keep: (ctx) => {
      const value = read(ctx);
      return value === null ? renew(ctx) : give(ctx, value);
    },
  };
}
