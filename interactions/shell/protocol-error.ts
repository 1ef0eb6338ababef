/**
 * What node-oidc-provider refuses on a page of its own (OAuth 2.0, RFC 6749 §4.1.2.1: where the app cannot be told),
 * in words. Refusals of our rooms are error-pages.ts's.
 */
import type { Context } from 'koa';
import { InteractionGone, PageNotFound } from '../../security-info/errors.ts';
import type { ErrorLog, ErrorPage } from './error-pages.ts';
import { showFailure, showRefusal, showWrongMethod } from './error-pages.ts';
import type { Pages } from './pages.ts';

/** What the provider says of an error. */
export interface ProtocolErrorOut {
  readonly error: string;
  readonly error_description?: string | undefined;
}

/** Codes with a sentence of their own (`error.protocol.<code>`), and whose matter they are. */
const described: Readonly<Record<string, 'app' | 'us'>> = {
  invalid_client: 'app',
  unauthorized_client: 'app',
  invalid_redirect_uri: 'app',
  invalid_request: 'app',
  temporarily_unavailable: 'us',
  access_denied: 'us',
  server_error: 'us',
};

/** Answers with the page of a protocol error; the provider has set the status. */
export async function showProtocolError(
  pages: Pages,
  log: ErrorLog,
  ctx: Context,
  out: ProtocolErrorOut,
  error: unknown,
): Promise<void> {
  const status = ctx.status >= 400 ? ctx.status : 400;
  if (error instanceof Error && error.name === 'SessionNotFound')
    return showRefusal(pages, ctx, new InteractionGone(), null);
  if (status === 404) return showRefusal(pages, ctx, new PageNotFound(), null);
  if (status === 405) return showWrongMethod(pages, ctx);
  if (status >= 500 && out.error === 'server_error') return showFailure(pages, ctx, error, null, log);
  const code = Object.hasOwn(described, out.error) ? out.error : 'other';
  const words = pages.words(ctx);
  const page: ErrorPage = {
    title: words.text('error.title'),
    text: words.text(`error.protocol.${code}`),
    advice: words.text(described[code] === 'us' ? 'error.advice_start_again' : 'error.advice_tell_app'),
    way: null,
    detail: { code: out.error, description: out.error_description ?? null },
  };
  await pages.show(ctx, 'error/error', page, { status });
}
