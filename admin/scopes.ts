/** The scopes of the admin API, and what each permits. */

/** Every scope by what it permits. */
export const adminScopes = {
  'policy:read': 'Read policies and campaigns, and see what a policy would do.',
  'policy:write': 'Change policies, campaigns and who is excluded.',
  'methods:read': 'Find people and read their methods, numbers and addresses included.',
  'methods:write': "Change people's methods, issue access passes, import, lift lock-outs.",
  'reports:read': 'Read reports, job runs and messages that could not be delivered.',
  'audit:read': 'Read the audit log.',
} as const;

/** A scope of the admin API. */
export type AdminScope = keyof typeof adminScopes;

const names = new Set<string>(Object.keys(adminScopes));

/** True for the name of a scope of the admin API. */
export function isAdminScope(name: string): name is AdminScope {
  return names.has(name);
}

/** Every scope, in the order of the docs. */
export const adminScopeNames: readonly AdminScope[] = Object.keys(adminScopes).filter(isAdminScope);

/** Where the API is, under the issuer; with the issuer before it, the resource that tokens are for (RFC 8707). */
export const adminApiPath = '/admin/api/v1';
