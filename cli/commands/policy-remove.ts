/** `policy remove`: its groups get the next policy that fits, or the default. */
import { defaultPolicyId } from '../../security-info/policy.ts';
import { policyChanges } from '../../security-info/policy-changes.ts';
import { adminEvent } from '../admin-event.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../failures.ts';
import { findPolicy, policyIdDoc } from '../find-policy.ts';

/** The command. */
export const policyRemove: Command = {
  name: 'policy remove',
  summary: 'Remove the policy of some groups; the next that fits, or the default, applies to them then.',
  argument: { name: 'policy', doc: policyIdDoc, isRequired: true, isRepeatable: false },
  options: {},
  note: 'What people have registered stays. A change reaches every node within 5 seconds.',
  read: ({ positionals }) => {
    const id = positionals[0] ?? '';
    if (id === defaultPolicyId) {
      throw new UsageError(
        `The ${defaultPolicyId} policy stays: it is for everyone whom no other one is for.`,
      );
    }
    return {
      on: 'deployment',
      run: async ({ ports: { policies, clock } }) => {
        const policy = findPolicy(await policies.latest(), id);
        const event = adminEvent('policy_changed', clock.now(), {
          reason: `removed:${id}`,
          changes: policyChanges(policy, null),
        });
        await policies.remove(id, policy.version, [event]);
        return { json: { id }, text: `Policy ${id} is removed.` };
      },
    };
  },
};
