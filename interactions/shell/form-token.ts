/** Keeps foreign forms out: the anti-forgery token of a sign-in, and where a post may come from. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import { FormExpired } from '../../security-info/errors.ts';
import type { DataKeys } from '../../security-info/ports.ts';

/** The name of the hidden field that carries it. */
export const formTokenField = 'form_token';

/** The token of a sign-in: a keyed digest of its uid, so that nothing has to be stored. */
export function formTokenOf(keys: Pick<DataKeys, 'hash'>, uid: string): string {
  return keys.hash(uid, 'form-token');
}

/**
 * Compares in constant time.
 * @throws {FormExpired} `form_expired`, when the token is missing or another sign-in's
 */
export function checkFormToken(keys: Pick<DataKeys, 'hash'>, uid: string, given: string | undefined): void {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(digest(given ?? ''), digest(formTokenOf(keys, uid)))) throw new FormExpired();
}

/**
 * Refuses a post that a browser says comes from elsewhere. Browsers send `Origin: null` from our own pages too, for
 * these send no referrer (Fetch §3.2): it says nothing, and the token decides.
 * @throws {FormExpired} `form_expired`
 * @see W3C Fetch Metadata §2.2; RFC 6454 §7
 */
export function checkPostOrigin(ctx: Context, issuer: string): void {
  if (ctx.get('Sec-Fetch-Site') === 'cross-site') throw new FormExpired();
  const origin = ctx.get('Origin');
  if (origin !== '' && origin !== 'null' && origin !== new URL(issuer).origin) throw new FormExpired();
}
