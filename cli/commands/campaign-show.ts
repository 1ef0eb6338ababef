/** `campaign show`: how far a campaign is, day by day. */
import { type CampaignWithProgress, readCampaign } from '../../security-info/admin/campaigns.ts';
import { campaignArgument, campaignPorts, targetInWords } from '../campaign-ports.ts';
import type { Command } from '../command.ts';
import { printable, textTable } from '../text-table.ts';

/** The command. */
export const campaignShow: Command = {
  name: 'campaign show',
  summary: 'Show how far a campaign is: who was asked, who has confirmed since, and what each day has.',
  argument: campaignArgument,
  options: {},
  note: 'Of many members some are counted as confirmed only after the next run of mark-reconfirmation.',
  read: ({ positionals }) => ({
    on: 'deployment',
    run: async (deployment) => {
      const shown = await readCampaign(campaignPorts(deployment), positionals[0] ?? '');
      return { json: { ...shown.campaign, progress: shown.progress }, text: inWords(shown) };
    },
  }),
};

function inWords({ campaign, progress }: CampaignWithProgress): string {
  const { total, asked, reconfirmed, waiting, skipped, perDay, days, nextDay } = progress;
  const lines = [
    `${printable(campaign.name)}: ${targetInWords(campaign)}, over ${campaign.days} days, ${campaign.state}`,
    total === null
      ? 'Its members are being listed.'
      : `${total} members, at most ${perDay} a day: ${asked} asked, ${reconfirmed} confirmed since, ${waiting} waiting, ${skipped} left out`,
    ...(nextDay === null ? [] : [`The next share is of ${nextDay}.`]),
  ];
  if (days.length === 0) return lines.join('\n');
  const rows = days.map(({ day, count, isPlanned }) => [day, String(count), isPlanned ? 'to come' : 'asked']);
  return [...lines, textTable(['DAY', 'PEOPLE', ''], rows)].join('\n');
}
