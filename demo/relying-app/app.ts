/**
 * The demo relying app: signs people in at the provider and shows what it learned. It is any app of a customer's;
 * it knows nothing of security info but the prompt's name.
 */
import Router from '@koa/router';
import type Koa from 'koa';
import type { Context } from 'koa';
import * as openid from 'openid-client';
import { z } from 'zod';
import type { Clock } from '../../security-info/ports.ts';
import type { SiteOptions } from '../site.ts';
import { createSite } from '../site.ts';
import { claimRows, nameOf, plainRows } from './claims.ts';
import type { ClientKind, ClientRegistration, Outcome } from './client.ts';
import { createClients, outcomeOf, outcomes, scopeFor } from './client.ts';
import { signedCookie } from './signed-cookie.ts';
import { createTvSignIns } from './tv.ts';

/** What the demo app is told. */
export interface RelyingAppOptions extends Omit<SiteOptions, 'nameKey' | 'formOrigins'> {
  readonly issuer: string;
  readonly clients: Readonly<Record<ClientKind, ClientRegistration>>;
  /** Signs the app's cookies. */
  readonly cookieKey: string;
  /** The development mailbox, or null where mail really goes out. */
  readonly mailboxUrl: string | null;
  readonly clock: Clock;
}

/** The demo app, to be listened with. */
export interface RelyingApp {
  readonly app: Koa;
  close(): void;
}

/** The ways to ask for a sign-in; each is a form on the app's page. */
const signInSchema = z.object({
  prompt: z.enum(['login', 'none', 'security_info']).optional(),
  client: z.enum(['own', 'third_party']).default('own'),
  /** Seconds since the password was entered, at most. */
  max_age: z.coerce.number().int().min(0).max(86_400).optional(),
});
const flowSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  client: z.enum(['own', 'third_party']),
  prompt: z.enum(['login', 'none', 'security_info']).nullable(),
  maxAge: z.number().nullable(),
});
const sessionSchema = z.object({
  client: z.enum(['own', 'third_party']),
  idToken: z.string(),
  userinfo: z.record(z.string(), z.unknown()),
});

/** A browser keeps about this much in one cookie. */
const maximumSessionLength = 2800;

/** Where the provider sends people back to. */
export const callbackPath = '/callback';
/** Where the provider sends people after the sign-out. */
export const signedOutPath = '/signed-out';

