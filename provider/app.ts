/** Everything that this deployment answers, in the order in which it is looked at. */
import Koa, { type Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import { probes, type Readiness } from './readiness.ts';

/** What is mounted. */
export interface AppOptions {
  readonly provider: Provider;
  /** The pages of a sign-in. */
  readonly interactions: Middleware;
  /** The issuer's origin. */
  readonly issuer: string;
  /** How many addresses of X-Forwarded-For are believed, counted from its end. */
  readonly trustedProxies: number;
  /** Whether the store answers, for a load balancer. */
  readonly isHealthy: () => Promise<boolean>;
  /** Whether requests should be sent here, for the same; absent where nobody asks. */
  readonly readiness?: Pick<Readiness, 'check'>;
  readonly onError: (error: unknown) => void;
  /** Answers with the page for a path, or a method of one, that nobody knows. */
  readonly notFound: Middleware;
}

/** Makes the app. */
export function createApp(options: AppOptions): Koa {
  const { provider } = options;
  const app = new Koa({ proxy: true, maxIpsCount: options.trustedProxies });
  provider.proxy = true;
  app.on('error', options.onError);
  provider.use(unknownPath(options));
  app.use(pinOrigin(options));
  app.use(probes(options));
  app.use(options.interactions);
  const oidc = provider.callback();
  app.use((ctx) => {
    // The library answers by itself, with an app of its own.
    ctx.respond = false;
    return oidc(ctx.req, ctx.res);
  });
  return app;
}

/**
 * Requests are the issuer's, whatever Host says: no address that we write (discovery, redirects, cookies) comes from
 * a header that anybody can forge.
 */
function pinOrigin({ issuer, trustedProxies }: AppOptions): Middleware {
  const { host, protocol } = new URL(issuer);
  return (ctx, next) => {
    const { headers } = ctx.req;
    headers.host = host;
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
    delete headers['x-forwarded-host'];
    delete headers['forwarded'];
    if (trustedProxies === 0) delete headers['x-forwarded-for'];
    return next();
  };
}

/** The library leaves such a path unanswered. A program that asks for JSON is not told in a page. */
function unknownPath({ notFound }: AppOptions): Middleware {
  return async (ctx, next) => {
    await next();
    const isUnanswered = ctx.status === 404 && (ctx.body === undefined || ctx.body === null);
    if (isUnanswered && ctx.accepts('json', 'html') === 'html') await notFound(ctx, async () => {});
  };
}
