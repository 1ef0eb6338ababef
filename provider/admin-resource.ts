/**
 * The admin API as a resource of this provider: which client may ask for which of its scopes, and who may be given a
 * token for it. What the scopes permit is the admin room's.
 */
import { errors, interactionPolicy, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import { z } from 'zod';
import { type AdminScope, adminApiPath, isAdminScope } from '../admin/scopes.ts';
import { hostAccountOf } from './oidc-account.ts';

/** How long a token for the API is good, in seconds. */
export const adminTokenSeconds = 600;
/** How old the proof of a method may be with which an admin enters, in seconds. */
export const adminProofSeconds = 900;

/** The name of the client metadata that lists the scopes that a client may ask for. */
export const adminScopesProperty = 'admin_scopes';

const clientScopes = z.object({ [adminScopesProperty]: z.array(z.string()).default([]) });

/** The resource's identifier, which is the audience of its tokens. @see RFC 8707 §2 */
export function adminResourceOf(issuer: string): string {
  return new URL(adminApiPath, issuer).href;
}

/** The scopes that a client may ask for. */
export function adminScopesOf(client: unknown): readonly AdminScope[] {
  return clientScopes.parse(client)[adminScopesProperty].filter(isAdminScope);
}

/** node-oidc-provider's `resourceIndicators`. Tokens are opaque: each use is judged here, so revoking one holds at once. */
export function adminResourceIndicators(issuer: string) {
  const resource = adminResourceOf(issuer);
  return {
    enabled: true,
    defaultResource: () => undefined,
    useGrantedResource: () => true,
    getResourceServerInfo: (_ctx: unknown, wanted: string, client: unknown): ResourceServer => {
      const scopes = adminScopesOf(client);
      if (wanted !== resource || scopes.length === 0) throw new errors.InvalidTarget();
      return {
        scope: scopes.join(' '),
        audience: resource,
        accessTokenTTL: adminTokenSeconds,
        accessTokenFormat: 'opaque',
      };
    },
  };
}

/** Whether the request is for a token for the API. */
export function asksForAdminResource({ oidc }: KoaContextWithOIDC): boolean {
  return Object.keys(oidc.resourceServers ?? {}).length > 0;
}

const proved = z.object({ security_info: z.object({ adminProofAt: z.number() }) });

/**
 * The checks of `security_info` for the API: its user must be an admin, and prove a method in this very interaction.
 * A password alone, or a session that is open, gives no token.
 */
export function createAdminChecks(now: () => Date): readonly interactionPolicy.Check[] {
  return [
    new interactionPolicy.Check('not_admin', 'the End-User is no admin', (ctx) => {
      if (!asksForAdminResource(ctx) || ctx.oidc.session?.accountId === undefined) return false;
      const account = hostAccountOf(ctx.oidc.account);
      if (account !== undefined && !account.isAdmin)
        throw new errors.AccessDenied('the End-User is no admin');
      return false;
    }),
    new interactionPolicy.Check(
      'admin_proof_required',
      'the End-User has to prove a method to act as an admin',
      'interaction_required',
      (ctx) => {
        if (!asksForAdminResource(ctx) || ctx.oidc.session?.accountId === undefined) return false;
        const result = proved.safeParse(ctx.oidc.result);
        if (!result.success) return true;
        return now().getTime() / 1000 - result.data.security_info.adminProofAt > adminProofSeconds;
      },
    ),
  ];
}
