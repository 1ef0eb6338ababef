/** Whom an access token lets act, and how far: what the API asks of the provider. */
import type { Context } from 'koa';
import type { ActingAdmin } from '../security-info/admin/acting-admin.ts';

/** What a token is good for. */
export type TokenVerdict =
  | { readonly kind: 'good'; readonly by: ActingAdmin; readonly scopes: ReadonlySet<string> }
  /** None was given. */
  | { readonly kind: 'missing' }
  /** Unknown, expired, revoked, or for something else. */
  | { readonly kind: 'invalid' }
  /** Its user is no admin, or no longer one; its client may not do this any more. */
  | { readonly kind: 'forbidden' };

/** Judges the bearer token of a request (RFC 6750 §2.1). */
export type JudgeToken = (ctx: Context) => Promise<TokenVerdict>;
