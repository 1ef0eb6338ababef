/** node-oidc-provider's configuration of this deployment. What its pages look like is interactions' matter. */
import type { AdapterFactory, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { ProtocolPages } from '../interactions/app.ts';
import { languages } from '../locales/translator.ts';
import type { AccountDirectory } from '../security-info/ports.ts';
import { clockToleranceSeconds } from './adapter.ts';
import { adminResourceIndicators, adminScopesProperty, createAdminChecks } from './admin-resource.ts';
import type { DeploymentKeys } from './development-keys.ts';
import { issuesRefreshToken, loadExistingGrant } from './grants.ts';
import { createInteractionPolicy } from './interaction-policy/create-policy.ts';
import type { EvaluationPorts } from './interaction-policy/evaluation.ts';
import { securityInfoPromptName } from './interaction-policy/security-info.ts';
import type { JointReads } from './joint-reads.ts';
import { claimsByScope } from './oidc-account.ts';
import { checkRequestedClaims } from './requested-claims.ts';
import { createFindAccount, isGoodToken } from './revocation.ts';
import { saveNewSession } from './unsaved-session.ts';

/** What a sign-in with name and password is called (`acr`). */
export const passwordAcr = 'urn:oidc-security-info:acr:password';

/** What the configuration is made from. */
export interface OidcOptions {
  readonly adapter: AdapterFactory;
  /** The issuer's origin. */
  readonly issuer: string;
  readonly keys: Pick<DeploymentKeys, 'cookieKeys' | 'signingKeys'>;
  /** The issuer is https: cookies are Secure, and the authorization endpoint takes POST. */
  readonly isHttps: boolean;
  /** Apps on this machine may be told of a sign-out: development only, for it is what SSRF aims at. */
  readonly mayFetchLoopback: boolean;
  readonly directory: Pick<AccountDirectory, 'findById'>;
  readonly joint: JointReads;
  readonly ports: EvaluationPorts;
  /** Asked at each page: pages are made after the provider. */
  readonly pages: () => ProtocolPages;
}

const hour = 3_600;
const day = 24 * hour;
const sessionLifetime = 14 * day;

/** Makes the configuration. */
export function createOidcConfiguration(options: OidcOptions): Configuration {
  const { directory, ports, isHttps } = options;
  return {
    adapter: options.adapter,
    jwks: { keys: options.keys.signingKeys.keys.map((key) => ({ ...key })) },
    acrValues: [passwordAcr],
    claims: claimsByScope,
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    responseTypes: ['code'],
    clockTolerance: clockToleranceSeconds,
    cookies: {
      keys: [...options.keys.cookieKeys],
      names: cookieNames(isHttps),
      long: sessionCookie(isHttps),
      short: { signed: true, httpOnly: true, sameSite: 'lax', secure: isHttps },
    },
    enableHttpPostMethods: isHttps,
    extraClientMetadata: {
      properties: [
        ...['security_info_exempt', 'security_info_silent', 'first_party', 'pkce_optional'],
        adminScopesProperty,
      ],
    },
    features: featuresOf(options),
    findAccount: createFindAccount(directory, options.joint),
    interactions: {
      policy: createInteractionPolicy(
        ports,
        [passwordAcr],
        createAdminChecks(() => ports.clock.now()),
      ),
      // The prompt's name is a hint: it saves reading the Interaction in order to redirect to its page.
      url: (_ctx, { uid, prompt }) => `/interaction/${uid}?at=${prompt.name}`,
    },
    // An admin proves a method for each token of the admin API: none is renewed.
    issueRefreshToken: async (_ctx, client, code) =>
      code.resource === undefined &&
      issuesRefreshToken(client, client.grantTypeAllowed('refresh_token'), code.scopes),
    loadExistingGrant,
    // Confidential clients may go without where their metadata says so, as certification has them do.
    pkce: {
      required: (_ctx, client) => client.clientAuthMethod === 'none' || client['pkce_optional'] !== true,
    },
    renderError: (ctx, out, error) => options.pages().renderError(ctx, out, error),
    discovery: {
      prompt_values_supported: ['none', 'login', 'consent', securityInfoPromptName],
      ui_locales_supported: [...languages],
    },
    ttl: {
      AccessToken: 600,
      ClientCredentials: 600,
      AuthorizationCode: 60,
      DeviceCode: 600,
      IdToken: hour,
      Interaction: hour,
      Session: sessionLifetime,
      Grant: 14 * day,
      RefreshToken: 14 * day,
    },
    ...(options.mayFetchLoopback ? { fetch: fetchAnywhere } : {}),
  };
}

/** The library refuses addresses of this machine by its dispatcher; without it they are reached. */
function fetchAnywhere(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const { dispatcher: _, ...rest }: RequestInit & { dispatcher?: unknown } = init;
  return globalThis.fetch(url, rest);
}

/**
 * `__Host-` where the path is the whole site; the others have paths of their own, which that prefix forbids.
 * @see RFC 6265bis §4.1.3
 */
function cookieNames(isHttps: boolean): { session: string; interaction: string; resume: string } {
  return isHttps
    ? { session: '__Host-session', interaction: '__Secure-interaction', resume: '__Secure-resume' }
    : { session: 'session', interaction: 'interaction', resume: 'resume' };
}

/** A form posted from a relying party's page to the authorization endpoint must find the session. */
function sessionCookie(isHttps: boolean) {
  const sameSite = isHttps ? ('none' as const) : ('lax' as const);
  return { signed: true, httpOnly: true, sameSite, secure: isHttps };
}

function featuresOf({
  directory,
  issuer,
  ports,
  pages,
  isHttps,
}: OidcOptions): NonNullable<Configuration['features']> {
  const clientNameOf = (ctx: KoaContextWithOIDC): string | null =>
    ctx.oidc.client?.clientName ?? ctx.oidc.client?.clientId ?? null;
  return {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true, assertClaimsParameter: checkRequestedClaims },
    backchannelLogout: { enabled: true },
    revocation: { enabled: true },
    clientCredentials: { enabled: true },
    resourceIndicators: adminResourceIndicators(issuer),
    introspection: {
      enabled: true,
      allowedPolicy: async (_ctx, client, token) =>
        (client.clientAuthMethod !== 'none' || token.clientId === client.clientId) &&
        (await isGoodToken(token, directory, ports)),
    },
    deviceFlow: {
      enabled: true,
      userCodeInputSource: async (ctx, form, _out, error) => {
        if (error !== undefined) {
          await saveNewSession(ctx, {
            cookieName: cookieNames(isHttps).session,
            cookie: sessionCookie(isHttps),
            lifetime: sessionLifetime,
          });
        }
        await pages().userCodeInput(ctx, form, error);
      },
      userCodeConfirmSource: (ctx, form, client, _device, userCode) =>
        pages().userCodeConfirm(ctx, form, client, userCode),
      successSource: (ctx) => pages().deviceSuccess(ctx, clientNameOf(ctx)),
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => pages().logout(ctx, form, clientNameOf(ctx)),
      postLogoutSuccessSource: (ctx) => pages().signedOut(ctx, clientNameOf(ctx)),
    },
  };
}
