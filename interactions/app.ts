/**
 * All pages of a sign-in as one middleware, and the pages that the provider shows itself: which rooms there are.
 * What each does is its own matter.
 */
import type { Context, Middleware } from 'koa';
import type { Desk, SignInDesk } from '../security-info/desk.ts';
import type { OwnDesk, UndoDesk } from '../security-info/own-desk.ts';
import type { AccountDirectory, Clock } from '../security-info/ports.ts';
import type { ResetDesk } from '../security-info/reset-desk.ts';
import type { RobotChallenge } from '../security-info/robot-challenge.ts';
import { consentRoom } from './consent/consent.ts';
import type { DevicePages } from './device/device-pages.ts';
import { createDevicePages } from './device/device-pages.ts';
import { createDoneCookie } from './manage/done-cookie.ts';
import { manageRoom } from './manage/manage.ts';
import { ownRoom } from './manage/own.ts';
import type { OwnRoom } from './manage/own-room.ts';
import { askAfterIdle } from './own-page/idle.ts';
import { ownPagePath, ownPageRoutes } from './own-page/own-page.ts';
import { undoRoutes } from './own-page/undo.ts';
import { reconfirmRoom } from './reconfirm/reconfirm.ts';
import { registerRoom } from './register/register.ts';
import { resetRoom } from './reset/reset.ts';
import { type ResetRoom, resetPath } from './reset/room.ts';
import type { InteractionSeam, PageOptions, Routes } from './shell/contract.ts';
import type { ErrorLog } from './shell/error-pages.ts';
import { showNotFound } from './shell/error-pages.ts';
import { createOutsideRoutes, type OutsideRoutes } from './shell/outside-routes.ts';
import { createPages, type Pages } from './shell/pages.ts';
import type { ProtocolErrorOut } from './shell/protocol-error.ts';
import { showProtocolError } from './shell/protocol-error.ts';
import { createRoutes } from './shell/routes.ts';
import { visitOf } from './shell/visit.ts';
import { createDeviceCookie } from './sign-in/device-cookie.ts';
import { forgotRoom } from './sign-in/forgot.ts';
import { signInRoom } from './sign-in/sign-in.ts';
import type { SignOutPages } from './sign-out/sign-out-pages.ts';
import { createSignOutPages } from './sign-out/sign-out-pages.ts';

/** What the pages of a sign-in are made with. */
export interface InteractionsOptions extends PageOptions {
  readonly seam: InteractionSeam;
  readonly desk: Desk;
  readonly ownDesk: OwnDesk;
  readonly signInDesk: SignInDesk;
  readonly resetDesk: ResetDesk;
  /** A host's own way to tell people from programs before a reset. */
  readonly robotChallenge?: RobotChallenge;
  readonly directory: Pick<AccountDirectory, 'findById'>;
  readonly clock: Clock;
  readonly log: ErrorLog;
  /** The client of the deployment's own page of security info; absent where there is no such page. */
  readonly ownClientId?: string;
  /** Undoes changes without a sign-in; absent where there is no such page. */
  readonly undoDesk?: UndoDesk;
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
  /** Answers the stylesheet and everything under `/interaction/` and `/reset`; passes the rest on. */
  readonly middleware: Middleware;
  readonly protocolPages: ProtocolPages;
}

/** Makes the pages. */
export function createInteractions(options: InteractionsOptions): Interactions {
  const { seam, signInDesk, directory, clock, keys, issuer, log, ownClientId: clientId } = options;
  const pages = createPages(options);
  const { routes, middleware } = createRoutes({ pages, seam, keys, issuer, log });

  // The prompts in their order.
  signInRoom(routes, { signInDesk, directory, clock, keys, issuer });
  const guarded = clientId === undefined ? routes : askAfterIdle(routes, { clientId, clock, keys, issuer });
  mountSecurityInfo(guarded, options, createDeviceCookie(options));
  consentRoom(routes);

  // Outside a sign-in.
  const { outside, room } = createResetRoom(pages, options);
  forgotRoom(routes, outside, room);
  const ownPages = mountOwnPages(pages, options);

  return {
    middleware: (ctx, next) =>
      pages.stylesheet(ctx, () => ownPages(ctx, () => outside.middleware(ctx, () => middleware(ctx, next)))),
    protocolPages: {
      ...createDevicePages(pages),
      ...createSignOutPages(pages),
      renderError: (ctx, out, error) => showProtocolError(pages, log, ctx, out, error),
      notFound: (ctx) => showNotFound(pages, ctx),
    },
  };
}

