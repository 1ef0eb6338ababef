/** Small values of the demo app kept in the browser: signed, so that nobody writes their own. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import type { z } from 'zod';

/** A cookie of the demo app. */
export interface SignedCookie<Value> {
  /** Undefined where there is none or it is not of this app's making. */
  read(ctx: Context): Value | undefined;
  write(ctx: Context, value: Value): void;
  clear(ctx: Context): void;
}

/**
 * Describes a cookie.
 * @param key secret of this app
 * @param maxAgeSeconds after which the browser forgets it; null for the end of the browser's session
 */
export function signedCookie<Value>(
  name: string,
  key: string,
  schema: z.ZodType<Value>,
  maxAgeSeconds: number | null,
): SignedCookie<Value> {
  const sign = (payload: string): Buffer => createHmac('sha256', key).update(`${name}.${payload}`).digest();
  const options = { httpOnly: true, sameSite: 'lax', overwrite: true, signed: false, path: '/' } as const;
  return {
    read: (ctx) => {
      const [payload = '', signature = ''] = (ctx.cookies.get(name, { signed: false }) ?? '').split('.');
      const given = Buffer.from(signature, 'base64url');
      const expected = sign(payload);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      const parsed = schema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
      return parsed.success ? parsed.data : undefined;
    },
    write: (ctx, value) => {
      const payload = Buffer.from(JSON.stringify(value)).toString('base64url');
      const cookie = `${payload}.${sign(payload).toString('base64url')}`;
      ctx.cookies.set(
        name,
        cookie,
        maxAgeSeconds === null ? options : { ...options, maxAge: maxAgeSeconds * 1000 },
      );
    },
    clear: (ctx) => {
      ctx.cookies.set(name, '', { ...options, maxAge: 0 });
    },
  };
}
