/**
 * Refusals and failures as pages, in words and with a way on. What the log learns of them holds nothing of the
 * person. The provider's own errors are protocol-error.ts's.
 */
import type { Context } from 'koa';
import { PageNotFound, type SecurityInfoError } from '../../security-info/errors.ts';
import type { Pages } from './pages.ts';

/** Where failures are written; pino fits. */
export interface ErrorLog {
  error(details: Readonly<Record<string, unknown>>, message: string): void;
}

/** What `views/error/error` shows. */
export interface ErrorPage {
  readonly title: string;
  readonly text: string;
  /** What to do now. */
  readonly advice: string;
  /** The link that leads on, or null where only the app can. */
  readonly way: { readonly href: string; readonly label: string } | null;
  /** For whoever helps: the protocol's own words, or null. */
  readonly detail: { readonly code: string; readonly description: string | null } | null;
}

/** Where the browser is: the base path of its sign-in, or null outside one. */
export type Place = string | null;

/** Refusals after which going back into the same sign-in leads nowhere. */
const endings = new Set(['interaction_gone']);

/** Answers with the page of a refusal: its status, `error.<code>` and a way on. */
export async function showRefusal(
  pages: Pages,
  ctx: Context,
  error: SecurityInfoError,
  base: Place,
): Promise<void> {
  const words = pages.words(ctx);
  const isOver = base === null || endings.has(error.code);
  const page: ErrorPage = {
    title: words.text(error.code === 'interaction_gone' ? 'error.gone_title' : 'error.title'),
    text: words.text(`error.${error.code}`, error.values),
    advice: words.text(isOver ? 'error.advice_start_again' : 'error.advice_go_on'),
    way: isOver ? null : { href: base, label: words.text('error.go_on') },
    detail: null,
  };
  await pages.show(ctx, 'error/error', page, { status: error.status });
}

/** Answers 404: there is no such page. */
export async function showNotFound(pages: Pages, ctx: Context, base: Place = null): Promise<void> {
  await showRefusal(pages, ctx, new PageNotFound(), base);
}

/** Answers 405: the page exists, but not for this method; `Allow` is the caller's to set (RFC 9110 §15.5.6). */
export async function showWrongMethod(pages: Pages, ctx: Context, base: Place = null): Promise<void> {
  await showPlain(pages, ctx, 405, 'wrong_method', base);
}

/** Answers 500 and writes to the log where it happened, without the message: it may hold what was typed. */
export async function showFailure(
  pages: Pages,
  ctx: Context,
  error: unknown,
  base: Place,
  log: ErrorLog,
): Promise<void> {
  log.error({ ...describeFailure(error), method: ctx.method, page: pageOf(ctx) }, 'a page failed');
  await showPlain(pages, ctx, 500, 'unexpected', base);
}

async function showPlain(
  pages: Pages,
  ctx: Context,
  status: number,
  code: string,
  base: Place,
): Promise<void> {
  const words = pages.words(ctx);
  const page: ErrorPage = {
    title: words.text('error.title'),
    text: words.text(`error.${code}`),
    advice: words.text(base === null ? 'error.advice_start_again' : 'error.advice_go_on'),
    way: base === null ? null : { href: base, label: words.text('error.go_on') },
    detail: null,
  };
  await pages.show(ctx, 'error/error', page, { status });
}

/** The class of an error, its code and the lines of its stack, never its message. */
function describeFailure(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { failure: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { failure: error.name, ...code, stack: frames.map((line) => line.trim()).slice(0, 12) };
}

/** The path of the request without the id of its sign-in. */
function pageOf(ctx: Context): string {
  return ctx.path.replace(/^\/interaction\/[^/]+/, '/interaction/:uid');
}
