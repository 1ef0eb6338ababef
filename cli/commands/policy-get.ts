/** `policy get`: one of the policies in force. */
import { defaultPolicyId } from '../../security-info/policy.ts';
import type { Command } from '../command.ts';
import { findPolicy, policyIdDoc } from '../find-policy.ts';
import { writeAssignments } from '../policy-assignment.ts';

/** The command. */
export const policyGet: Command = {
  name: 'policy get',
  summary: 'Print the default policy, or the one that is named.',
  argument: { name: 'policy', doc: policyIdDoc, isRequired: false, isRepeatable: false },
  options: {},
  note: 'Each line can be given to policy set; with --json it is what policy set --file takes.',
  read: ({ positionals }) => ({
    on: 'deployment',
    run: async ({ ports }) => {
      const policy = findPolicy(await ports.policies.latest(), positionals[0] ?? defaultPolicyId);
      return { json: policy, text: writeAssignments(policy) };
    },
  }),
};
