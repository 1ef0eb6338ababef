/**
 * Shows views (koa-views, ejs) in the person's language with the headers of every page, and serves the stylesheet.
 * Which page is shown when is the rooms'.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ejs from 'ejs';
import type { Context, Middleware } from 'koa';
import views from 'koa-views';
import type { Translator } from '../../locales/translator.ts';
import { parseAcceptLanguage } from '../../locales/translator.ts';
import type { PageOptions } from './contract.ts';
import { setSafeHeaders } from './safe-headers.ts';

/** The scripts that a page may run. */
const scriptNames = ['password-strength'] as const;
/** A script that a page may run. */
export type ScriptName = (typeof scriptNames)[number];

/** How a page is answered with. */
export interface ShowOptions {
  /** HTTP status, 200 where absent. */
  readonly status?: number;
  /** The anti-forgery token for `layout/form-token`; the shell hands it to the rooms' pages. */
  readonly token?: string;
  /** The path that the pages of this sign-in live under. */
  readonly base?: string;
  /** A script of `public/` that the page may run, by its name; none unless told otherwise. */
  readonly script?: ScriptName;
  /** Whose page it is, once somebody has signed in. */
  readonly accountId?: string | null;
}

/** What a view knows apart from `page`. A view gets `page`, `t`, `words` and `shell`, nothing else. */
export interface ShellLocals {
  readonly serviceName: string;
  readonly helpdeskUrl: string | null;
  /** The address of the user's own page, or null. */
  readonly ownPageUrl: string | null;
  readonly stylesheetPath: string;
  /** The page's script, or null. */
  readonly scriptPath: string | null;
  readonly language: string;
  readonly formToken: string | null;
  /** `/interaction/<uid>`, or null on pages outside a sign-in. */
  readonly base: string | null;
}

/** Shows pages. */
export interface Pages {
  /** Answers with `views/<view>.ejs`, which gets `page` as it is. */
  show(ctx: Context, view: string, page: object, options?: ShowOptions): Promise<void>;
  /**
   * Words in the language of the request: `ui_locales`, then Accept-Language. What is chosen with `uiLocales` stays
   * chosen for the rest of the request.
   * @param uiLocales of the sign-in; those of the request's query where absent
   */
  words(ctx: Context, uiLocales?: readonly string[]): Translator;
  /** Serves the stylesheet and the scripts, hashed, so that they may be kept for ever; passes everything else on. */
  readonly stylesheet: Middleware;
  readonly stylesheetPath: string;
}

/**
 * Makes the pages.
 * @throws {Error} when the stylesheet cannot be read
 */
export function createPages(options: PageOptions): Pages {
  const stylesheet = readAsset(options.publicFolder, 'style', 'css');
  const stylesheetPath = stylesheet.path;
  const scripts = new Map(scriptNames.map((name) => [name, readAsset(options.publicFolder, name, 'js')]));
  const assets = new Map([stylesheet, ...scripts.values()].map((asset) => [asset.path, asset]));
  const chosen = new WeakMap<Context['req'], Translator>();
  const render = views(options.viewsFolder, {
    extension: 'ejs',
    // koa-views would hand the locals to ejs as options as well; here what a page shows cannot become an option.
    engineSource: {
      ejs: (file: string, { page, t, words, shell }: Readonly<Record<string, unknown>>) =>
        ejs.renderFile(file, { page, t, words, shell }, { cache: options.cachesViews ?? true }),
    },
  });

  const words: Pages['words'] = (ctx, uiLocales) => {
    const known = chosen.get(ctx.req);
    if (known && !uiLocales) return known;
    const wishes = [
      ...(uiLocales ?? localesOfQuery(ctx)),
      ...parseAcceptLanguage(ctx.get('Accept-Language')),
    ];
    const translator = options.translators.choose(wishes);
    chosen.set(ctx.req, translator);
    return translator;
  };

  return {
    words,
    stylesheetPath,
    show: async (ctx, view, page, { status = 200, token, base, script, accountId = null } = {}) => {
      const translator = words(ctx);
      const shell: ShellLocals = {
        serviceName: options.serviceName,
        helpdeskUrl: (await options.helpdeskOf?.(accountId)) ?? options.helpdeskUrl,
        ownPageUrl: options.ownPageUrl ?? null,
        stylesheetPath,
        scriptPath: script === undefined ? null : (scripts.get(script)?.path ?? null),
        language: translator.language,
        formToken: token ?? null,
        base: base ?? null,
      };
      setSafeHeaders(ctx, options.issuer, { runsScript: script !== undefined });
      ctx.set('Content-Language', translator.language);
      ctx.vary('Accept-Language');
      await render(ctx, async () => {});
      await ctx.render(view, { page, t: translator.text, words: translator, shell });
      ctx.status = status;
    },
    stylesheet: async (ctx, next) => {
      const asset = assets.get(ctx.path);
      if (asset === undefined || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
      ctx.type = asset.type;
      ctx.set({
        'Cache-Control': 'public, max-age=31536000, immutable',
        'X-Content-Type-Options': 'nosniff',
      });
      ctx.body = asset.body;
    },
  };
}

interface Asset {
  /** With a digest of what it holds. */
  readonly path: string;
  readonly type: 'css' | 'js';
  readonly body: Buffer;
}

function readAsset(folder: string, name: string, type: Asset['type']): Asset {
  const body = readFileSync(join(folder, `${name}.${type}`));
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return { path: `/${name}-${digest}.${type}`, type, body };
}

/** `ui_locales` of an authorization or sign-out request (OpenID Connect Core §3.1.2.1), bounded. */
function localesOfQuery(ctx: Context): string[] {
  const value = ctx.query['ui_locales'];
  return typeof value === 'string' ? value.slice(0, 200).split(' ').filter(Boolean) : [];
}
