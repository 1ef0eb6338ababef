/** `client remove`: a relying app that nobody signs in to any more. */
import { adminEvent } from '../admin-event.ts';
import type { Command } from '../command.ts';
import { CommandFailed } from '../failures.ts';

/** The command. */
export const clientRemove: Command = {
  name: 'client remove',
  summary: 'Remove a relying app: nobody can sign in to it any more.',
  argument: {
    name: 'client id',
    doc: 'The id, as client list shows it.',
    isRequired: true,
    isRepeatable: false,
  },
  options: {},
  note: null,
  read: ({ positionals }) => ({
    on: 'deployment',
    run: async ({ clients, ports }) => {
      const clientId = positionals[0] ?? '';
      if (!(await clients.remove(clientId))) {
        throw new CommandFailed(
          'client_not_found',
          `There is no client '${clientId}'. 'oidc-security-info client list' shows all.`,
        );
      }
      await ports.eventLog.insert([
        adminEvent('policy_changed', ports.clock.now(), { clientId, reason: 'client_removed' }),
      ]);
      return { json: { clientId }, text: `Client ${clientId} is removed.` };
    },
  }),
};
