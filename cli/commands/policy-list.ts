/** `policy list`: the default policy and those for some groups, the one that wins first. */
import { defaultPolicyId, type Policy } from '../../security-info/policy.ts';
import type { Command } from '../command.ts';
import { textTable } from '../text-table.ts';

/** The command. */
export const policyList: Command = {
  name: 'policy list',
  summary: 'List the policies: for which groups each one is, and what it offers.',
  argument: null,
  options: {},
  note: 'An account in several groups gets the policy with the smallest priority, and in none of them the default.',
  read: () => ({
    on: 'deployment',
    run: async ({ ports }) => {
      const { defaultPolicy, groupPolicies } = await ports.policies.latest();
      const all = [...groupPolicies, defaultPolicy];
      return { json: all.map(shown), text: textTable(heading, all.map(rowOf)) };
    },
  }),
};

const heading = ['POLICY', 'GROUPS', 'PRIORITY', 'METHODS', 'VERSION'];

function shown({ id, appliesToGroups, priority, methods, version }: Policy) {
  return { id, appliesToGroups, priority, methods, version };
}

function rowOf({ id, appliesToGroups, priority, methods, version }: Policy): string[] {
  const isDefault = id === defaultPolicyId;
  return [
    id,
    isDefault ? '(everyone else)' : appliesToGroups.join(', '),
    isDefault ? '' : String(priority),
    methods.join(', '),
    String(version),
  ];
}
