/**
 * Whose one-time password was right, from the sign-in page to the page of the new password: sealed, for one sign-in.
 * That it was right is kept by the domain; the cookie only says for which account to ask.
 */
import type { Context } from 'koa';
import type { DataKeys } from '../../security-info/ports.ts';
import type { Step } from '../shell/contract.ts';

/** What the cookie is made with. */
export interface OneTimeCookieOptions {
  readonly keys: Pick<DataKeys, 'seal' | 'open'>;
  readonly issuer: string;
}

/** The cookie of the page of the new password. */
export interface OneTimeCookie {
  write(step: Step, accountId: string): void;
  /** The account id, or null where there is no cookie of this sign-in. */
  read(step: Step): string | null;
  clear(step: Step): void;
}

const lifetimeSeconds = 15 * 60;

/** Makes the cookie. `__Host-` is not for it: its path is the sign-in's. */
export function createOneTimeCookie({ keys, issuer }: OneTimeCookieOptions): OneTimeCookie {
  const isHttps = issuer.startsWith('https:');
  const name = isHttps ? '__Secure-new_password' : 'new_password';
  const contextOf = ({ interaction }: Step): string => `${interaction.uid}:new-password`;

  const set = (ctx: Context, base: string, value: string | null): void => {
    // Behind a proxy that ends TLS the connection itself is plain; the issuer says what the browser uses.
    ctx.cookies.secure = isHttps;
    ctx.cookies.set(name, value, {
      ...(value === null ? {} : { maxAge: lifetimeSeconds * 1000 }),
      httpOnly: true,
      sameSite: 'lax',
      secure: isHttps,
      path: base,
      overwrite: true,
      signed: false,
    });
  };

  return {
    write: (step, accountId) => set(step.ctx, step.base, keys.seal(accountId, contextOf(step))),
    clear: ({ ctx, base }) => set(ctx, base, null),
    read: (step) => {
      const sealed = step.ctx.cookies.get(name, { signed: false });
      if (!sealed) return null;
      try {
        return keys.open(sealed, contextOf(step));
      } catch {
        return null;
      }
    },
  };
}
