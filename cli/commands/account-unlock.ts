/** `account unlock`: opens the counters that wrong passwords and wrong codes have closed. */
import { passwordThrottleKeys } from '../../security-info/throttles.ts';
import { unlockProofs } from '../../security-info/transitions/unlock.ts';
import { accountEvent } from '../admin-event.ts';
import type { Command } from '../command.ts';
import { accountArgument, findAccount } from '../find-account.ts';

/** The command. */
export const accountUnlock: Command = {
  name: 'account unlock',
  summary: 'Let an account try again at once, after too many wrong passwords or codes.',
  argument: accountArgument,
  options: {},
  note: 'It opens nothing by itself: password and codes are asked for as before. A disabled account stays disabled.',
  read: ({ positionals }) => ({
    on: 'deployment',
    run: async ({ directory, ports: { clock, records, throttles, keys } }) => {
      const account = await findAccount(directory, positionals[0] ?? '');
      await directory.unlock(account.id);
      for (const key of passwordThrottleKeys(account.loginName)) await throttles.reset(key);
      await records.change(
        account.id,
        unlockProofs(accountEvent('account_unlocked', clock.now(), account, keys)),
      );
      await records.drainEvents(account.id, 1);
      return {
        json: { accountId: account.id, loginName: account.loginName },
        text: `Account ${account.loginName} is unlocked: passwords and codes are accepted again.`,
      };
    },
  }),
};
