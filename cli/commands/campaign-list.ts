/** `campaign list`: every campaign, the newest first. */
import { listCampaigns } from '../../security-info/admin/campaigns.ts';
import { campaignPorts, targetInWords } from '../campaign-ports.ts';
import type { Command } from '../command.ts';
import { textTable } from '../text-table.ts';

/** The command. */
export const campaignList: Command = {
  name: 'campaign list',
  summary: 'List the campaigns, the newest first.',
  argument: null,
  options: {},
  note: null,
  read: () => ({
    on: 'deployment',
    run: async (deployment) => {
      const campaigns = await listCampaigns(campaignPorts(deployment));
      const rows = campaigns.map((campaign) => [
        campaign.id,
        campaign.name,
        targetInWords(campaign),
        String(campaign.days),
        campaign.total === null ? '' : String(campaign.total),
        campaign.state,
      ]);
      const heading = ['CAMPAIGN', 'NAME', 'WHO', 'DAYS', 'MEMBERS', 'STATE'];
      return {
        json: campaigns,
        text: rows.length === 0 ? 'There are no campaigns.' : textTable(heading, rows),
      };
    },
  }),
};
