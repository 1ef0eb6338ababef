/**
 * What the demo's two sites have in common: pages from `views/demo`, the stylesheet, the language, safe headers.
 * Which pages there are is theirs.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ejs from 'ejs';
import type { Context, Middleware, Next } from 'koa';
import Koa from 'koa';
import type { Translator, Translators } from '../locales/translator.ts';
import { parseAcceptLanguage } from '../locales/translator.ts';

/** What a site is made of. */
export interface SiteOptions {
  /** As browsers write it, such as `http://localhost:3001`. */
  readonly origin: string;
  readonly translators: Translators;
  /** The folder `views`. */
  readonly viewsFolder: string;
  /** The folder `public`. */
  readonly publicFolder: string;
  /** The key of the site's name in `locales/<language>/demo.json`. */
  readonly nameKey: string;
  /** Other origins that its forms lead to. */
  readonly formOrigins?: readonly string[];
}

/** A site that pages can be added to. */
export interface Site {
  readonly app: Koa;
  /** Answers with a page of `views/demo`; its view gets `page`, `t` and what is given here. */
  show(ctx: Context, view: string, page: Readonly<Record<string, unknown>>): Promise<void>;
  /** Words in the language of the request. */
  translator(ctx: Context): Translator;
}

/** Makes a site; middleware of the caller's own comes after what is here. */
export function createSite(options: SiteOptions): Site {
  const app = new Koa();
  const stylesheet = readFileSync(join(options.publicFolder, 'style.css'));
  const stylesheetPath = `/style-${createHash('sha256').update(stylesheet).digest('hex').slice(0, 12)}.css`;
  const translator = (ctx: Context): Translator =>
    options.translators.choose(parseAcceptLanguage(ctx.get('Accept-Language')));

  const show: Site['show'] = async (ctx, view, page) => {
    const words = translator(ctx);
    ctx.type = 'html';
    ctx.vary('Accept-Language');
    ctx.body = await ejs.renderFile(
      join(options.viewsFolder, 'demo', `${view}.ejs`),
      { page, words, t: words.text, site: { nameKey: options.nameKey, stylesheetPath } },
      { cache: true },
    );
  };
  const site: Site = { app, show, translator };

  app.on('error', (error: unknown) => {
    if (!(error instanceof Error) || !('expose' in error) || error.expose !== true) console.error(error);
  });
  app.use(safeHeaders(options));
  app.use(ownHostOnly(options.origin));
  app.use(async (ctx, next) => {
    if (ctx.path !== stylesheetPath) return next();
    ctx.type = 'css';
    ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
    ctx.body = stylesheet;
  });
  app.use(errorPages(site));
  return site;
}

function safeHeaders(options: SiteOptions): Middleware {
  const formAction = ["'self'", ...(options.formOrigins ?? [])].join(' ');
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "frame-src 'self'",
    `form-action ${formAction}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return async (ctx: Context, next: Next) => {
    ctx.set({
      'Content-Security-Policy': policy,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
    await next();
  };
}

/** Answers only under this machine's own names: a web page elsewhere cannot read the mailbox by DNS rebinding. */
function ownHostOnly(origin: string): Middleware {
  const { host, port } = new URL(origin);
  const hosts = new Set([host, `localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]);
  return async (ctx: Context, next: Next) => {
    if (!hosts.has(ctx.get('Host'))) ctx.throw(421, 'not a name of this site');
    await next();
  };
}

function errorPages(site: Site): Middleware {
  return async (ctx: Context, next: Next) => {
    try {
      await next();
      if (ctx.status !== 404 || ctx.body) return;
      await site.show(ctx, 'error', { message: 'demo.error.not_found' });
      ctx.status = 404;
    } catch (error) {
      ctx.app.emit('error', error, ctx);
      await site.show(ctx, 'error', { message: 'demo.error.unexpected' });
      ctx.status = 500;
    }
  };
}
