/** What the campaign commands work on, and how they tell of a campaign. */
import type { Campaign } from '../security-info/admin/campaign.ts';
import type { CampaignPorts } from '../security-info/admin/campaign-members.ts';
import type { AdministeredDeployment } from './deployment.ts';

/** The argument of every command about one campaign. */
export const campaignArgument = {
  name: 'campaign',
  doc: 'Its id, as campaign list shows it.',
  isRequired: true,
  isRepeatable: false,
} as const;

/** The ports that the domain's campaigns are given. */
export function campaignPorts({
  ports,
  directory,
  campaigns,
  marking,
}: AdministeredDeployment): CampaignPorts {
  const { clock, policies, keys } = ports;
  return { clock, policies, keys, directory, campaigns, marking };
}

/** Whom a campaign asks, in words. */
export function targetInWords({ target }: Pick<Campaign, 'target'>): string {
  if (target.kind === 'group') return `group ${target.group}`;
  return target.kind === 'policy' ? `policy ${target.policyId}` : 'everyone';
}
