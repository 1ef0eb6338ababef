/** `account unlock`: opens the counters that wrong passwords and wrong codes have closed. */
import type { Command } from '../command.ts';
import { accountArgument, findAccount } from '../find-account.ts';
import { onAccount } from '../people-desk.ts';

/** The command. */
export const accountUnlock: Command = {
  name: 'account unlock',
  summary: 'Let an account try again at once, after too many wrong passwords or codes.',
  argument: accountArgument,
  options: {},
  note: 'It opens nothing by itself: password and codes are asked for as before. A disabled account stays disabled.',
  read: ({ positionals }) => ({
    on: 'deployment',
    run: async (deployment) => {
      const account = await findAccount(deployment.directory, positionals[0] ?? '');
      await onAccount(deployment, account, (people, errand) => people.unlock(errand));
      return {
        json: { accountId: account.id, loginName: account.loginName },
        text: `Account ${account.loginName} is unlocked: passwords and codes are accepted again.`,
      };
    },
  }),
};
