/**
 * Knows a browser again in which an account has signed in with its password, so that strangers who guess are counted
 * apart and cannot lock its owner out. What is counted is the throttles'.
 * @see OWASP, Slow Down Online Guessing Attacks with Device Cookies
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import type { Account, Clock, DataKeys } from '../../security-info/ports.ts';
import { createPageCookie } from '../shell/page-cookie.ts';

/** What device cookies are made with. */
export interface DeviceCookieOptions {
  readonly keys: Pick<DataKeys, 'hash'>;
  readonly issuer: string;
  readonly clock: Clock;
}

/** What names an account in the cookie: a new password makes every cookie from before a stranger's. */
export type KnownAccount = Pick<Account, 'id' | 'passwordChangedAt'>;

/** The device cookie of this deployment. */
export interface DeviceCookie {
  isKnownBrowser(ctx: Context, account: KnownAccount): boolean;
  /** To be called after a right password only. */
  remember(ctx: Context, account: KnownAccount): void;
}

/** A family shares a browser; more than so many accounts take turns. */
const mostEntries = 5;
const lifetimeSeconds = 365 * 24 * 3_600;
/** `<issued at, seconds, base 36>.<nonce>.<keyed digest>`; it says nothing of whose account it is. */
const entryPattern = /^([0-9a-z]{1,10})\.([\w-]{22})\.([\w-]{43})$/;

/** Makes the device cookie. */
export function createDeviceCookie({ keys, issuer, clock }: DeviceCookieOptions): DeviceCookie {
  const cookie = createPageCookie({ name: 'known_browser', issuer, seconds: lifetimeSeconds });
  const nowSeconds = (): number => Math.floor(clock.now().getTime() / 1000);

  const digestOf = (account: KnownAccount, issued: string, nonce: string): string =>
    keys.hash(
      JSON.stringify([account.id, account.passwordChangedAt?.getTime() ?? null, issued, nonce]),
      'device-cookie',
    );

  const entriesOf = (ctx: Context): string[] =>
    (cookie.read(ctx) ?? '')
      .slice(0, 1_000)
      .split('~')
      .filter((entry) => entryPattern.test(entry))
      .slice(0, mostEntries);

  const names = (entry: string, account: KnownAccount): boolean => {
    const [issued = '', nonce = '', digest = ''] = entry.split('.');
    const age = nowSeconds() - Number.parseInt(issued, 36);
    return age <= lifetimeSeconds && isSame(digest, digestOf(account, issued, nonce));
  };

  return {
    isKnownBrowser: (ctx, account) => entriesOf(ctx).some((entry) => names(entry, account)),
    remember: (ctx, account) => {
      const issued = nowSeconds().toString(36);
      const nonce = randomBytes(16).toString('base64url');
      const entry = [issued, nonce, digestOf(account, issued, nonce)].join('.');
      const others = entriesOf(ctx).filter((one) => !names(one, account));
      cookie.write(ctx, [entry, ...others].slice(0, mostEntries).join('~'));
    },
  };
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
