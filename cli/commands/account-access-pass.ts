/** `account access-pass`: lets an account that can prove nothing register anew, once. */
import { longestAccessPassHours } from '../../security-info/admin/people-desk.ts';
import { readWholeNumber } from '../arguments.ts';
import type { Command } from '../command.ts';
import { accountArgument, findAccount } from '../find-account.ts';
import { onAccount } from '../people-desk.ts';

const defaultHours = 24;

/** The command. */
export const accountAccessPass: Command = {
  name: 'account access-pass',
  summary: 'Make an access pass: someone who has lost every method can register anew with it, once.',
  argument: accountArgument,
  options: {
    hours: {
      value: 'n',
      doc: `For how long it is valid: ${defaultHours} hours, or 1 to ${longestAccessPassHours}.`,
    },
  },
  note: "Make sure that it really is the account's owner who asks. It is printed once, takes the place of an earlier pass,\nand the password is still needed beside it. The account's own mailbox is told.",
  read({ positionals, values }) {
    const hours = readWholeNumber(
      'hours',
      values['hours'] ?? String(defaultHours),
      1,
      longestAccessPassHours,
    );
    return {
      on: 'deployment',
      run: async (deployment) => {
        const account = await findAccount(deployment.directory, positionals[0] ?? '');
        const { accessPass, expiresAt } = await onAccount(deployment, account, (people, errand) =>
          people.issueAccessPass(errand, hours),
        );
        return {
          json: { accountId: account.id, loginName: account.loginName, accessPass, expiresAt },
          text: `Access pass for ${account.loginName}, for one use until ${expiresAt.toISOString()}: ${accessPass}`,
        };
      },
    };
  },
};
