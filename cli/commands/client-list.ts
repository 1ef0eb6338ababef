/** `client list`: the relying apps, without their secrets. */
import type { Command } from '../command.ts';
import { textTable } from '../text-table.ts';

/** The command. */
export const clientList: Command = {
  name: 'client list',
  summary: 'List the relying apps.',
  argument: null,
  options: {},
  note: null,
  read: () => ({
    on: 'deployment',
    run: async ({ clients }) => {
      const all = (await clients.list()).map((client) => ({
        clientId: client.client_id,
        name: client.client_name ?? null,
        redirectUris: client.redirect_uris,
        postLogoutRedirectUris: client.post_logout_redirect_uris,
        isPublic: client['token_endpoint_auth_method'] === 'none',
        isFirstParty: client.first_party,
        isExempt: client.security_info_exempt,
        silent: client.security_info_silent,
      }));
      if (all.length === 0) return { json: all, text: 'There are no relying apps.' };
      const rows = all.map(({ clientId, name, redirectUris, isPublic, isFirstParty, isExempt, silent }) => [
        clientId,
        name ?? '',
        [
          ...(isPublic ? ['public'] : []),
          ...(isFirstParty ? ['first-party'] : []),
          ...(isExempt ? ['exempt'] : []),
          ...(silent === 'strict' ? ['strict'] : []),
        ].join(', '),
        redirectUris.join(' '),
      ]);
      return { json: all, text: textTable(['CLIENT ID', 'NAME', 'KIND', 'REDIRECT URIS'], rows) };
    },
  }),
};
