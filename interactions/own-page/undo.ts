/**
 * The page on which a change of the methods is undone without signing in: a user name and the code of a notice.
 * Opening it changes nothing, and no address holds a code.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import {
  FormExpired,
  type SecurityInfoError,
  TooManyWrongProofs,
  WrongCode,
} from '../../security-info/errors.ts';
import type { UndoDesk } from '../../security-info/own-desk.ts';
import type { DataKeys } from '../../security-info/ports.ts';
import { deviceOf } from '../shell/device.ts';
import { readForm } from '../shell/form.ts';
import { checkPostOrigin, formTokenField } from '../shell/form-token.ts';
import type { Pages } from '../shell/pages.ts';
import { type BrowserCookie, createBrowserCookie } from './browser-cookie.ts';
import { ownPagePath } from './own-page.ts';
import type { PlainRoutes } from './plain-routes.ts';

/** Where the page is. */
export const undoPath = `${ownPagePath}/undo`;

/** What the page is made with. */
export interface UndoOptions {
  readonly pages: Pages;
  readonly undoDesk: UndoDesk;
  readonly keys: Pick<DataKeys, 'hash'>;
  readonly issuer: string;
}

/** All that the page shows. The code is never repeated. */
export interface UndoPage {
  readonly path: string;
  readonly loginName: string;
  readonly problem: Pick<SecurityInfoError, 'code' | 'values'> | null;
}

const longestName = 256;
const cookieSeconds = 3_600;

/** Adds the page. */
export function undoRoutes(routes: PlainRoutes, options: UndoOptions): void {
  const cookie = createBrowserCookie({ name: 'undo', issuer: options.issuer, seconds: cookieSeconds });
  routes.get(undoPath, (ctx) => showForm(ctx, options, cookie, null));
  routes.post(undoPath, (ctx) => undo(ctx, options, cookie));
}

async function undo(ctx: Context, options: UndoOptions, cookie: BrowserCookie): Promise<void> {
  checkPostOrigin(ctx, options.issuer);
  const form = await readForm(ctx);
  checkToken(options.keys, cookie.read(ctx), form[formTokenField]);
  const loginName = (form['loginName'] ?? '').slice(0, longestName);
  const asker = {
    callerAddress: ctx.ip,
    clientId: null,
    locale: options.pages.words(ctx).language,
    device: deviceOf(ctx.get('User-Agent')),
  };
  try {
    await options.undoDesk.undo({ loginName, code: form['code'] ?? '' }, asker);
  } catch (error) {
    if (!(error instanceof WrongCode || error instanceof TooManyWrongProofs)) throw error;
    return showForm(ctx, options, cookie, { loginName, refusal: error });
  }
  await options.pages.show(ctx, 'own-page/undone', { way: ownPagePath });
}

async function showForm(
  ctx: Context,
  { pages, keys }: UndoOptions,
  cookie: BrowserCookie,
  refused: { readonly loginName: string; readonly refusal: SecurityInfoError } | null,
): Promise<void> {
  const page: UndoPage = {
    path: undoPath,
    loginName: refused?.loginName ?? '',
    problem: refused === null ? null : { code: refused.refusal.code, values: refused.refusal.values },
  };
  await pages.show(ctx, 'own-page/undo', page, {
    token: tokenOf(keys, cookie.read(ctx) ?? cookie.renew(ctx)),
    ...(refused === null ? {} : { status: refused.refusal.status }),
  });
}

function tokenOf(keys: Pick<DataKeys, 'hash'>, cookie: string): string {
  return keys.hash(cookie, 'undo-form-token');
}

/** A form of another browser, or of another site, has another token or none. */
function checkToken(keys: Pick<DataKeys, 'hash'>, cookie: string | null, given: string | undefined): void {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (cookie === null || !timingSafeEqual(digest(given ?? ''), digest(tokenOf(keys, cookie))))
    throw new FormExpired();
}
