/** `client add`: registers a relying app. */
import { randomBytes, randomUUID } from 'node:crypto';
import { type AdminScope, adminScopeNames, isAdminScope } from '../../admin/scopes.ts';
import { readName } from '../account-description.ts';
import { adminEvent } from '../admin-event.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../failures.ts';
import { checkRedirectUri } from '../redirect-uri.ts';

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** The command. */
export const clientAdd: Command = {
  name: 'client add',
  summary: 'Register a relying app, and print its client id and secret.',
  argument: null,
  options: {
    name: { value: 'name', doc: 'What people see that they sign in to.' },
    'redirect-uri': { value: 'uri', isRepeatable: true, doc: 'Where the app takes people back.' },
    'post-logout-redirect-uri': {
      value: 'uri',
      isRepeatable: true,
      doc: 'Where people may be sent after signing out.',
    },
    public: { doc: 'It cannot keep a secret (a single-page or installed app): PKCE alone.' },
    native: {
      doc: 'It is installed on a device: its redirect URI may be on that device, at any port, or a scheme of its own.',
    },
    device: { doc: 'It has no browser of its own and signs in with the device flow (RFC 8628).' },
    machine: { doc: 'It is a program that acts for itself (client credentials), with --admin-scope.' },
    'admin-scope': {
      value: 'scope',
      isRepeatable: true,
      doc: `What it may ask for at the admin API: ${adminScopeNames.join(', ')}.`,
    },
    'first-party': { doc: "It is this organisation's own: nobody is asked for consent." },
    exempt: { doc: 'Nobody is asked for security info at it.' },
    silent: {
      value: 'strict|grace',
      doc: 'prompt=none when a reconfirmation is due: grace passes for the grace days of the policy, strict does not.',
    },
  },
  note: 'The secret is printed once. A change reaches every node within 5 seconds.',
  read({ values, lists, switches }) {
    const redirectUris = lists['redirect-uri'] ?? [];
    const postLogoutRedirectUris = lists['post-logout-redirect-uri'] ?? [];
    const isNative = switches['native'] === true;
    const isPublic = switches['public'] === true;
    const isMachine = switches['machine'] === true;
    if (redirectUris.length === 0 && !switches['device'] && !isMachine) {
      throw new UsageError(
        '--redirect-uri is missing: where the app takes people back (or --device, or --machine).',
      );
    }
    const adminScopes = readAdminScopes(lists['admin-scope'] ?? []);
    if (isMachine && (isPublic || redirectUris.length > 0 || adminScopes.length === 0)) {
      throw new UsageError(
        '--machine takes --admin-scope, a secret (no --public) and no --redirect-uri: nobody signs in at it.',
      );
    }
    for (const uri of redirectUris) checkRedirectUri('redirect-uri', uri, isNative);
    for (const uri of postLogoutRedirectUris) checkRedirectUri('post-logout-redirect-uri', uri, isNative);
    const silent = readSilent(values['silent'] ?? 'grace');
    const name = values['name'] === undefined ? undefined : readName('--name', values['name']);
    const metadata = {
      ...(name === undefined ? {} : { client_name: name }),
      redirect_uris: [...redirectUris],
      post_logout_redirect_uris: [...postLogoutRedirectUris],
      application_type: isNative ? 'native' : 'web',
      response_types: redirectUris.length > 0 ? ['code'] : [],
      grant_types: [
        ...(redirectUris.length > 0 ? ['authorization_code'] : []),
        ...(isMachine ? ['client_credentials'] : ['refresh_token']),
        ...(switches['device'] ? [deviceGrant] : []),
      ],
      ...(adminScopes.length === 0 ? {} : { admin_scopes: adminScopes }),
      token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic',
      security_info_exempt: switches['exempt'] === true,
      security_info_silent: silent,
      first_party: switches['first-party'] === true,
    };
    return {
      on: 'deployment',
      run: async ({ clients, ports }) => {
        const clientId = randomUUID();
        const clientSecret = isPublic ? null : randomBytes(32).toString('base64url');
        await clients.add({
          ...metadata,
          client_id: clientId,
          ...(clientSecret === null ? {} : { client_secret: clientSecret }),
        });
        // Whom the prompt stops depends on the clients, so they are a part of the policy's history.
        await ports.eventLog.insert([
          adminEvent('policy_changed', ports.clock.now(), { clientId, reason: 'client_added' }),
        ]);
        const secretLine =
          clientSecret === null ? 'No secret: public client' : `Client secret: ${clientSecret}`;
        return { json: { clientId, clientSecret }, text: `Client id:     ${clientId}\n${secretLine}` };
      },
    };
  },
};

function readAdminScopes(given: readonly string[]): readonly AdminScope[] {
  return given.map((scope) => {
    if (isAdminScope(scope)) return scope;
    throw new UsageError(`--admin-scope takes one of ${adminScopeNames.join(', ')}.`);
  });
}

function readSilent(value: string): 'strict' | 'grace' {
  if (value === 'strict' || value === 'grace') return value;
  throw new UsageError('--silent takes strict or grace.');
}
