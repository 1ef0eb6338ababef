/** `campaign create`: asks many to reconfirm, spread over days, and lists at once who they are. */

import { atCommandLine } from '../../security-info/admin/acting-admin.ts';
import { campaignInputSchema, shareOf } from '../../security-info/admin/campaign.ts';
import { listMembers } from '../../security-info/admin/campaign-members.ts';
import { createCampaign } from '../../security-info/admin/campaigns.ts';
import { readWholeNumber } from '../arguments.ts';
import { campaignPorts } from '../campaign-ports.ts';
import type { Command, GivenArguments } from '../command.ts';
import { UsageError } from '../failures.ts';

/** The command. */
export const campaignCreate: Command = {
  name: 'campaign create',
  summary: 'Ask many to confirm their methods, spread over days: everyone, a group, or those of a policy.',
  argument: { name: 'name', doc: 'What it is called.', isRequired: true, isRepeatable: false },
  options: {
    days: { value: 'n', doc: 'Days that it is spread over: 1 to 365. No day has more than its share.' },
    group: { value: 'group', doc: 'Only the members of this group.' },
    policy: { value: 'id', doc: 'Only those whom this policy applies to.' },
    'confirmed-until': {
      value: 'date',
      doc: 'Only who last confirmed on that day or before, as YYYY-MM-DD (UTC).',
    },
    'for-policy-change': { doc: 'It prepares a change of policy; the audit log says so.' },
  },
  note: 'The job mark-reconfirmation asks the share of each day. Before a shorter interval is saved, a campaign with\n--policy and --confirmed-until spreads those whom it would make due at once: save it when the campaign has finished.',
  read(given) {
    const input = readInput(given);
    return {
      on: 'deployment',
      run: async (deployment, { tell, signal }) => {
        const ports = campaignPorts(deployment);
        const campaign = await createCampaign(ports, atCommandLine, input);
        await listMembers(ports, campaign.id, async () => {
          tell('campaign create: another page of accounts');
          return signal.aborted;
        });
        const listed = (await ports.campaigns.read(campaign.id)) ?? campaign;
        const { total } = listed;
        const size =
          total === null
            ? 'the job goes on listing its members'
            : `${total} members, at most ${shareOf(listed, total)} a day`;
        return { json: { ...listed }, text: `Campaign ${campaign.id} is begun: ${size}.` };
      },
    };
  },
};

function readInput({ positionals, values, switches }: GivenArguments) {
  const { group, policy } = values;
  if (group !== undefined && policy !== undefined)
    throw new UsageError('Give --group or --policy, not both.');
  const days = readWholeNumber('days', values['days'] ?? '', 1, 365);
  const until = values['confirmed-until'];
  const target =
    group !== undefined
      ? { kind: 'group' as const, group }
      : policy !== undefined
        ? { kind: 'policy' as const, policyId: policy }
        : { kind: 'everyone' as const };
  return campaignInputSchema.parse({
    name: positionals[0] ?? '',
    days,
    target,
    reason: switches['for-policy-change'] === true ? 'policy_change' : 'requested',
    confirmedUntilAt: until === undefined ? null : readEndOfDay(until),
  });
}

function readEndOfDay(text: string): Date {
  const at = new Date(`${text}T23:59:59.999Z`);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at.getTime());
  if (isDay && at.toISOString().startsWith(text)) return at;
  throw new UsageError('--confirmed-until takes a day as YYYY-MM-DD.');
}
