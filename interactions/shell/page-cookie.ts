/** How the pages write their cookies: which attributes, and which prefix. What a cookie says is its owner's. */
import type { Context } from 'koa';

/** What a cookie is made with. */
export interface PageCookieOptions {
  /** Without its prefix. */
  readonly name: string;
  readonly issuer: string;
  /** How long the browser keeps it; until it is closed where absent. */
  readonly seconds?: number;
  /** It is written with a path, which `__Host-` does not allow. */
  readonly hasOwnPath?: boolean;
}

/** One cookie by its name. */
export interface PageCookie {
  /** The value, or null where the browser has none. */
  read(ctx: Context): string | null;
  /** Gives the browser the value; null takes it away. */
  write(ctx: Context, value: string | null, path?: string): void;
}

/** Makes the cookie: Secure and with a prefix where the issuer is https. @see RFC 6265bis §4.1.3 */
export function createPageCookie({
  name: plain,
  issuer,
  seconds,
  hasOwnPath = false,
}: PageCookieOptions): PageCookie {
  const isHttps = issuer.startsWith('https:');
  const prefix = hasOwnPath ? '__Secure-' : '__Host-';
  const name = isHttps ? `${prefix}${plain}` : plain;
  return {
    read: (ctx) => ctx.cookies.get(name, { signed: false }) || null,
    write: (ctx, value, path = '/') => {
      // Behind a proxy that ends TLS the connection itself is plain; the issuer says what the browser uses.
      ctx.cookies.secure = isHttps;
      ctx.cookies.set(name, value, {
        ...(value === null || seconds === undefined ? {} : { maxAge: seconds * 1000 }),
        httpOnly: true,
        sameSite: 'lax',
        secure: isHttps,
        path,
        overwrite: true,
        signed: false,
      });
    },
  };
}
