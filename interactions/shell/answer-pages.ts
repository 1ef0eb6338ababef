/**
 * What all tables of routes have in common: everything under their prefix is answered as a page, with the headers of
 * every page, also what nobody knows, what is refused and what fails.
 */
import type Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { SecurityInfoError } from '../../security-info/errors.ts';
import type { ErrorLog, Place } from './error-pages.ts';
import { showFailure, showNotFound, showRefusal, showWrongMethod } from './error-pages.ts';
import type { Pages } from './pages.ts';
import { setSafeHeaders } from './safe-headers.ts';

/** What answers. */
export interface AnswerOptions {
  readonly router: Router;
  /** The path that all of the router's are under, without a slash at its end. */
  readonly prefix: string;
  /** Where a page that went wrong leads on to. */
  readonly placeOf: (ctx: Context) => Place;
  readonly pages: Pages;
  readonly issuer: string;
  readonly log: ErrorLog;
}

/** Answers everything at and under the prefix, and passes the rest on. */
export function answerPages({ router, prefix, placeOf, pages, issuer, log }: AnswerOptions): Middleware {
  const answer = router.routes();
  return async (ctx, next) => {
    if (ctx.path !== prefix && !ctx.path.startsWith(`${prefix}/`)) return next();
    try {
      setSafeHeaders(ctx, issuer);
      const allowed = methodsAt(router, ctx.path);
      if (allowed.length === 0) await showNotFound(pages, ctx, placeOf(ctx));
      else if (allowed.includes(ctx.method))
        await answer(Object.assign(ctx, { params: {}, router }), async () => {});
      else {
        ctx.set('Allow', allowed.join(', '));
        await showWrongMethod(pages, ctx, placeOf(ctx));
      }
    } catch (error) {
      if (error instanceof SecurityInfoError) await showRefusal(pages, ctx, error, placeOf(ctx));
      else await showFailure(pages, ctx, error, placeOf(ctx), log);
    }
  };
}

/** The methods that a path has a page for. */
function methodsAt(router: Router, path: string): string[] {
  return [...new Set(router.match(path, 'GET').path.flatMap(({ methods }) => methods))];
}
