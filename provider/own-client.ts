/**
 * The clients of this deployment's own pages, the user's own and the console: built in, public, stored nowhere. Nobody
 * redeems what they get at the token endpoint, so they need no secret; their ids can be given to no other app.
 */
import { adminScopeNames } from '../admin/scopes.ts';
import {
  type ClientMetadata,
  type ClientStore,
  clientMetadataSchema,
  consoleClientId,
  ownClientId,
} from '../models/client.ts';
import { adminScopesProperty } from './admin-resource.ts';

/** Where the provider sends browsers back to, under the issuer. */
export const ownRedirectPath = '/security-info/done';
/** The same for the console. */
export const consoleRedirectPath = '/admin/signed-in';

/**
 * The clients with the built-in one among them.
 * @param name what pages call it: the service's own name
 */
export function withOwnClient(
  clients: Pick<ClientStore, 'find'>,
  { issuer, name }: { readonly issuer: string; readonly name: string },
): Pick<ClientStore, 'find'> {
  const builtIn = (id: string, path: string, scopes: readonly string[] = []): [string, ClientMetadata] => [
    id,
    clientMetadataSchema.parse({
      client_id: id,
      client_name: name,
      redirect_uris: [new URL(path, issuer).href],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'none',
      first_party: true,
      [adminScopesProperty]: scopes,
    }),
  ];
  const own = new Map([
    builtIn(ownClientId, ownRedirectPath),
    builtIn(consoleClientId, consoleRedirectPath, adminScopeNames),
  ]);
  return {
    find: async (clientId) => {
      const client = own.get(clientId);
      return client === undefined ? clients.find(clientId) : structuredClone(client);
    },
  };
}
