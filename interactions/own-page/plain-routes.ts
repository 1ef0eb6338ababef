/**
 * Routes of pages outside a sign-in: exact paths, GET and POST, refusals and failures as pages. What a page does is
 * its own matter; forms are read and their tokens checked by whoever posts.
 */
import type { Context, Middleware } from 'koa';
import { SecurityInfoError } from '../../security-info/errors.ts';
import type { ErrorLog } from '../shell/error-pages.ts';
import { showFailure, showRefusal, showWrongMethod } from '../shell/error-pages.ts';
import type { Pages } from '../shell/pages.ts';
import { setSafeHeaders } from '../shell/safe-headers.ts';

type Handler = (ctx: Context) => Promise<void>;

/** Where pages are added. */
export interface PlainRoutes {
  get(path: string, handler: Handler): void;
  post(path: string, handler: Handler): void;
}

/** Makes the routes, and the middleware that answers them and passes everything else on. */
export function createPlainRoutes(options: {
  readonly pages: Pages;
  readonly issuer: string;
  readonly log: ErrorLog;
}): { readonly routes: PlainRoutes; readonly middleware: Middleware } {
  const { pages, issuer, log } = options;
  const table = new Map<string, Map<string, Handler>>();
  const add = (method: string, path: string, handler: Handler): void => {
    const handlers = table.get(path) ?? new Map<string, Handler>();
    table.set(path, handlers.set(method, handler));
  };
  return {
    routes: {
      get: (path, handler) => add('GET', path, handler),
      post: (path, handler) => add('POST', path, handler),
    },
    middleware: async (ctx, next) => {
      const handlers = table.get(ctx.path);
      if (handlers === undefined) return next();
      try {
        setSafeHeaders(ctx, issuer);
        const handler = handlers.get(ctx.method === 'HEAD' ? 'GET' : ctx.method);
        if (handler !== undefined) return await handler(ctx);
        ctx.set('Allow', ['HEAD', ...handlers.keys()].join(', '));
        await showWrongMethod(pages, ctx);
      } catch (error) {
        if (error instanceof SecurityInfoError) await showRefusal(pages, ctx, error, null);
        else await showFailure(pages, ctx, error, null, log);
      }
    },
  };
}
