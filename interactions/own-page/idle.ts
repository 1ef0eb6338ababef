/**
 * The deployment's own page asks for the password again where nobody has used it for 15 minutes. When it was last used
 * is in a sealed cookie of the sign-in: no page costs a write.
 */
import type { Clock, DataKeys } from '../../security-info/ports.ts';
import type { Routes, Step } from '../shell/contract.ts';
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
  const isHttps = issuer.startsWith('https:');
  // Its path is the sign-in's, which `__Host-` does not allow.
  const name = isHttps ? '__Secure-seen' : 'seen';
  const contextOf = ({ interaction }: Step): string => `${interaction.uid}:seen`;
  return {
    read: (step) => {
      const sealed = step.ctx.cookies.get(name, { signed: false });
      if (!sealed) return null;
      try {
        return new Date(Number(keys.open(sealed, contextOf(step))));
      } catch {
        return null;
      }
    },
    write: (step, at) => {
      // Behind a proxy that ends TLS the connection itself is plain; the issuer says what the browser uses.
      step.ctx.cookies.secure = isHttps;
      step.ctx.cookies.set(name, keys.seal(String(at.getTime()), contextOf(step)), {
        httpOnly: true,
        sameSite: 'lax',
        secure: isHttps,
        path: step.base,
        overwrite: true,
        signed: false,
      });
    },
  };
}
