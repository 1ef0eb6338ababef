/**
 * The deployment's own page asks for the password again where nobody has used it for 15 minutes. When it was last used
 * is in a sealed cookie of the sign-in: no page costs a write.
 */
import type { Clock, DataKeys } from '../../security-info/ports.ts';
import type { Routes, Step } from '../shell/contract.ts';
import { createPageCookie } from '../shell/page-cookie.ts';
import { ownPagePath } from './own-page.ts';

/** What the rule is made with. */
export interface IdleOptions {
  /** The client whose sign-ins it is for; apps have rules of their own. */
  readonly clientId: string;
  readonly clock: Clock;
  readonly keys: Pick<DataKeys, 'seal' | 'open'>;
  readonly issuer: string;
}

const idleMilliseconds = 15 * 60_000;

/** The routes, each of whose pages first looks when the sign-in was last used. */
export function askAfterIdle(routes: Routes, options: IdleOptions): Routes {
  const { clientId, clock } = options;
  const cookie = createSeenCookie(options);
  const isIdle = (step: Step): boolean => {
    const now = clock.now();
    // Who throws the cookie away is asked as soon as the sign-in itself is so old.
    const seenAt = cookie.read(step) ?? step.interaction.signedInAt ?? new Date(0);
    return now.getTime() - seenAt.getTime() > idleMilliseconds;
  };
  const guarded =
    <Kind extends Step>(handler: (step: Kind) => Promise<void>) =>
    async (step: Kind): Promise<void> => {
      if (step.interaction.client.clientId !== clientId) return handler(step);
      if (isIdle(step)) {
        step.ctx.status = 303;
        step.ctx.redirect(`${ownPagePath}?again=yes`);
        return;
      }
      cookie.write(step, clock.now());
      await handler(step);
    };
  return {
    get: (path, prompts, handler) => routes.get(path, prompts, guarded(handler)),
    post: (path, prompts, handler) => routes.post(path, prompts, guarded(handler)),
  };
}

function createSeenCookie({ keys, issuer }: Pick<IdleOptions, 'keys' | 'issuer'>): {
  read(step: Step): Date | null;
  write(step: Step, at: Date): void;
} {
  // Its path is the sign-in's.
  const cookie = createPageCookie({ name: 'seen', issuer, hasOwnPath: true });
  const contextOf = ({ interaction }: Step): string => `${interaction.uid}:seen`;
  return {
    read: (step) => {
      const sealed = cookie.read(step.ctx);
      if (sealed === null) return null;
      try {
        return new Date(Number(keys.open(sealed, contextOf(step))));
      } catch {
        return null;
      }
    },
    write: (step, at) => cookie.write(step.ctx, keys.seal(String(at.getTime()), contextOf(step)), step.base),
  };
}
