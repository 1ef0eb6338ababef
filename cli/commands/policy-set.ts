/**
 * `policy set`: changes a policy, or makes one for some groups. It asks which senders are set up, never whether they
 * work at the moment: relaxing the policy is the way out when they do not.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Policy } from '../../security-info/policy.ts';
import { changesSignIn, policyChanges } from '../../security-info/policy-changes.ts';
import { previewPolicy } from '../../security-info/reports/policy-preview.ts';
import { adminEvent } from '../admin-event.ts';
import type { Command } from '../command.ts';
import { type AdministeredDeployment, reportPorts } from '../deployment.ts';
import { CommandFailed, UsageError } from '../failures.ts';
import { policyOf } from '../find-policy.ts';
import { writeAssignments } from '../policy-assignment.ts';
import {
  type Proposal,
  readProposal,
  settingsArgument,
  settingsNote,
  settingsOptions,
} from '../policy-proposal.ts';

/** The command. */
export const policySet: Command = {
  name: 'policy set',
  summary: 'Change a policy, or make one; every setting that is not named stays as it is.',
  argument: settingsArgument,
  options: {
    ...settingsOptions,
    spread: { doc: 'Where the change makes many due at once: spread them over days.' },
    'at-once': { doc: 'Where the change makes many due at once: let it. Nobody is counted.' },
  },
  note: `${settingsNote} A change reaches every node within 5 seconds.\nWhat it would do says 'policy preview', which takes the same. What makes more due at once than a day should have is\nrefused without --spread or --at-once.`,
  read(given) {
    const propose = readProposal(given);
    const { spread, 'at-once': atOnce } = given.switches;
    if (spread && atOnce) throw new UsageError('Give --spread or --at-once, not both.');
    return {
      on: 'deployment',
      run: async (deployment, terminal) => {
        const { ports } = deployment;
        const proposal = await propose(deployment, terminal);
        const { present } = proposal;
        if (present !== undefined && isDeepStrictEqual(proposal.policy, present)) {
          return { json: present, text: 'The policy is like that already.' };
        }
        const policy = atOnce ? proposal.policy : await spreadOut(deployment, proposal, spread === true);
        const event = adminEvent('policy_changed', ports.clock.now(), {
          reason: `saved:${policy.id}`,
          changes: policyChanges(present ?? null, policy),
        });
        await ports.policies.save(policy, policy.version, [event]);
        const saved = policyOf(await ports.policies.latest(), policy.id) ?? policy;
        const what = present === undefined ? `Policy ${policy.id} is made` : 'Saved';
        return { json: saved, text: `${writeAssignments(saved)}\n${what} as version ${saved.version}.` };
      },
    };
  },
};

/** The policy with the spread that it takes, as the admin chose. @throws {CommandFailed} `due_at_once`, without a choice */
async function spreadOut(
  deployment: AdministeredDeployment,
  { policy, present }: Proposal,
  isWanted: boolean,
): Promise<Policy> {
  if (!changesSignIn(present ?? null, policy)) return policy;
  const { dueAtOnce, spread } = await previewPolicy(reportPorts(deployment), { save: policy });
  if (spread === null) return policy;
  const { perDay, ...settings } = spread;
  if (isWanted) return { ...policy, ...settings };
  throw new CommandFailed(
    'due_at_once',
    `This makes ${dueAtOnce} people due at once. With --spread they become due over ${spread.spreadDays} days, at most about ${perDay} a day; with --at-once all do at their next sign-in.`,
  );
}
