/** Grants of first-party apps: given without a page, because the deployment's own app needs nobody's consent. */
import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import { clientExtras } from './interaction-policy/evaluation.ts';

/**
 * node-oidc-provider's loadExistingGrant: the grant of this session and client; for a first-party app one that covers
 * what it asks for.
 */
export async function loadExistingGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { client, session, provider, result } = ctx.oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const found = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const isTheirs = found?.accountId === session.accountId && found.clientId === client.clientId;
  const grant = isTheirs ? found : undefined;
  if (!clientExtras.parse(client).first_party) return grant;
  return coverRequest(
    ctx,
    grant ?? new provider.Grant({ accountId: session.accountId, clientId: client.clientId }),
  );
}

/** Saved only where something was missing. */
async function coverRequest(ctx: KoaContextWithOIDC, grant: Grant): Promise<Grant> {
  const wanted = [...ctx.oidc.requestParamOIDCScopes];
  const has = new Set(grant.getOIDCScopeEncountered().split(' '));
  const claims = [...ctx.oidc.requestParamClaims];
  const hasClaims = new Set(grant.getOIDCClaimsEncountered());
  const missingScopes = wanted.filter((scope) => !has.has(scope));
  const missingClaims = claims.filter((claim) => !hasClaims.has(claim));
  const missingOfResources = Object.entries(ctx.oidc.resourceServers ?? {}).flatMap(
    ([resource, { scopes }]) => {
      const given = new Set(grant.getResourceScopeEncountered(resource).split(' '));
      const lacking = [...ctx.oidc.requestParamScopes].filter(
        (scope) => scopes.has(scope) && !given.has(scope),
      );
      return lacking.length === 0 ? [] : [{ resource, scope: lacking.join(' ') }];
    },
  );
  const missing = missingScopes.length + missingClaims.length + missingOfResources.length;
  if (missing === 0) return grant;
  for (const { resource, scope } of missingOfResources) grant.addResourceScope(resource, scope);
  if (missingScopes.length > 0) grant.addOIDCScope(missingScopes.join(' '));
  if (missingClaims.length > 0) grant.addOIDCClaims(missingClaims);
  await grant.save();
  return grant;
}

/**
 * Whether a refresh token is issued: for `offline_access`, which takes consent, and to first-party apps that may use
 * the grant type. @see OpenID Connect Core 1.0 §11
 */
export function issuesRefreshToken(
  client: unknown,
  mayRefresh: boolean,
  scopes: ReadonlySet<string>,
): boolean {
  return mayRefresh && (scopes.has('offline_access') || clientExtras.parse(client).first_party);
}
