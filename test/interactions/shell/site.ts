/** The shell's pages over real HTTP with a provider that is not there: for the tests of shell and sign-in. */
import { fileURLToPath } from 'node:url';
import Koa from 'koa';
import { onTestFinished } from 'vitest';
import { listen } from '../../../demo/listen.ts';
import type { Interaction, Routes, StepResult } from '../../../interactions/shell/contract.ts';
import { formTokenOf } from '../../../interactions/shell/form-token.ts';
import { createPages } from '../../../interactions/shell/pages.ts';
import { showProtocolError } from '../../../interactions/shell/protocol-error.ts';
import { createRoutes } from '../../../interactions/shell/routes.ts';
import { loadTranslators } from '../../../locales/translator.ts';
import { createDataKeys, generateKeyMaterial } from '../../../models/field-encryption.ts';
import { InteractionGone } from '../../../security-info/errors.ts';

const folderOf = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const { dataKey, hashKey } = generateKeyMaterial(new Date(0));
export const keys = createDataKeys({
  keys: [{ id: dataKey.id, key: Buffer.from(dataKey.key, 'base64') }],
  hashKey: Buffer.from(hashKey, 'base64'),
});
const translators = loadTranslators(folderOf('locales'));

/** A sign-in at the prompt `login`, nobody signed in. */
export const signIn: Interaction = {
  uid: 'uid-1',
  signedInAt: new Date(),
  cid: 'cid-1',
  prompt: 'login',
  reasons: ['no_session'],
  accountId: null,
  client: {
    clientId: 'app',
    name: 'An App',
    isFirstParty: true,
    isExempt: false,
    policyUri: null,
    termsUri: null,
  },
  uiLocales: [],
  loginHint: null,
  missingScopes: [],
  missingClaims: [],
};

export interface Site {
  readonly origin: string;
  /** What the provider was told. */
  readonly results: StepResult[];
  /** What the log was told. */
  readonly logged: object[];
  /** Where the provider says that the sign-in is. */
  interaction: Interaction;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Posts fields with the right token. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  postRaw(
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers?: Record<string, string>,
  ): Promise<Response>;
}

/** Opens a site with the rooms that are added. */
export async function openSite(
  addRooms: (routes: Routes) => void,
  issuer = 'http://issuer.test',
): Promise<Site> {
  const pages = createPages({
    viewsFolder: folderOf('views'),
    publicFolder: folderOf('public'),
    translators,
    serviceName: 'Service',
    helpdeskUrl: 'https://help.example/',
    issuer,
    keys,
  });
  const results: StepResult[] = [];
  const logged: object[] = [];
  const log = { error: (details: object) => void logged.push(details) };
  const seam = {
    read: async (ctx: Koa.Context) => {
      if (ctx['params'].uid !== site.interaction.uid) throw new InteractionGone();
      return site.interaction;
    },
    finish: async (_ctx: Koa.Context, result: StepResult) => {
      results.push(result);
      return 'https://app.example/cb';
    },
  };
  const { routes, middleware } = createRoutes({ pages, seam, keys, issuer, log });
  addRooms(routes);
  const app = new Koa();
  app.use(pages.stylesheet);
  app.use(middleware);
  app.use(async (ctx) => {
    ctx.status = Number(ctx.query['status'] ?? 400);
    const named = Object.assign(new Error('hidden'), { name: String(ctx.query['name'] ?? 'Error') });
    const out = { error: String(ctx.query['error']), error_description: String(ctx.query['description']) };
    await showProtocolError(pages, log, ctx, out, named);
  });
  const server = await listen(app.callback(), 0);
  onTestFinished(() => server.close());
  const origin = `http://127.0.0.1:${server.port}`;
  const postRaw: Site['postRaw'] = (path, body, headers = {}) =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      redirect: 'manual',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  const site: Site = {
    origin,
    results,
    logged,
    interaction: signIn,
    get: (path, headers = {}) => fetch(`${origin}${path}`, { redirect: 'manual', headers }),
    postRaw,
    post: (path, fields, headers) => {
      const token = formTokenOf(keys, site.interaction.uid);
      return postRaw(path, new URLSearchParams({ form_token: token, ...fields }).toString(), headers);
    },
  };
  return site;
}
