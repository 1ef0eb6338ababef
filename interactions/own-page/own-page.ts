/**
 * The address of the user's own page, `/security-info`: it begins a sign-in at this provider that asks for security
 * info, and tells how that ended. All that happens in between is the pages' of the interaction.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import { type BrowserCookie, createBrowserCookie } from '../shell/browser-cookie.ts';
import type { OutsideTable } from '../shell/outside-routes.ts';

/** Where the page is. */
export const ownPagePath = '/security-info';
/** Where the provider sends browsers back to, under it. */
const donePath = '/done';

/** What the page is made with. */
export interface OwnPageOptions {
  readonly issuer: string;
  /** The client that the sign-in is for. */
  readonly clientId: string;
}

/** All that the page shows on which a visit ends. */
export interface DonePage {
  /** `unknown`: nobody comes from a visit that began in this browser. */
  readonly outcome: 'saved' | 'left' | 'failed' | 'unknown';
  readonly way: string;
}

/** A sign-in older than this asks for the password, in seconds. */
const maximumAge = 900;

/** Adds the entry and the end. */
export function ownPageRoutes(routes: Pick<OutsideTable, 'get'>, options: OwnPageOptions): void {
  const stateCookie = createBrowserCookie({ name: 'own_page', issuer: options.issuer, seconds: 3_600 });
  routes.get('/', async ({ ctx }) => {
    const address = requestFor(ctx, stateCookie.renew(ctx), options);
    ctx.status = 303;
    ctx.redirect(address);
  });
  routes.get(donePath, async ({ ctx, show }) => {
    const page: DonePage = { outcome: outcomeOf(ctx, stateCookie), way: ownPagePath };
    await show('own-page/done', page);
  });
}

/**
 * The verifier is forgotten at once: nobody can redeem the code that comes back, and nobody needs to.
 * @see RFC 7636 §4.1, §4.2
 */
function requestFor(ctx: Context, state: string, { issuer, clientId }: OwnPageOptions): string {
  const verifier = randomBytes(32).toString('base64url');
  // Who left the page alone for too long is asked whatever the age of the sign-in.
  const prompt = ctx.query['again'] === 'yes' ? 'login security_info' : 'security_info';
  const languages = ctx.query['ui_locales'];
  const address = new URL('/auth', issuer);
  address.search = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: new URL(`${ownPagePath}${donePath}`, issuer).href,
    scope: 'openid',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    prompt,
    max_age: String(maximumAge),
    ...(typeof languages === 'string' ? { ui_locales: languages.slice(0, 200) } : {}),
  }).toString();
  return address.href;
}

function outcomeOf(ctx: Context, stateCookie: BrowserCookie): DonePage['outcome'] {
  const { state, error, code } = ctx.query;
  if (typeof state !== 'string' || stateCookie.read(ctx) !== state) return 'unknown';
  if (error === 'access_denied') return 'left';
  return typeof code === 'string' ? 'saved' : 'failed';
}
