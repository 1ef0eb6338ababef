/** What the marking job does for the running campaigns: lists their members, asks the day's share, looks who has done it. */
import { type Campaign, dayOf, shareOf } from '../security-info/admin/campaign.ts';
import { type CampaignPorts, listMembers } from '../security-info/admin/campaign-members.ts';
import { askShare, refreshDone } from '../security-info/admin/campaign-share.ts';
import type { JobRun } from './job.ts';

/** The newest campaigns, over or not: older ones ask only when somebody looks at them. */
const lookedAt = 50;

/** What the work needs of the job's run. */
export interface CampaignRun extends Pick<JobRun, 'dryRun' | 'signal'> {
  readonly now: Date;
  /** After each step, with how many were asked in it. True where the job is to end. */
  readonly step: (what: 'campaign', asked: number) => Promise<boolean>;
}

/** Works on all of them, the oldest first. */
export async function workOnCampaigns(ports: CampaignPorts, run: CampaignRun): Promise<void> {
  const { campaigns } = ports;
  for (const { id } of await campaigns.running()) {
    if (run.signal.aborted) return;
    if (run.dryRun) {
      const campaign = await campaigns.read(id);
      await run.step('campaign', campaign === null ? 0 : await shareToAsk(ports, campaign, run.now));
      continue;
    }
    await listMembers(ports, id, () => run.step('campaign', 0));
    const campaign = await campaigns.read(id);
    if (campaign === null || run.signal.aborted) return;
    await askShare(ports, campaign, run.now, (asked) => run.step('campaign', asked));
  }
  if (run.dryRun) return;
  for (const campaign of await campaigns.list(lookedAt)) {
    if (run.signal.aborted) return;
    await refreshDone(ports, campaign, Number.POSITIVE_INFINITY, () => run.step('campaign', 0));
  }
}

/** How many of a campaign's members it would ask now, at most; 0 where they are not listed yet. */
async function shareToAsk({ campaigns }: CampaignPorts, campaign: Campaign, now: Date): Promise<number> {
  const { id, total, day, dayUntilOrder } = campaign;
  if (total === null) return 0;
  if (day >= dayOf(now)) return campaigns.countWaiting(id, dayUntilOrder);
  return Math.min(shareOf(campaign, total), await campaigns.countWaiting(id, null));
}
