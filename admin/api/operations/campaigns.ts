/** The operations on campaigns: asking many to reconfirm, spread over days. */
import { z } from 'zod';
import { type Campaign, campaignInputSchema } from '../../../security-info/admin/campaign.ts';
import { listMembers } from '../../../security-info/admin/campaign-members.ts';
import {
  createCampaign,
  endCampaign,
  listCampaigns,
  pauseCampaign,
  readCampaign,
  resumeCampaign,
} from '../../../security-info/admin/campaigns.ts';
import { noBody, nothing, type Operation, operation } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import { instant } from '../query.ts';
import { idText, maybeMoment, moment, pageOf } from '../shapes.ts';
import { versionOf } from './policies.ts';

const tag = 'Campaigns';
const all = '/campaigns';
const one = `${all}/{campaignId}`;
const path = z.strictObject({ campaignId: idText });
const counts = z.int().min(0);

const campaignShape = z
  .object({
    id: z.string(),
    name: z.string(),
    target: z.object({ kind: z.string(), group: z.string().optional(), policyId: z.string().optional() }),
    days: counts,
    reason: z.enum(['requested', 'policy_change']),
    confirmedUntilAt: maybeMoment,
    state: z.enum(['running', 'paused', 'finished', 'ended']),
    createdAt: moment,
    createdBy: z.string(),
    endedAt: maybeMoment,
    total: counts.nullable().describe('Its members; null while they are being listed.'),
  })
  .meta({ id: 'Campaign' });

const progressShape = campaignShape
  .extend({
    progress: z.object({
      total: counts.nullable(),
      asked: counts,
      reconfirmed: counts,
      waiting: counts,
      skipped: counts,
      perDay: counts.nullable(),
      days: z.array(z.object({ day: z.string(), count: counts, isPlanned: z.boolean() })),
      nextDay: z.string().nullable(),
    }),
  })
  .meta({ id: 'CampaignWithProgress' });

const body = campaignInputSchema.extend({ confirmedUntilAt: instant.nullable().default(null) });

function view({ id, name, target, days, reason, confirmedUntilAt, ...rest }: Campaign) {
  const { state, createdAt, createdBy, endedAt, total } = rest;
  return {
    ...{ id, name, target, days, reason, confirmedUntilAt },
    ...{ state, createdAt, createdBy, endedAt, total },
  };
}

/** The operations. */
export function campaignOperations({ campaigns: ports, inBackground }: ApiParts): readonly Operation[] {
  const turn = (id: string, word: string, summary: string, run: typeof pauseCampaign): Operation =>
    operation(
      {
        id,
        method: 'post',
        address: `${one}/${word}`,
        scope: 'policy:write',
        tag,
        summary,
        ifMatch: 'required',
        answers: { 200: { description: 'The campaign.', schema: campaignShape } },
        problems: ['campaign_not_found', 'campaign_changed_meanwhile', 'campaign_over'],
      },
      { path, query: nothing, body: noBody },
      async (call) => {
        const campaign = await run(ports, call.by, call.path.campaignId, versionOf(call));
        return { status: 200, body: view(campaign), tag: String(campaign.version) };
      },
    );
  return [
    operation(
      {
        id: 'listCampaigns',
        method: 'get',
        address: all,
        scope: 'policy:read',
        tag,
        summary: 'Every campaign, the newest first',
        answers: { 200: { description: 'The campaigns.', schema: pageOf(campaignShape, 'Campaigns') } },
      },
      { path: nothing, query: nothing, body: noBody },
      async () => {
        const campaigns = await listCampaigns(ports);
        return { status: 200, body: { value: campaigns.map(view), nextCursor: null } };
      },
    ),
    operation(
      {
        id: 'createCampaign',
        method: 'post',
        address: all,
        scope: 'policy:write',
        tag,
        summary: 'Ask everyone, a group, or those under a policy to reconfirm, spread over days',
        answers: { 201: { description: 'It is begun.', schema: campaignShape } },
      },
      { path: nothing, query: nothing, body },
      async ({ by, body: input }) => {
        const campaign = await createCampaign(ports, by, input);
        inBackground(() => listMembers(ports, campaign.id));
        const { id, version } = campaign;
        return { status: 201, body: view(campaign), tag: String(version), location: `${all}/${id}` };
      },
    ),
    operation(
      {
        id: 'getCampaign',
        method: 'get',
        address: one,
        scope: 'policy:read',
        tag,
        summary: 'One campaign and how far it is',
        answers: { 200: { description: 'The campaign.', schema: progressShape } },
        problems: ['campaign_not_found'],
      },
      { path, query: nothing, body: noBody },
      async ({ path: { campaignId } }) => {
        const { campaign, progress } = await readCampaign(ports, campaignId);
        return { status: 200, body: { ...view(campaign), progress }, tag: String(campaign.version) };
      },
    ),
    turn('pauseCampaign', 'pause', 'Pause it: nobody more is asked', pauseCampaign),
    turn('resumeCampaign', 'resume', 'Let it go on', resumeCampaign),
    turn('endCampaign', 'end', 'End it; who was asked stays asked', endCampaign),
  ];
}
