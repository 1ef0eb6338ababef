/**
 * What was just done, for the next page of the same sign-in, whose address nobody knows yet: one fixed word, shown
 * once. It says nothing that the page would not say anyway, so it is not sealed.
 */
import type { Step } from '../shell/contract.ts';
import { createPageCookie } from '../shell/page-cookie.ts';

/** The cookie. */
export interface DoneCookie {
  write(step: Step, word: string): void;
  /** The word, once; undefined where there is none. */
  take(step: Step): string | undefined;
}

/** In seconds: longer than it takes to go on. */
const lifetimeSeconds = 60;

/** Makes the cookie: its path is the pages of sign-ins. */
export function createDoneCookie({ issuer }: { readonly issuer: string }): DoneCookie {
  const cookie = createPageCookie({ name: 'done', issuer, seconds: lifetimeSeconds, hasOwnPath: true });
  const set = ({ ctx }: Step, value: string | null): void => cookie.write(ctx, value, '/interaction');
  return {
    write: set,
    take: (step) => {
      const word = cookie.read(step.ctx);
      if (word === null) return undefined;
      set(step, null);
      return word;
    },
  };
}
