/** `account disable` and `account enable`: nobody signs in with a disabled account, and its sessions have ended. */
import { changeCredentials } from '../../security-info/transitions/change-credentials.ts';
import { accountEvent } from '../admin-event.ts';
import type { Command } from '../command.ts';
import { accountArgument, findAccount } from '../find-account.ts';

/** The command. */
export const accountDisable: Command = {
  name: 'account disable',
  summary: 'Close an account: nobody signs in with it, and its sessions and tokens have ended.',
  argument: accountArgument,
  options: {},
  note: 'What it has registered stays. To let someone in whom the policy would stop, see excludedAccounts in policy set.',
  read: ({ positionals }) => ({
    on: 'deployment',
    run: async ({ directory, ports }) => {
      const account = await findAccount(directory, positionals[0] ?? '');
      await directory.setDisabled(account.id, true);
      const now = ports.clock.now();
      const event = accountEvent('account_disabled', now, account, ports.keys);
      // The sessions of before must not come to life again when the account is enabled.
      await ports.records.change(account.id, changeCredentials(now, [event]));
      await ports.records.drainEvents(account.id, 1);
      return {
        json: { accountId: account.id, loginName: account.loginName, isDisabled: true },
        text: `Account ${account.loginName} is disabled; its sessions and tokens have ended.`,
      };
    },
  }),
};

/** The command that undoes it. */
export const accountEnable: Command = {
  name: 'account enable',
  summary: 'Open a disabled account again; its password and methods are as they were.',
  argument: accountArgument,
  options: {},
  note: null,
  read: ({ positionals }) => ({
    on: 'deployment',
    run: async ({ directory, ports }) => {
      const account = await findAccount(directory, positionals[0] ?? '');
      await directory.setDisabled(account.id, false);
      await ports.eventLog.insert([accountEvent('account_enabled', ports.clock.now(), account, ports.keys)]);
      return {
        json: { accountId: account.id, loginName: account.loginName, isDisabled: false },
        text: `Account ${account.loginName} is enabled.`,
      };
    },
  }),
};
