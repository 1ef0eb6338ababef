/** `policy get`: the policy in force. */
import type { Command } from '../command.ts';
import { writeAssignments } from '../policy-assignment.ts';

/** The command. */
export const policyGet: Command = {
  name: 'policy get',
  summary: 'Print the policy in force.',
  argument: null,
  options: {},
  note: 'Each line can be given to policy set; with --json it is what policy set --file takes.',
  read: () => ({
    on: 'deployment',
    run: async ({ ports }) => {
      const { defaultPolicy } = await ports.policies.latest();
      return { json: defaultPolicy, text: writeAssignments(defaultPolicy) };
    },
  }),
};
