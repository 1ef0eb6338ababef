/** `account snooze`: lets an account put off what is asked of it, so many times more. */
import { mostSnoozeDays, mostSnoozes } from '../../security-info/admin/people-desk.ts';
import { readWholeNumber } from '../arguments.ts';
import type { Command } from '../command.ts';
import { accountArgument, findAccount } from '../find-account.ts';
import { onAccount } from '../people-desk.ts';

/** The command. */
export const accountSnooze: Command = {
  name: 'account snooze',
  summary: "Let an account choose 'remind me later' so many times more, whatever the policy says.",
  argument: accountArgument,
  options: {
    times: { value: 'n', doc: `How often: 1 to ${mostSnoozes}, beyond those that it has.` },
    days: {
      value: 'n',
      doc: `From now until when any may last: 1 to ${mostSnoozeDays} days; a later date that it has stays.`,
    },
  },
  note: 'It puts off nothing by itself: the person chooses it. What an admin wants confirmed cannot be put off.',
  read({ positionals, values }) {
    const times = readWholeNumber('times', values['times'] ?? '', 1, mostSnoozes);
    const days = readWholeNumber('days', values['days'] ?? '', 1, mostSnoozeDays);
    return {
      on: 'deployment',
      run: async (deployment) => {
        const account = await findAccount(deployment.directory, positionals[0] ?? '');
        const granted = await onAccount(deployment, account, async (people, errand) => {
          await people.grantSnooze(errand, { times, days });
          return (await people.read(account.id)).snooze;
        });
        const left = granted?.left ?? times;
        const untilAt = granted?.deadlineAt ?? deployment.ports.clock.now();
        return {
          json: { accountId: account.id, loginName: account.loginName, left, untilAt },
          text: `${account.loginName} may choose 'remind me later' ${left} more ${left === 1 ? 'time' : 'times'}, until ${untilAt.toISOString()}.`,
        };
      },
    };
  },
};
