/**
 * The clients that the demo app is registered as, and registering them: an app of one's own, somebody else's, and a
 * TV. Their secrets are made once and kept in the client store.
 */
import { randomBytes } from 'node:crypto';
import type { ClientMetadata, ClientStore, NewClientMetadata } from '../models/client.ts';
import { callbackPath, signedOutPath } from './relying-app/app.ts';
import type { ClientKind, ClientRegistration } from './relying-app/client.ts';
import { clientKinds } from './relying-app/client.ts';

type DemoClientMetadata = NewClientMetadata &
  Required<Pick<NewClientMetadata, 'redirect_uris' | 'post_logout_redirect_uris'>>;

function metadataOf(kind: ClientKind, demoUrl: string): DemoClientMetadata {
  const web = {
    redirect_uris: [`${demoUrl}${callbackPath}`],
    post_logout_redirect_uris: [`${demoUrl}${signedOutPath}`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
  switch (kind) {
    case 'own':
      return { ...web, client_id: 'demo-app', client_name: 'Demo app', first_party: true };
    case 'third_party':
      return { ...web, client_id: 'demo-third-party', client_name: 'Somebody else’s demo app' };
    case 'tv':
      return {
        client_id: 'demo-device',
        client_name: 'Demo TV',
        first_party: true,
        redirect_uris: [],
        post_logout_redirect_uris: [],
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
        response_types: [],
        // A TV can keep no secret (RFC 8628 §5.6).
        token_endpoint_auth_method: 'none',
      };
  }
}

function hasAddresses(known: ClientMetadata, wanted: DemoClientMetadata): boolean {
  return (
    String(known.redirect_uris) === String(wanted.redirect_uris) &&
    String(known.post_logout_redirect_uris) === String(wanted.post_logout_redirect_uris)
  );
}

async function seed(
  clients: Pick<ClientStore, 'find' | 'add' | 'remove'>,
  wanted: DemoClientMetadata,
): Promise<ClientRegistration> {
  const clientId = wanted.client_id;
  const known = await clients.find(clientId);
  const isPublic = wanted['token_endpoint_auth_method'] === 'none';
  const clientSecret = isPublic ? null : (known?.client_secret ?? randomBytes(32).toString('base64url'));
  if (known === undefined || !hasAddresses(known, wanted)) {
    if (known !== undefined) await clients.remove(clientId);
    await clients.add({ ...wanted, ...(clientSecret === null ? {} : { client_secret: clientSecret }) });
  }
  return { clientId, clientSecret };
}

/**
 * Registers what is not there yet, and anew what was registered for another address of the demo app.
 * @param demoUrl the demo app's origin
 */
export async function seedDemoClients(
  clients: Pick<ClientStore, 'find' | 'add' | 'remove'>,
  demoUrl: string,
): Promise<Readonly<Record<ClientKind, ClientRegistration>>> {
  const [own, thirdParty, tv] = await Promise.all(
    clientKinds.map((kind) => seed(clients, metadataOf(kind, demoUrl))),
  );
  if (!own || !thirdParty || !tv) throw new Error('a demo client is missing');
  return { own, third_party: thirdParty, tv };
}