/** Makes the demo app; the provider is looked up when somebody signs in. */
export function createRelyingApp(options: RelyingAppOptions): RelyingApp {
  const site = createSite({ ...options, nameKey: 'demo.app.name', formOrigins: [options.issuer] });
  const clients = createClients(options.issuer, options.clients);
  const tvs = createTvSignIns(clients, options.clock);
  const session = signedCookie('demo_app_session', options.cookieKey, sessionSchema, null);
  const flow = signedCookie('demo_app_flow', options.cookieKey, flowSchema, 3600);
  const tv = signedCookie('demo_app_tv', options.cookieKey, z.object({ id: z.string() }), 3600);
  const router = new Router();
  const back = (ctx: Context, outcome: Outcome): void => {
    ctx.status = 303;
    ctx.redirect(`/?outcome=${outcome}`);
  };

  router.get('/', async (ctx) => {
    const translator = site.translator(ctx);
    const current = session.read(ctx);
    await site.show(ctx, 'app', {
      outcome: outcomes.find((outcome) => outcome === ctx.query['outcome']) ?? null,
      mailboxUrl: options.mailboxUrl,
      issuer: options.issuer,
      user: current
        ? {
            name: nameOf(current.idToken, current.userinfo),
            isThirdParty: current.client === 'third_party',
            claims: claimRows(current.idToken, translator),
            userinfo: plainRows(current.userinfo, translator),
          }
        : null,
    });
  });

  router.get('/sign-in', async (ctx) => {
    const asked = signInSchema.safeParse(ctx.query);
    if (!asked.success) return back(ctx, 'refused');
    const { client, prompt, max_age: maxAge } = asked.data;
    const begun = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      verifier: openid.randomPKCECodeVerifier(),
      client,
      prompt: prompt ?? null,
      maxAge: maxAge ?? null,
    };
    try {
      const configuration = await clients.configuration(client);
      const url = openid.buildAuthorizationUrl(configuration, {
        redirect_uri: `${options.origin}${callbackPath}`,
        scope: scopeFor(configuration),
        state: begun.state,
        nonce: begun.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(begun.verifier),
        code_challenge_method: 'S256',
        ui_locales: site.translator(ctx).language,
        ...(prompt ? { prompt } : {}),
        ...(maxAge === undefined ? {} : { max_age: String(maxAge) }),
      });
      flow.write(ctx, begun);
      ctx.status = 303;
      ctx.redirect(url.href);
    } catch (error) {
      back(ctx, outcomeOf(error));
    }
  });

  router.get(callbackPath, async (ctx) => {
    const begun = flow.read(ctx);
    flow.clear(ctx);
    if (!begun) return back(ctx, 'flow_lost');
    try {
      const configuration = await clients.configuration(begun.client);
      const tokens = await openid.authorizationCodeGrant(
        configuration,
        new URL(ctx.originalUrl, options.origin),
        {
          pkceCodeVerifier: begun.verifier,
          expectedState: begun.state,
          expectedNonce: begun.nonce,
          idTokenExpected: true,
          // Then auth_time is checked, too (OpenID Connect Core 1.0 §3.1.3.7, 13).
          ...(begun.maxAge === null ? {} : { maxAge: begun.maxAge }),
        },
      );
      const claims = tokens.claims();
      if (!claims || !tokens.id_token) return back(ctx, 'refused');
      const userinfo = await openid.fetchUserInfo(configuration, tokens.access_token, claims.sub);
      const isSmall = JSON.stringify(userinfo).length + tokens.id_token.length < maximumSessionLength;
      session.write(ctx, {
        client: begun.client,
        idToken: tokens.id_token,
        userinfo: isSmall ? userinfo : {},
      });
      const silently = begun.prompt === 'none' ? 'signed_in_silently' : 'signed_in';
      back(ctx, begun.prompt === 'security_info' ? 'managed' : silently);
    } catch (error) {
      back(ctx, outcomeOf(error));
    }
  });

  router.post('/sign-out', async (ctx) => {
    const current = session.read(ctx);
    session.clear(ctx);
    if (!current) return back(ctx, 'signed_out');
    try {
      const configuration = await clients.configuration(current.client);
      const url = openid.buildEndSessionUrl(configuration, {
        id_token_hint: current.idToken,
        post_logout_redirect_uri: `${options.origin}${signedOutPath}`,
        ui_locales: site.translator(ctx).language,
      });
      ctx.status = 303;
      ctx.redirect(url.href);
    } catch (error) {
      back(ctx, outcomeOf(error));
    }
  });

  router.get(signedOutPath, (ctx) => {
    session.clear(ctx);
    back(ctx, 'signed_out');
  });

  router.get('/tv', async (ctx) => {
    const current = tvs.find(tv.read(ctx)?.id ?? '') ?? null;
    const translator = site.translator(ctx);
    await site.show(ctx, 'tv', {
      tv: current,
      claims: current?.state === 'signed_in' ? claimRows(current.idToken, translator) : [],
      name: current?.state === 'signed_in' ? nameOf(current.idToken, current.userinfo) : '',
      refreshSeconds: current?.state === 'waiting' ? 5 : null,
    });
  });

  router.post('/tv', async (ctx) => {
    try {
      tv.write(ctx, { id: await tvs.begin() });
      ctx.status = 303;
      ctx.redirect('/tv');
    } catch (error) {
      back(ctx, outcomeOf(error));
    }
  });

  site.app.use(router.routes());
  return { app: site.app, close: () => tvs.close() };
}
