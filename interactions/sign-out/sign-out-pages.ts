/**
 * The sign-out pages (OpenID Connect RP-Initiated Logout 1.0 §2, §3): asking, and the end. What ends where, and
 * telling the apps, is node-oidc-provider's.
 */
import type { Context } from 'koa';
import type { Pages } from '../shell/pages.ts';

/** Pages for node-oidc-provider's `features.rpInitiatedLogout`. */
export interface SignOutPages {
  /**
   * `logoutSource`: whether to sign out everywhere, or stay.
   * @param form the library's form: hidden fields only, made of values of its own
   * @param clientName the app that asked; null where none did, and then staying is not a button: nobody waits for
   *   that answer, and the page after it could not tell it from a sign-out
   */
  logout(ctx: Context, form: string, clientName: string | null): Promise<void>;
  /**
   * `postLogoutSuccessSource`: the end, where there is no app to go back to.
   * @param clientName the app that was left by someone who stayed signed in; null after a sign-out
   */
  signedOut(ctx: Context, clientName: string | null): Promise<void>;
}

/** Makes the pages. */
export function createSignOutPages(pages: Pick<Pages, 'show'>): SignOutPages {
  return {
    logout: (ctx, form, clientName) =>
      pages.show(ctx, 'sign-out/sign-out', { form, canStay: clientName !== null }),
    signedOut: (ctx, clientName) => pages.show(ctx, 'sign-out/signed-out', { clientName }),
  };
}
