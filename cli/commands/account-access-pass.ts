/** `account access-pass`: lets an account that can prove nothing register anew, once. */
import { accessPassHash, generateAccessPass } from '../../security-info/access-pass.ts';
import { issueAccessPass } from '../../security-info/transitions/issue-access-pass.ts';
import { accountEvent } from '../admin-event.ts';
import { readWholeNumber } from '../arguments.ts';
import type { Command } from '../command.ts';
import { CommandFailed } from '../failures.ts';
import { accountArgument, findAccount } from '../find-account.ts';

const hour = 3_600_000;
const defaultHours = 24;
const longestHours = 7 * 24;

/** The command. */
export const accountAccessPass: Command = {
  name: 'account access-pass',
  summary: 'Make an access pass: someone who has lost every method can register anew with it, once.',
  argument: accountArgument,
  options: {
    hours: { value: 'n', doc: `For how long it is valid: ${defaultHours} hours, or 1 to ${longestHours}.` },
  },
  note: "Make sure that it really is the account's owner who asks. It is printed once, takes the place of an earlier pass,\nand the password is still needed beside it. The account's own mailbox is told.",
  read({ positionals, values }) {
    const hours = readWholeNumber('hours', values['hours'] ?? String(defaultHours), 1, longestHours);
    return {
      on: 'deployment',
      run: async ({ directory, ports: { clock, records, keys } }) => {
        const account = await findAccount(directory, positionals[0] ?? '');
        const accessPass = generateAccessPass();
        const passHash = accessPassHash(keys, accessPass);
        if (passHash === undefined) throw new CommandFailed('failed', 'The pass that was made is none.');
        const issuedAt = clock.now();
        const expiresAt = new Date(issuedAt.getTime() + hours * hour);
        const event = accountEvent('access_pass_issued', issuedAt, account, keys);
        await records.change(
          account.id,
          issueAccessPass({ passHash, issuedAt, expiresAt, usedByFlowId: null }, event),
        );
        await records.drainEvents(account.id, 1);
        return {
          json: { accountId: account.id, loginName: account.loginName, accessPass, expiresAt },
          text: `Access pass for ${account.loginName}, for one use until ${expiresAt.toISOString()}: ${accessPass}`,
        };
      },
    };
  },
};
