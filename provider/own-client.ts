/**
 * The client of this deployment's own page of security info: built in, public, stored nowhere. Nobody redeems what it
 * gets, so it needs no secret; its id can be given to no other app.
 */
import {
  type ClientMetadata,
  type ClientStore,
  clientMetadataSchema,
  ownClientId,
} from '../models/client.ts';

/** Where the provider sends browsers back to, under the issuer. */
export const ownRedirectPath = '/security-info/done';

/**
 * The clients with the built-in one among them.
 * @param name what pages call it: the service's own name
 */
export function withOwnClient(
  clients: Pick<ClientStore, 'find'>,
  { issuer, name }: { readonly issuer: string; readonly name: string },
): Pick<ClientStore, 'find'> {
  const own: ClientMetadata = clientMetadataSchema.parse({
    client_id: ownClientId,
    client_name: name,
    redirect_uris: [new URL(ownRedirectPath, issuer).href],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'none',
    first_party: true,
  });
  return {
    find: async (clientId) => (clientId === ownClientId ? structuredClone(own) : clients.find(clientId)),
  };
}
