/**
 * How an admin comes into the console: a sign-in at this provider for the admin API's resource, which takes the proof
 * of a method. The code that comes back is redeemed here; what is known then lies sealed in a cookie for 15 minutes.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import { z } from 'zod';
import type { ConsoleEntry } from '../admin/console/contract.ts';
import { adminScopeNames } from '../admin/scopes.ts';
import { createBrowserCookie } from '../interactions/shell/browser-cookie.ts';
import { createPageCookie } from '../interactions/shell/page-cookie.ts';
import { consoleClientId } from '../models/client.ts';
import type { AccountDirectory, Clock, DataKeys, Ports } from '../security-info/ports.ts';
import { adminProofSeconds, adminResourceOf } from './admin-resource.ts';
import { isBeforeCredentialsChange } from './interaction-policy/evaluation.ts';
import { consoleRedirectPath } from './own-client.ts';

/** What the entry is made with. */
export interface ConsoleEntryOptions {
  readonly provider: Provider;
  readonly issuer: string;
  readonly keys: DataKeys;
  readonly clock: Clock;
  readonly directory: Pick<AccountDirectory, 'findById'>;
  readonly records: Ports['records'];
}

const hour = 3_600;
const begun = z.object({ state: z.string(), verifier: z.string(), returnTo: z.string() });
const entered = z.object({
  accountId: z.string(),
  sessionUid: z.string(),
  signedInAt: z.number(),
  provedAt: z.number(),
});

/** A path of ours under `/admin`, or the console's first page: no address leads anybody elsewhere. */
export function readReturnTo(text: string): string {
  const isPath = text.length <= 1_000 && /^\/(?!\/)[!-~]*$/.test(text) && !text.includes('\\');
  // A browser takes `..` out of a path, and with it what stands before, however it is encoded.
  const isUnderAdmin = isPath && new URL(`/admin${text}`, 'http://host').pathname.startsWith('/admin/');
  return isUnderAdmin ? text : '';
}

/** Makes the entry. */
export function createConsoleEntry(options: ConsoleEntryOptions): ConsoleEntry {
  const { provider, issuer, keys, clock, directory, records } = options;
  const begunCookie = createPageCookie({ name: 'console_begun', issuer, seconds: hour });
  const enteredCookie = createPageCookie({ name: 'console', issuer, seconds: 12 * hour });
  const browserCookie = createBrowserCookie({ name: 'console_browser', issuer, seconds: 12 * hour });

  function open<Value>(
    ctx: Context,
    cookie: typeof enteredCookie,
    schema: z.ZodType<Value>,
    context: string,
  ) {
    const sealed = cookie.read(ctx);
    if (sealed === null) return null;
    try {
      return schema.parse(JSON.parse(keys.open(sealed, context)));
    } catch {
      return null;
    }
  }
  /** Bound to the browser: what is taken out of one opens in no other. */
  const contextOf = (ctx: Context): string => `console:${browserCookie.read(ctx) ?? ''}`;

  return {
    async read(ctx) {
      const known = open(ctx, enteredCookie, entered, contextOf(ctx));
      const now = clock.now();
      if (known === null) return null;
      const provedUntilAt = new Date((known.provedAt + adminProofSeconds) * 1000);
      if (provedUntilAt <= now) return null;
      const [account, session, record] = await Promise.all([
        directory.findById(known.accountId),
        provider.Session.findByUid(known.sessionUid),
        records.readForSignIn(known.accountId),
      ]);
      const isSignedIn = session?.accountId === known.accountId && !session.isExpired;
      if (!isSignedIn || isBeforeCredentialsChange(known.signedInAt, record)) return null;
      return account?.isAdmin === true && !account.isDisabled ? { account, provedUntilAt } : null;
    },

    begin(ctx, returnTo) {
      const verifier = randomBytes(32).toString('base64url');
      const state = randomBytes(32).toString('base64url');
      browserCookie.keep(ctx);
      const request = { state, verifier, returnTo: readReturnTo(returnTo) };
      begunCookie.write(ctx, keys.seal(JSON.stringify(request), 'console:begun'));
      const address = new URL('/auth', issuer);
      address.search = new URLSearchParams({
        client_id: consoleClientId,
        response_type: 'code',
        redirect_uri: new URL(consoleRedirectPath, issuer).href,
        scope: ['openid', ...adminScopeNames].join(' '),
        resource: adminResourceOf(issuer),
        state,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      }).toString();
      ctx.status = 303;
      ctx.redirect(address.href);
    },

    async finish(ctx) {
      const request = open(ctx, begunCookie, begun, 'console:begun');
      begunCookie.write(ctx, null);
      const { state, code: value } = ctx.query;
      if (request === null || state !== request.state || typeof value !== 'string') return null;
      const code = await provider.AuthorizationCode.find(value);
      const challenge = createHash('sha256').update(request.verifier).digest('base64url');
      const isOurs =
        code?.isValid === true &&
        code.clientId === consoleClientId &&
        code.codeChallenge === challenge &&
        code.resource === adminResourceOf(issuer);
      if (!isOurs || code.accountId === undefined || code.sessionUid === undefined) return null;
      // Given to who has just proved a method: it is good for a minute.
      await code.consume();
      const now = Math.floor(clock.now().getTime() / 1000);
      const visit = {
        accountId: code.accountId,
        sessionUid: code.sessionUid,
        signedInAt: code.authTime ?? 0,
        provedAt: now,
      };
      enteredCookie.write(ctx, keys.seal(JSON.stringify(visit), contextOf(ctx)));
      return request.returnTo;
    },

    lastVisit(ctx) {
      const known = open(ctx, enteredCookie, entered, contextOf(ctx));
      const visitId = browserCookie.read(ctx);
      return known === null || visitId === null ? null : { accountId: known.accountId, visitId };
    },

    leave: (ctx) => enteredCookie.write(ctx, null),
  };
}
