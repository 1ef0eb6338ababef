/**
 * Whose one-time password was right, from the sign-in page to the page of the new password: sealed, for one sign-in.
 * That it was right is kept by the domain; the cookie only says for which account to ask.
 */
import type { DataKeys } from '../../security-info/ports.ts';
import type { Step } from '../shell/contract.ts';
import { createPageCookie } from '../shell/page-cookie.ts';

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

/** Makes the cookie: its path is the sign-in's. */
export function createOneTimeCookie({ keys, issuer }: OneTimeCookieOptions): OneTimeCookie {
  const cookie = createPageCookie({
    name: 'new_password',
    issuer,
    seconds: lifetimeSeconds,
    hasOwnPath: true,
  });
  const contextOf = ({ interaction }: Step): string => `${interaction.uid}:new-password`;

  return {
    write: (step, accountId) => cookie.write(step.ctx, keys.seal(accountId, contextOf(step)), step.base),
    clear: ({ ctx, base }) => cookie.write(ctx, null, base),
    read: (step) => {
      const sealed = cookie.read(step.ctx);
      if (sealed === null) return null;
      try {
        return keys.open(sealed, contextOf(step));
      } catch {
        return null;
      }
    },
  };
}
