/**
 * All pages of a sign-in as one middleware, and the pages that the provider shows itself: which rooms there are.
 * What each does is its own matter.
 */
import type { Context, Middleware } from 'koa';
import type { Desk, SignInDesk } from '../security-info/desk.ts';
import type { AccountDirectory, Clock } from '../security-info/ports.ts';
import { consentRoom } from './consent/consent.ts';
import type { DevicePages } from './device/device-pages.ts';
import { createDevicePages } from './device/device-pages.ts';
import { manageRoom } from './manage/manage.ts';
import { reconfirmRoom } from './reconfirm/reconfirm.ts';
import { registerRoom } from './register/register.ts';
import type { InteractionSeam, PageOptions } from './shell/contract.ts';
import type { ErrorLog } from './shell/error-pages.ts';
import { showNotFound } from './shell/error-pages.ts';
import { createPages } from './shell/pages.ts';
import type { ProtocolErrorOut } from './shell/protocol-error.ts';
import { showProtocolError } from './shell/protocol-error.ts';
import { createRoutes } from './shell/routes.ts';
import { visitOf } from './shell/visit.ts';
import { signInRoom } from './sign-in/sign-in.ts';
import type { SignOutPages } from './sign-out/sign-out-pages.ts';
import { createSignOutPages } from './sign-out/sign-out-pages.ts';

/** What the pages of a sign-in are made with. */
export interface InteractionsOptions extends PageOptions {
  readonly seam: InteractionSeam;
  readonly desk: Desk;
  readonly signInDesk: SignInDesk;
  readonly directory: Pick<AccountDirectory, 'findById'>;
  readonly clock: Clock;
  readonly log: ErrorLog;
}

/** Pages for what node-oidc-provider shows by itself. */
export interface ProtocolPages extends DevicePages, SignOutPages {
  /** `renderError`. */
  renderError(ctx: Context, out: ProtocolErrorOut, error: unknown): Promise<void>;
  /** 404, for a path that nobody knows. */
  notFound(ctx: Context): Promise<void>;
}

/** The pages, ready to be mounted. */
export interface Interactions {
  /** Answers the stylesheet and everything under `/interaction/`; passes the rest on. */
  readonly middleware: Middleware;
  readonly protocolPages: ProtocolPages;
}

/** Makes the pages. */
export function createInteractions(options: InteractionsOptions): Interactions {
  const { seam, desk, signInDesk, directory, clock, keys, issuer, log } = options;
  const pages = createPages(options);
  const { routes, middleware } = createRoutes({ pages, seam, keys, issuer, log });
  const securityInfo = {
    desk,
    visitOf: (step: Parameters<typeof visitOf>[0]) => visitOf(step, { directory }),
  };

  // The prompts in their order.
  signInRoom(routes, { signInDesk, directory, clock, keys, issuer });
  registerRoom(routes, securityInfo);
  reconfirmRoom(routes, securityInfo);
  manageRoom(routes, securityInfo);
  consentRoom(routes);

  return {
    middleware: (ctx, next) => pages.stylesheet(ctx, () => middleware(ctx, next)),
    protocolPages: {
      ...createDevicePages(pages),
      ...createSignOutPages(pages),
      renderError: (ctx, out, error) => showProtocolError(pages, log, ctx, out, error),
      notFound: (ctx) => showNotFound(pages, ctx),
    },
  };
}
