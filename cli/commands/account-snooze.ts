/** `account snooze`: lets an account put off what is asked of it, so many times more. */
import { effectivePolicy } from '../../security-info/effective-policy.ts';
import { subjectOf } from '../../security-info/operations/situation.ts';
import { extendSnooze } from '../../security-info/transitions/extend-snooze.ts';
import { accountEvent } from '../admin-event.ts';
import { readWholeNumber } from '../arguments.ts';
import type { Command } from '../command.ts';
import { accountArgument, findAccount } from '../find-account.ts';

const day = 86_400_000;
const mostTimes = 20;
const mostDays = 90;

/** The command. */
export const accountSnooze: Command = {
  name: 'account snooze',
  summary: "Let an account choose 'remind me later' so many times more, whatever the policy says.",
  argument: accountArgument,
  options: {
    times: { value: 'n', doc: `How often: 1 to ${mostTimes}, beyond those that it has.` },
    days: {
      value: 'n',
      doc: `From now until when any may last: 1 to ${mostDays} days; a later date that it has stays.`,
    },
  },
  note: 'It puts off nothing by itself: the person chooses it. What an admin wants confirmed cannot be put off.',
  read({ positionals, values }) {
    const times = readWholeNumber('times', values['times'] ?? '', 1, mostTimes);
    const days = readWholeNumber('days', values['days'] ?? '', 1, mostDays);
    return {
      on: 'deployment',
      run: async ({ directory, ports: { clock, records, policies, keys } }) => {
        const account = await findAccount(directory, positionals[0] ?? '');
        const now = clock.now();
        const deadlineAt = new Date(now.getTime() + days * day);
        const event = accountEvent('snooze_extended', now, account, keys);
        const policy = effectivePolicy(await policies.latest(), subjectOf(account));
        const ofPolicy = policy.snoozes > 0 ? policy.snoozeWithinDays : 0;
        const policyDeadlineAt = new Date(now.getTime() + ofPolicy * day);
        await records.change(account.id, extendSnooze({ times, deadlineAt, policyDeadlineAt }, event));
        await records.drainEvents(account.id, 1);
        const { snooze } = await records.read(account.id);
        const left = Math.max(0, policy.snoozes + (snooze?.extra ?? 0) - (snooze?.used ?? 0));
        const untilAt = snooze?.deadlineAt ?? deadlineAt;
        return {
          json: { accountId: account.id, loginName: account.loginName, left, untilAt },
          text: `${account.loginName} may choose 'remind me later' ${left} more ${left === 1 ? 'time' : 'times'}, until ${untilAt.toISOString()}.`,
        };
      },
    };
  },
};
