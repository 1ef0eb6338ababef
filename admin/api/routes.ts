/**
 * Answers the admin API: finds the operation, judges the token, reads the request, and says what comes of it. What an
 * operation does is its own file's.
 */
import { Readable } from 'node:stream';
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Translator, Translators } from '../../locales/translator.ts';
import { parseAcceptLanguage } from '../../locales/translator.ts';
import { SecurityInfoError } from '../../security-info/errors.ts';
import { type AdminScope, adminApiPath } from '../scopes.ts';
import type { JudgeToken, TokenVerdict } from '../tokens.ts';
import { checkType, readJson } from './body.ts';
import type { Answer, Operation, RawCall } from './operation.ts';
import { ApiProblem, problemOf, problemType } from './problem.ts';
import type { RepeatedRequests } from './repeated-requests.ts';

/** What the API is made with. */
export interface ApiOptions {
  readonly operations: readonly Operation[];
  readonly judgeToken: JudgeToken;
  readonly translators: Translators;
  readonly log: { error(details: Readonly<Record<string, unknown>>, message: string): void };
  /** The OpenAPI document. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly repeatedRequests: RepeatedRequests;
}

/** Makes the middleware: answers everything under `/admin/api/v1`, and passes the rest on. */
export function createApi(options: ApiOptions): Middleware {
  const router = new Router({ prefix: adminApiPath });
  const document = JSON.stringify(options.document);
  router.get('/openapi.json', (ctx) => {
    ctx.type = 'application/json';
    ctx.set('Cache-Control', 'public, max-age=300');
    ctx.body = document;
  });
  for (const operation of options.operations) {
    const path = operation.address.replace(/\{(\w+)\}/g, ':$1');
    router[operation.method](path, (ctx) => answer(ctx, operation, options));
  }
  const routes = router.routes();
  return async (ctx, next) => {
    if (ctx.path !== adminApiPath && !ctx.path.startsWith(`${adminApiPath}/`)) return next();
    const words = options.translators.choose(parseAcceptLanguage(ctx.get('Accept-Language')));
    ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    ctx.vary('Accept-Language');
    try {
      const methods = router.match(ctx.path, 'GET').path.flatMap((layer) => layer.methods);
      if (methods.length === 0) throw new ApiProblem('not_found');
      if (!methods.includes(ctx.method)) {
        ctx.set('Allow', [...new Set(methods)].join(', '));
        throw new ApiProblem('method_not_allowed');
      }
      await routes(Object.assign(ctx, { params: {}, router }), async () => {});
    } catch (error) {
      refuse(ctx, error, words, options);
    }
  };
}

async function answer(ctx: Context, operation: Operation, options: ApiOptions): Promise<void> {
  const by = permitted(ctx, await options.judgeToken(ctx), operation.scope);
  const call: RawCall = {
    by,
    path: ctx['params'],
    query: queryOf(ctx),
    body: await bodyOf(ctx, operation),
    ...preconditionsOf(ctx, operation),
    accepts: acceptedType(ctx, operation),
    locale: options.translators.choose(parseAcceptLanguage(ctx.get('Accept-Language'))).language,
    signal: goneSignal(ctx),
  };
  const run = (): Promise<Answer> => operation.run(call);
  const key = operation.method === 'post' ? ctx.get('Idempotency-Key') : '';
  send(ctx, key === '' ? await run() : await options.repeatedRequests(key, operation, call, run));
}

/** @throws {ApiProblem} `unauthorized`, `invalid_token`, `not_an_admin`, `insufficient_scope` */
function permitted(ctx: Context, verdict: TokenVerdict, scope: AdminScope): RawCall['by'] {
  if (verdict.kind === 'good' && verdict.scopes.has(scope)) return verdict.by;
  const challenge = (parameters: string): void =>
    ctx.set('WWW-Authenticate', `Bearer realm="admin"${parameters}`);
  // RFC 6750 §3
  if (verdict.kind === 'missing') {
    challenge('');
    throw new ApiProblem('unauthorized');
  }
  if (verdict.kind === 'invalid') {
    challenge(', error="invalid_token"');
    throw new ApiProblem('invalid_token');
  }
  if (verdict.kind === 'forbidden') throw new ApiProblem('not_an_admin');
  challenge(`, error="insufficient_scope", scope="${scope}"`);
  throw new ApiProblem('insufficient_scope');
}

/** One text for each name; what is given twice is a list, which no schema takes. */
function queryOf(ctx: Context): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(ctx.query));
}

async function bodyOf(ctx: Context, { body }: Operation): Promise<unknown> {
  if (body === null) return undefined;
  if (body.schema !== null) return readJson(ctx);
  checkType(ctx, body.type);
  return ctx.req;
}

/** @throws {ApiProblem} `precondition_required`, `malformed_json` for a tag that is none */
function preconditionsOf(ctx: Context, { ifMatch }: Operation): Pick<RawCall, 'ifMatch' | 'ifNoneMatch'> {
  if (ifMatch === 'none') return { ifMatch: null, ifNoneMatch: false };
  const header = ctx.get('If-Match').trim();
  const ifNoneMatch = ctx.get('If-None-Match').trim() === '*';
  if (header === '*' && ifMatch === 'optional') return { ifMatch: null, ifNoneMatch };
  if (header === '') {
    if (ifMatch === 'required' && !ifNoneMatch) throw new ApiProblem('precondition_required');
    return { ifMatch: null, ifNoneMatch };
  }
  // What is no tag of ours matches nothing.
  return { ifMatch: /^"([\x21\x23-\x7e]{1,100})"$/.exec(header)?.[1] ?? '\0', ifNoneMatch };
}

/** @throws {ApiProblem} `not_acceptable` */
function acceptedType(ctx: Context, { streams, answers }: Operation): string {
  if (streams.length === 0) return 'application/json';
  const accepted = ctx.accepts(answers[200]?.schema ? ['application/json', ...streams] : [...streams]);
  if (accepted === false) throw new ApiProblem('not_acceptable');
  return typeof accepted === 'string' ? accepted : 'application/json';
}

function goneSignal(ctx: Context): AbortSignal {
  const gone = new AbortController();
  ctx.res.once('close', () => {
    if (!ctx.res.writableFinished) gone.abort();
  });
  return gone.signal;
}

function send(ctx: Context, answered: Answer): void {
  ctx.status = answered.status;
  if ('stream' in answered) {
    ctx.type = answered.type;
    ctx.body = Readable.from(answered.stream);
    return;
  }
  if (answered.status === 204) {
    ctx.body = null;
    return;
  }
  if (answered.tag !== undefined) ctx.set('ETag', `"${answered.tag}"`);
  if (answered.location !== undefined) ctx.set('Location', `${adminApiPath}${answered.location}`);
  ctx.type = 'application/json';
  ctx.body = JSON.stringify(answered.body);
}

function refuse(ctx: Context, error: unknown, words: Translator, { log }: ApiOptions): void {
  const isRefusal = error instanceof SecurityInfoError || error instanceof ApiProblem;
  if (!isRefusal) log.error({ err: error }, 'request failed');
  const problem = problemOf(isRefusal ? error : new ApiProblem('internal'), words);
  ctx.status = problem.status;
  ctx.set('Content-Language', words.language);
  ctx.type = problemType;
  ctx.body = JSON.stringify(problem);
}