/** The address of the user's own page, and the page without a sign-in under it; where there are none, nothing. */
function mountOwnPages(
  pages: Pages,
  { keys, issuer, log, ownClientId: clientId, undoDesk }: InteractionsOptions,
): Middleware {
  if (clientId === undefined && undoDesk === undefined) return (_, next) => next();
  const prefix = ownPagePath;
  const own = createOutsideRoutes({ pages, keys, issuer, log, prefix, cookie: 'own_pages', place: null });
  if (clientId !== undefined) ownPageRoutes(own, { issuer, clientId });
  if (undoDesk !== undefined) undoRoutes(own, undoDesk);
  return own.middleware;
}

/** What the security-info pages alone are made with. */
export type SecurityInfoPagesOptions = Omit<
  InteractionsOptions,
  'signInDesk' | 'resetDesk' | 'robotChallenge' | 'ownClientId' | 'undoDesk'
>;

/** What the reset pages alone are made with. */
export type ResetPagesOptions = Pick<
  InteractionsOptions,
  'resetDesk' | 'robotChallenge' | 'clock' | 'keys' | 'issuer' | 'log' | keyof PageOptions
>;

/**
 * The reset pages for a host with sign-in pages of its own: answers `/reset` and below it, and the stylesheet; passes
 * everything else on. Its sign-in page links there.
 */
export function createResetPages(options: ResetPagesOptions): Middleware {
  const pages = createPages(options);
  const { outside } = createResetRoom(pages, options);
  return (ctx, next) => pages.stylesheet(ctx, () => outside.middleware(ctx, next));
}

function createResetRoom(
  pages: Pages,
  { keys, issuer, clock, log, resetDesk, robotChallenge }: ResetPagesOptions,
): { readonly outside: OutsideRoutes; readonly room: ResetRoom } {
  const outside = createOutsideRoutes({ pages, keys, issuer, log, prefix: resetPath, cookie: 'reset' });
  const deviceCookie = createDeviceCookie({ keys, issuer, clock });
  const room: ResetRoom = { resetDesk, clock, deviceCookie, robotChallenge: robotChallenge ?? null };
  resetRoom(outside, room);
  return { outside, room };
}

/** The pages of security info, within a sign-in or a host's own. */
const ownPath = /^\/interaction\/[^/]+\/security-info(\/|$)/;

/**
 * The security-info pages for a provider that has sign-in and consent pages of its own: answers
 * `/interaction/<uid>/security-info` with all below it, and the stylesheet; passes everything else on.
 */
export function createSecurityInfoPages(options: SecurityInfoPagesOptions): Middleware {
  const { seam, keys, issuer, log } = options;
  const pages = createPages(options);
  // What is not at security_info is at the host's own page of the interaction.
  const roomOfPrompt = { login: '', security_info: '/security-info', consent: '' };
  const { routes, middleware } = createRoutes({ pages, seam, keys, issuer, log, roomOfPrompt });
  mountSecurityInfo(routes, options, null);
  return (ctx, next) =>
    pages.stylesheet(ctx, () => (ownPath.test(ctx.path) ? middleware(ctx, next) : next()));
}

function mountSecurityInfo(
  routes: Routes,
  options: Pick<InteractionsOptions, 'desk' | 'ownDesk' | 'directory' | 'clock' | 'issuer'>,
  deviceCookie: OwnRoom['deviceCookie'],
): void {
  const { desk, ownDesk, directory, clock } = options;
  const doneCookie = createDoneCookie(options);
  const room: OwnRoom = {
    desk,
    ownDesk,
    clock,
    doneCookie,
    deviceCookie,
    visitOf: (step) => visitOf(step, { directory }),
    adminProofAt: (visit) => ownDesk.adminProofAt(visit),
    takeDone: (step) => doneCookie.take(step),
  };
  registerRoom(routes, room);
  reconfirmRoom(routes, room);
  manageRoom(routes, room);
  ownRoom(routes, room);
}
