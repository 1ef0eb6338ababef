/**
 * Routes of pages outside a sign-in: a random cookie names the browser's flow and binds its forms. What lets a
 * handler's refusal out becomes a page, as inside a sign-in.
 */
import { randomBytes } from 'node:crypto';
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Translator } from '../../locales/translator.ts';
import { FormExpired, SecurityInfoError } from '../../security-info/errors.ts';
import type { PageOptions } from './contract.ts';
import type { ErrorLog } from './error-pages.ts';
import { showFailure, showNotFound, showRefusal, showWrongMethod } from './error-pages.ts';
import { readForm } from './form.ts';
import { checkFormToken, checkPostOrigin, formTokenField, formTokenOf } from './form-token.ts';
import type { Pages } from './pages.ts';
import { setSafeHeaders } from './safe-headers.ts';

/** What the routes are made with. */
export interface OutsideRoutesOptions extends Pick<PageOptions, 'issuer' | 'keys'> {
  readonly pages: Pages;
  readonly log: ErrorLog;
  /** The path that all of them are under, without a slash at its end. */
  readonly prefix: string;
  /** The name of the cookie, without a prefix. */
  readonly cookie: string;
}

/** One request of a page outside a sign-in. */
export interface OutsideStep {
  readonly ctx: Context;
  readonly words: Translator;
  /** Random, of this browser: the key of its flow. */
  readonly browserId: string;
  show(
    view: string,
    page: object,
    options?: { readonly status?: number; readonly script?: 'password-strength' },
  ): Promise<void>;
  /** 303 to a page under the prefix. */
  goTo(path: string): void;
}

/** A posted form: read, bounded, its anti-forgery token checked. */
export interface OutsideFormStep extends OutsideStep {
  readonly form: Readonly<Record<string, string>>;
}

/** Routes, the middleware that answers them, and the cookie for who leads into them from elsewhere. */
export interface OutsideRoutes {
  get(path: string, handler: (step: OutsideStep) => Promise<void>): void;
  post(path: string, handler: (step: OutsideFormStep) => Promise<void>): void;
  /** Answers everything at and under the prefix, and passes the rest on. */
  readonly middleware: Middleware;
  /** The browser's random value, made where it has none. */
  browserIdOf(ctx: Context): string;
}

const idPattern = /^[A-Za-z0-9_-]{43}$/;
const lifetimeSeconds = 3_600;

/** Makes the routes. */
export function createOutsideRoutes(options: OutsideRoutesOptions): OutsideRoutes {
  const { pages, keys, issuer, log, prefix } = options;
  const isHttps = issuer.startsWith('https:');
  const cookieName = `${isHttps ? '__Host-' : ''}${options.cookie}`;
  const router = new Router({ prefix });

  const known = (ctx: Context): string | null => {
    const value = ctx.cookies.get(cookieName, { signed: false }) ?? '';
    return idPattern.test(value) ? value : null;
  };

  const browserIdOf = (ctx: Context): string => {
    const id = known(ctx) ?? randomBytes(32).toString('base64url');
    // Behind a proxy that ends TLS the connection itself is plain; the issuer says what the browser uses.
    ctx.cookies.secure = isHttps;
    ctx.cookies.set(cookieName, id, {
      maxAge: lifetimeSeconds * 1000,
      httpOnly: true,
      sameSite: 'lax',
      secure: isHttps,
      path: '/',
      overwrite: true,
      signed: false,
    });
    return id;
  };

  const tokenSubject = (browserId: string): string => `${options.cookie}:${browserId}`;

  const stepOf = (ctx: Context, browserId: string): OutsideStep => ({
    ctx,
    browserId,
    words: pages.words(ctx),
    show: (view, page, { status, script } = {}) =>
      pages.show(ctx, view, page, {
        base: prefix,
        token: formTokenOf(keys, tokenSubject(browserId)),
        ...(status === undefined ? {} : { status }),
        ...(script === undefined ? {} : { script }),
      }),
    goTo: (path) => {
      ctx.status = 303;
      ctx.redirect(`${prefix}${path}`);
    },
  });

  const answer = router.routes();
  const middleware: Middleware = async (ctx, next) => {
    if (ctx.path !== prefix && !ctx.path.startsWith(`${prefix}/`)) return next();
    try {
      setSafeHeaders(ctx, issuer);
      const allowed = [...new Set(router.match(ctx.path, 'GET').path.flatMap(({ methods }) => methods))];
      if (allowed.length === 0) await showNotFound(pages, ctx, prefix);
      else if (allowed.includes(ctx.method))
        await answer(Object.assign(ctx, { params: {}, router }), async () => {});
      else {
        ctx.set('Allow', allowed.join(', '));
        await showWrongMethod(pages, ctx, prefix);
      }
    } catch (error) {
      if (error instanceof SecurityInfoError) await showRefusal(pages, ctx, error, prefix);
      else await showFailure(pages, ctx, error, prefix, log);
    }
  };

  return {
    middleware,
    browserIdOf,
    get: (path, handler) => {
      router.get(path, async (ctx) => handler(stepOf(ctx, browserIdOf(ctx))));
    },
    post: (path, handler) => {
      router.post(path, async (ctx) => {
        checkPostOrigin(ctx, issuer);
        const browserId = known(ctx);
        if (browserId === null) throw new FormExpired();
        const { [formTokenField]: token, ...fields } = await readForm(ctx);
        checkFormToken(keys, tokenSubject(browserId), token);
        const form: Record<string, string> = Object.assign(Object.create(null), fields);
        await handler({ ...stepOf(ctx, browserIdOf(ctx)), form });
      });
    },
  };
}
