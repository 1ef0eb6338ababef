/** `campaign pause`, `campaign resume` and `campaign end`. */
import { atCommandLine } from '../../security-info/admin/acting-admin.ts';
import { endCampaign, pauseCampaign, resumeCampaign } from '../../security-info/admin/campaigns.ts';
import { CampaignNotFound } from '../../security-info/errors.ts';
import { campaignArgument, campaignPorts } from '../campaign-ports.ts';
import type { Command } from '../command.ts';

function command(name: string, summary: string, change: typeof pauseCampaign, done: string): Command {
  return {
    name,
    summary,
    argument: campaignArgument,
    options: {},
    note: null,
    read: ({ positionals }) => ({
      on: 'deployment',
      run: async (deployment) => {
        const ports = campaignPorts(deployment);
        const id = positionals[0] ?? '';
        const found = await ports.campaigns.read(id);
        if (found === null) throw new CampaignNotFound();
        const campaign = await change(ports, atCommandLine, id, found.version);
        return { json: campaign, text: `Campaign ${id} ${done}.` };
      },
    }),
  };
}

/** `campaign pause`. */
export const campaignPause = command(
  'campaign pause',
  'Pause a campaign: nobody more is asked until it is resumed.',
  pauseCampaign,
  'is paused',
);
/** `campaign resume`. */
export const campaignResume = command(
  'campaign resume',
  'Let a paused campaign go on with its next share.',
  resumeCampaign,
  'goes on',
);
/** `campaign end`. */
export const campaignEnd = command(
  'campaign end',
  'End a campaign for good: nobody more is asked; who was asked already stays asked.',
  endCampaign,
  'is ended',
);
