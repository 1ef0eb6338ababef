/** `account new-password`: a password for one use; what was signed in with the old one has ended. */
import { changeCredentials } from '../../security-info/transitions/change-credentials.ts';
import { accountEvent } from '../admin-event.ts';
import type { Command } from '../command.ts';
import { accountArgument, findAccount, oneTimePasswordNote } from '../find-account.ts';
import { generateOneTimePassword } from '../one-time-password.ts';

/** The command. */
export const accountNewPassword: Command = {
  name: 'account new-password',
  summary: 'Give an account a new password, for one use, and end its sessions and tokens.',
  argument: accountArgument,
  options: {},
  note: oneTimePasswordNote,
  read: ({ positionals }) => ({
    on: 'deployment',
    run: async ({ directory, ports: { clock, records, keys } }) => {
      const account = await findAccount(directory, positionals[0] ?? '');
      const password = generateOneTimePassword();
      // Before: from here on nothing older passes, even if this process ends with the password written.
      await records.change(account.id, changeCredentials(clock.now(), []));
      await directory.setPassword(account.id, password, { mustChange: true });
      // And after: somebody may have signed in with the old password in between.
      const now = clock.now();
      const event = accountEvent('password_set_by_admin', now, account, keys);
      await records.change(account.id, changeCredentials(now, [event]));
      await records.drainEvents(account.id, 1);
      return {
        json: { accountId: account.id, loginName: account.loginName, oneTimePassword: password },
        text: `Account ${account.loginName} has a new password; its sessions and tokens have ended.\nPassword, for one use: ${password}`,
      };
    },
  }),
};
