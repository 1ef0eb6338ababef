/**
 * Saves a session that node-oidc-provider (9.13) has changed after its own place to save it: where a device page
 * fails in a browser without a session, its error handler puts a form token into a fresh one, and `persist` of what
 * was never saved throws. Without this, the page would be a bare 500.
 */
import type { KoaContextWithOIDC } from 'oidc-provider';

/** Saves the session of this request and hands out its cookie, if it is new and holds something. */
export async function saveNewSession(
  ctx: KoaContextWithOIDC,
  options: {
    readonly cookieName: string;
    readonly cookie: Parameters<KoaContextWithOIDC['cookies']['set']>[2];
    /** Seconds. */
    readonly lifetime: number;
  },
): Promise<void> {
  const { session, cookies } = ctx.oidc;
  if (session === undefined || session.exp !== undefined || session.state === undefined) return;
  cookies.set(options.cookieName, session.jti, options.cookie);
  await session.save(options.lifetime);
}
