/** Campaigns: the list, the form for a new one, and one of them with its days, to be paused, resumed and ended. */
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
import { type FieldError, InvalidInput } from '../../../security-info/errors.ts';
import { barChart } from '../charts.ts';
import type { AdminStep, ConsoleTable } from '../console-routes.ts';
import type { ConsoleParts } from '../parts.ts';
import { idOf, type PageProblem, problemOf } from '../refusal.ts';
import { sections } from '../sections.ts';

/** Campaigns on one page; those that are older are few, and over. */
const mostShown = 50;

const actions = { pause: pauseCampaign, resume: resumeCampaign, end: endCampaign };
const acted = z.object({
  action: z.enum(['pause', 'resume', 'end']),
  version: z.coerce.number().int().min(1),
});

type Form = Readonly<Record<string, string>>;

/** Adds the pages. */
export function campaignPages(table: ConsoleTable, parts: ConsoleParts): void {
  const { campaigns, policies, inBackground } = parts;
  const base = sections.campaigns;

  const showForm = async (step: AdminStep, form: Form, problem: PageProblem | null): Promise<void> => {
    const ids = (await policies.list()).map(({ id }) => ({ value: id, text: id }));
    const status = problem?.status ?? 200;
    await step.show('admin/campaigns/new', { problem, form, policies: ids }, { status });
  };

  const showOne = async (step: AdminStep, id: string, problem: PageProblem | null): Promise<void> => {
    const { campaign, progress } = await readCampaign(campaigns, id);
    const days = progress.days.map((one) => ({
      ...one,
      label: step.words.date(new Date(`${one.day}T00:00:00Z`)),
      isFaint: one.isPlanned,
    }));
    const page = { problem, campaign, progress, days, chart: barChart(days) };
    await step.show('admin/campaigns/one', page, { status: problem?.status ?? 200 });
  };

  /** As it was last looked at: the page of one campaign, and the job, ask anew who has confirmed. */
  const rowOf = async (campaign: Campaign) => {
    const { states, days } = await campaigns.campaigns.counts(campaign.id);
    const asked = days.reduce((sum, { count }) => sum + count, 0);
    return { campaign, progress: { total: campaign.total, asked, reconfirmed: states.done } };
  };

  table.get(base, 'campaigns', async (step) => {
    const newest = (await listCampaigns(campaigns)).slice(0, mostShown);
    const rows = await Promise.all(newest.map(rowOf));
    await step.show('admin/campaigns/list', { rows });
  });

  table.get(`${base}/new`, 'campaigns', (step) => showForm(step, { target: 'everyone', days: '30' }, null));

  table.post(base, 'campaigns', async (step) => {
    try {
      const campaign = await createCampaign(campaigns, step.by, inputOf(step.form));
      // The marking job goes on with it wherever this is cut off.
      inBackground((signal) => listMembers(campaigns, campaign.id, async () => signal.aborted));
      step.goTo(`${base}/${campaign.id}`);
    } catch (error) {
      await showForm(step, step.form, problemOf(error, step.words));
    }
  });

  table.get(`${base}/:id`, 'campaigns', (step) => showOne(step, idOf(step.ctx), null));

  table.post(`${base}/:id`, 'campaigns', async (step) => {
    const id = idOf(step.ctx);
    try {
      const { action, version } = acted.parse(step.form);
      await actions[action](campaigns, step.by, id, version);
    } catch (error) {
      return showOne(step, id, problemOf(error, step.words));
    }
    step.goTo(`${base}/${id}`);
  });
}

/** @throws {InvalidInput} with the fields that are wrong, as the form calls them */
function inputOf({ name = '', days = '', target = '', group = '', policyId = '' }: Form) {
  const read = campaignInputSchema.safeParse({
    name,
    days: /^\d{1,4}$/.test(days.trim()) ? Number(days) : 0,
    target:
      target === 'group'
        ? { kind: target, group }
        : target === 'policy'
          ? { kind: target, policyId }
          : { kind: target },
  });
  if (read.success) return read.data;
  const fields = read.error.issues.map(({ path }): FieldError => {
    const [first, second] = path;
    if (first === 'days') return { field: 'days', code: 'not_campaign_days', values: { maximum: 365 } };
    if (first === 'name') return nameError(name);
    if (second === 'group') return { field: 'group', code: 'required' };
    return { field: second === 'policyId' ? 'policyId' : 'target', code: 'unknown_choice' };
  });
  throw new InvalidInput(fields);
}

function nameError(name: string): FieldError {
  if (name.trim() === '') return { field: 'name', code: 'required' };
  const isLong = name.trim().length > 100;
  return isLong
    ? { field: 'name', code: 'too_long', values: { maximum: 100 } }
    : { field: 'name', code: 'control_characters' };
}
