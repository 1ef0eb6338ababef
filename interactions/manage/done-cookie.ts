/**
 * What was just done, for the next page of the same sign-in, whose address nobody knows yet: one fixed word, shown
 * once. It says nothing that the page would not say anyway, so it is not sealed.
 */
import type { Step } from '../shell/contract.ts';

/** The cookie. */
export interface DoneCookie {
  write(step: Step, word: string): void;
  /** The word, once; undefined where there is none. */
  take(step: Step): string | undefined;
}

/** In seconds: longer than it takes to go on. */
const lifetimeSeconds = 60;

/** Makes the cookie. `__Host-` is not for it: its path is the pages of sign-ins. */
export function createDoneCookie({ issuer }: { readonly issuer: string }): DoneCookie {
  const isHttps = issuer.startsWith('https:');
  const name = isHttps ? '__Secure-done' : 'done';
  const set = ({ ctx }: Step, value: string | null): void => {
    // Behind a proxy that ends TLS the connection itself is plain; the issuer says what the browser uses.
    ctx.cookies.secure = isHttps;
    ctx.cookies.set(name, value, {
      ...(value === null ? {} : { maxAge: lifetimeSeconds * 1000 }),
      httpOnly: true,
      sameSite: 'lax',
      secure: isHttps,
      path: '/interaction',
      overwrite: true,
      signed: false,
    });
  };
  return {
    write: set,
    take: (step) => {
      const word = step.ctx.cookies.get(name, { signed: false });
      if (word === undefined || word === '') return undefined;
      set(step, null);
      return word;
    },
  };
}
