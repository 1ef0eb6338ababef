/**
 * The class of a path, for logs and metrics: a pattern in place of ids, user codes and whatever else a path may hold.
 * There are only so many classes, whatever is asked for.
 */

/** Paths that are their own class: node-oidc-provider's and ours. */
const whole: ReadonlySet<string> = new Set([
  ...['/', '/healthz', '/readyz', '/auth', '/token', '/token/introspection', '/token/revocation', '/me'],
  ...['/jwks', '/request', '/device', '/device/auth', '/session/end', '/session/end/confirm'],
  ...['/session/end/success', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'],
  ...['/security-info', '/security-info/done', '/security-info/undo', '/reset'],
]);

const pages = 'sign-in|sign-in/other|new-password|forgot|cancel|consent|security-info';
const ownPages = 'activity|all-right|cancel|finish|prove|snooze|access-pass|password|sign-out-elsewhere';
const acts = 'code|resend|send|prove|name|prefer|abandon|looks-good|replace|remove';

/** The first that matches; what it captures is one of the words above. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/^\/auth\/[^/]+$/, '/auth/:uid'],
  [/^\/device\/[^/]+$/, '/device/:uid'],
  [/^\/interaction\/[^/]+$/, '/interaction/:uid'],
  [new RegExp(`^/interaction/[^/]+/(${pages})$`), '/interaction/:uid/$1'],
  [new RegExp(`^/interaction/[^/]+/security-info/(${ownPages})$`), '/interaction/:uid/security-info/$1'],
  [/^\/interaction\/[^/]+\/security-info\/(add|methods)\/[^/]+$/, '/interaction/:uid/security-info/$1/:id'],
  [
    new RegExp(`^/interaction/[^/]+/security-info/(add|methods)/[^/]+/(${acts})$`),
    '/interaction/:uid/security-info/$1/:id/$2',
  ],
  [/^\/interaction\/[^/]+\/security-info\/.*$/, '/interaction/:uid/security-info/*'],
  [/^\/interaction\/.*$/, '/interaction/*'],
  [/^\/reset\/(name|resend|other|code|access-pass|help|password|unlock)$/, '/reset/$1'],
  [/^\/reset\/method\/[^/]+$/, '/reset/method/:type'],
  [/^\/reset\/second\/[^/]+(\/send|\/prove)?$/, '/reset/second/:id$1'],
  [/^\/[a-z-]+-[0-9a-f]{12}\.(css|js)$/, '/assets/*'],
  [/^\/(reset|security-info|admin\/api|admin)(\/.*)?$/, '/$1/*'],
];

/** The class of a request. @param url as it stands in the request line, with its query */
export function routeClass(url: string | undefined): string {
  const path = (url ?? '').split('?', 1)[0] ?? '';
  if (whole.has(path)) return path;
  const found = patterns.find(([pattern]) => pattern.test(path));
  return found === undefined ? 'other' : path.replace(...found);
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The method of a request, or `other`. */
export function methodClass(method: string | undefined): string {
  return method !== undefined && methods.has(method) ? method : 'other';
}
