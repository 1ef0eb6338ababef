/** Routes of pages outside a sign-in: a random cookie names the browser's flow and binds its forms. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Translator } from '../../locales/translator.ts';
import { FormExpired } from '../../security-info/errors.ts';
import { answerPages } from './answer-pages.ts';
import { createBrowserCookie } from './browser-cookie.ts';
import type { PageOptions } from './contract.ts';
import type { ErrorLog, Place } from './error-pages.ts';
import { readFileForm } from './file-form.ts';
import { type FormBounds, readForm } from './form.ts';
import { checkFormToken, checkPostOrigin, formTokenField, formTokenOf } from './form-token.ts';
import type { Pages } from './pages.ts';

/** What the routes are made with. */
export interface OutsideRoutesOptions extends Pick<PageOptions, 'issuer' | 'keys'> {
  readonly pages: Pages;
  readonly log: ErrorLog;
  /** The path that all of them are under, without a slash at its end. */
  readonly prefix: string;
  /** The name of the cookie, without a prefix. */
  readonly cookie: string;
  /** Where a page that went wrong leads on to; the prefix unless told otherwise. */
  readonly place?: Place;
  /** How large a form may be; as everywhere unless told otherwise. */
  readonly formBounds?: FormBounds;
}

/** One request of a page outside a sign-in. */
export interface OutsideStep {
  readonly ctx: Context;
  readonly words: Translator;
  /** Random, of this browser: the key of its flow. Asking for it gives the browser the cookie. */
  readonly browserId: string;
  show(
    view: string,
    page: object,
    options?: { readonly status?: number; readonly script?: 'password-strength' },
  ): Promise<void>;
  /** 303 to a page under the prefix. */
  goTo(path: string): void;
}

/** A posted form: read, bounded, its anti-forgery token checked. */
export interface OutsideFormStep extends OutsideStep {
  readonly form: Readonly<Record<string, string>>;
}

/** A posted form with a file, which is read as it comes in. */
export interface OutsideFileStep extends OutsideFormStep {
  /** Empty where there is none; fails where the upload is cut off, broken or too large. */
  readonly file: AsyncIterable<Uint8Array>;
}

/** Where pages are added. */
export interface OutsideTable {
  get(path: string, handler: (step: OutsideStep) => Promise<void>): void;
  post(path: string, handler: (step: OutsideFormStep) => Promise<void>): void;
  /** A form with a file (multipart/form-data), whose fields, the token among them, stand before the file. */
  postFile(path: string, maximumBytes: number, handler: (step: OutsideFileStep) => Promise<void>): void;
}

/** Routes, the middleware that answers them, and the cookie for who leads into them from elsewhere. */
export interface OutsideRoutes extends OutsideTable {
  /** Answers everything at and under the prefix, and passes the rest on. */
  readonly middleware: Middleware;
  /** The browser's random value, made where it has none. */
  browserIdOf(ctx: Context): string;
}

const lifetimeSeconds = 3_600;

/** Makes the routes. */
export function createOutsideRoutes(options: OutsideRoutesOptions): OutsideRoutes {
  const { pages, keys, issuer, log, prefix, place = prefix } = options;
  const cookie = createBrowserCookie({ name: options.cookie, issuer, seconds: lifetimeSeconds });
  const router = new Router({ prefix });
  const tokenSubject = (browserId: string): string => `${options.cookie}:${browserId}`;

  /** Refuses what is not from a page of ours. @returns what its token is checked against */
  const checkOrigin = (ctx: Context): string => {
    checkPostOrigin(ctx, issuer);
    const browserId = cookie.read(ctx);
    if (browserId === null) throw new FormExpired();
    return tokenSubject(browserId);
  };
  const checked = (subject: string, all: Readonly<Record<string, string>>): Record<string, string> => {
    const { [formTokenField]: token, ...fields } = all;
    checkFormToken(keys, subject, token);
    return Object.assign(Object.create(null), fields);
  };

  const stepOf = (ctx: Context): OutsideStep => {
    let kept: string | undefined;
    const browserId = (): string => {
      kept ??= cookie.keep(ctx);
      return kept;
    };
    return {
      ctx,
      get browserId() {
        return browserId();
      },
      words: pages.words(ctx),
      show: (view, page, { status, script } = {}) =>
        pages.show(ctx, view, page, {
          base: prefix,
          token: formTokenOf(keys, tokenSubject(browserId())),
          ...(status === undefined ? {} : { status }),
          ...(script === undefined ? {} : { script }),
        }),
      goTo: (path) => {
        ctx.status = 303;
        ctx.redirect(`${prefix}${path}`);
      },
    };
  };

  return {
    middleware: answerPages({ router, prefix, placeOf: () => place, pages, issuer, log }),
    browserIdOf: (ctx) => cookie.keep(ctx),
    get: (path, handler) => {
      router.get(path, (ctx) => handler(stepOf(ctx)));
    },
    post: (path, handler) => {
      router.post(path, async (ctx) => {
        const subject = checkOrigin(ctx);
        const form = checked(subject, await readForm(ctx, options.formBounds));
        await handler({ ...stepOf(ctx), form });
      });
    },
    postFile: (path, maximumBytes, handler) => {
      router.post(path, async (ctx) => {
        const subject = checkOrigin(ctx);
        const { fields, file, discard } = await readFileForm(ctx, maximumBytes);
        try {
          await handler({ ...stepOf(ctx), form: checked(subject, fields), file });
        } finally {
          discard();
        }
      });
    },
  };
}
