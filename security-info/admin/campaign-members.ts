/**
 * Who belongs to a campaign: found once, by pages of the directory, and kept. Who comes later has confirmed after it
 * began, and is no member; who has nothing to confirm, or is not asked by the policy, is none either.
 */
import { effectivePolicy, scopeOf } from '../effective-policy.ts';
import { subjectOf } from '../operations/situation.ts';
import type { PolicySet } from '../policy.ts';
import type { Account, Ports } from '../ports.ts';
import type { MarkingStore } from '../reconfirmation/marking-store.ts';
import type { Campaign, CampaignStore } from './campaign.ts';

/** Accounts per page of the directory. */
const pageSize = 200;

/** What campaigns work on. */
export interface CampaignPorts extends Pick<Ports, 'clock' | 'policies' | 'directory' | 'keys'> {
  readonly campaigns: CampaignStore;
  readonly marking: MarkingStore;
}

/**
 * Lists the members of a campaign, from where the listing stands. It may be left and taken up at any time, on several
 * nodes at once: a member is added under its own key, and a page is remembered once its members are there.
 * @param betweenPages waited for after each page; true ends it there
 */
export async function listMembers(
  ports: CampaignPorts,
  campaignId: string,
  betweenPages: () => Promise<boolean> = async () => false,
): Promise<void> {
  const { campaigns, directory } = ports;
  for (;;) {
    const campaign = await campaigns.read(campaignId);
    if (campaign === null || campaign.total !== null || campaign.state !== 'running') return;
    const cursor = campaign.listCursor;
    const { target } = campaign;
    const page = await directory.list({
      cursor,
      limit: pageSize,
      ...(target.kind === 'group' ? { group: target.group } : {}),
    });
    await campaigns.addMembers(campaignId, await membersOf(ports, campaign, page.accounts));
    if (page.nextCursor === null) {
      await campaigns.finishListing(campaignId);
      return;
    }
    await campaigns.advanceListing(campaignId, cursor, page.nextCursor);
    if (await betweenPages()) return;
  }
}

async function membersOf(
  { policies, marking, keys }: CampaignPorts,
  campaign: Campaign,
  accounts: readonly Account[],
) {
  const set = await policies.latest();
  const asked = accounts.filter((account) => isAsked(set, account, campaign));
  const states = await marking.states(asked.map(({ id }) => id));
  return states.flatMap(({ accountId, oldestConfirmedAt }) => {
    const { confirmedUntilAt } = campaign;
    if (oldestConfirmedAt === null) return [];
    if (confirmedUntilAt !== null && oldestConfirmedAt > confirmedUntilAt) return [];
    return [{ accountId, order: keys.hash(`${campaign.id}:${accountId}`, 'campaign-order') }];
  });
}

/** Whether a policy asks this account at all, and it is one of those that the campaign is for. */
export function isAsked(set: PolicySet, account: Account, { target }: Pick<Campaign, 'target'>): boolean {
  if (account.isDisabled) return false;
  const policy = effectivePolicy(set, subjectOf(account));
  if (target.kind === 'policy' && policy.id !== target.policyId) return false;
  if (target.kind === 'group' && !account.groups.includes(target.group)) return false;
  return scopeOf(policy, subjectOf(account), null) === 'in_scope';
}
