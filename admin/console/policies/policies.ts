/**
 * Policies in the console: the list, the form, what a change would do, and saving it as the next version of the one
 * that was read. The form is carried from page to page as it was typed, so that nothing is lost on the way.
 */
import { z } from 'zod';
import type { PolicyChange } from '../../../security-info/admin/policy-desk.ts';
import {
  InvalidInput,
  InvalidPolicy,
  PolicyChangedMeanwhile,
  PolicyMakesDue,
  PolicyNotFound,
  PolicyWarns,
} from '../../../security-info/errors.ts';
import type { Policy } from '../../../security-info/policy.ts';
import { previewWarningCodes } from '../../../security-info/reports/preview-warnings.ts';
import type { AdminFormStep, ConsoleTable } from '../console-routes.ts';
import type { ConsoleParts } from '../parts.ts';
import { showPolicyForm } from './form-page.ts';
import { formOf, policyFieldsOf, proposalOf } from './policy-form.ts';
import { rowView, showPreview } from './preview-page.ts';

const rowsPerPage = 50;
const changes = ['newly_interrupted', 'freed', 'sooner', 'later', 'unchanged'] as const;
const affected = z.object({
  change: z.enum(changes).catch('newly_interrupted'),
  cursor: z.string().max(2_000).optional().catch(undefined),
});

/** How an admin means a change. @throws {InvalidInput} where a spread has no number of days */
function meant({ by, form }: AdminFormStep): PolicyChange {
  const version = form['version'] ?? '';
  const days = /^\d{1,3}$/.test(form['dueSpreadDays'] ?? '') ? Number(form['dueSpreadDays']) : 0;
  const isSpread = form['dueAtOnce'] === 'spread';
  if (isSpread && (days < 1 || days > 365)) {
    throw new InvalidInput([{ field: 'dueSpreadDays', code: 'required' }]);
  }
  return {
    by,
    expectedVersion: /^\d{1,9}$/.test(version) ? Number(version) : -1,
    dueAtOnce: isSpread
      ? { kind: 'spread', days }
      : { kind: form['dueAtOnce'] === 'at_once' ? 'at_once' : 'refuse' },
    acceptedWarnings: previewWarningCodes.filter((code) => form[`accept_${code}`] !== undefined),
  };
}

/** Adds the pages. */
export function policyPages(table: ConsoleTable, parts: ConsoleParts): void {
  const { policies } = parts;

  async function presentOf(policyId: string): Promise<Policy | null> {
    return (await policies.list()).find(({ id }) => id === policyId) ?? null;
  }

  /** Does it; what the form cannot do is told on the form, what the change would do on the preview. */
  async function attempt(step: AdminFormStep, work: () => Promise<void>): Promise<void> {
    const fields = policyFieldsOf(step.form);
    const proposal = { save: proposalOf(fields) };
    try {
      await work();
    } catch (error) {
      if (error instanceof InvalidPolicy) return showPolicyForm(step, fields, { problem: error });
      if (error instanceof PolicyChangedMeanwhile) {
        const present = await presentOf(fields['policyId'] ?? '');
        const version = String(present?.version ?? 0);
        const { isNew: _, ...rest } = fields;
        const next = { ...rest, version, ...(present === null ? { isNew: 'yes' } : {}) };
        return showPolicyForm(step, next, { problem: error, present });
      }
      const isAboutChange =
        error instanceof PolicyMakesDue || error instanceof PolicyWarns || error instanceof InvalidInput;
      if (!isAboutChange) throw error;
      const policyId = String(proposal.save['id']);
      await showPreview(step, parts, {
        proposal,
        policyId,
        carried: fields,
        chosen: step.form,
        problem: error,
      });
    }
  }

  table.get('/policies', 'policies', async (step) => {
    const done = step.ctx.query['done'];
    await step.show('admin/policies/list', {
      policies: await policies.list(),
      done:
        done === 'saved' || done === 'removed'
          ? step.words.text(done === 'saved' ? 'admin_policies.saved' : 'admin_policies.removed')
          : null,
    });
  });

  table.get('/policies/policy/:policyId', 'policies', async (step) => {
    await showPolicyForm(step, formOf(await policies.read(String(step.ctx['params'].policyId))));
  });

  table.get('/policies/new', 'policies', async (step) => {
    const [model] = await policies.list();
    if (model === undefined) throw new PolicyNotFound();
    // As the default policy is now, but for whom it is not for.
    const none = { spreadFrom: null, spreadDays: 0, spreadFormerDays: null, spreadFormerMethods: null };
    const excluded = { excludedAccounts: [], excludedGroups: [], exemptClients: [] };
    const scope = { kind: 'everyone' } as const;
    const form = formOf({ ...model, ...none, ...excluded, scope, id: '', version: 0 });
    await showPolicyForm(step, { ...form, isNew: 'yes' });
  });

  /** Back from the preview, with what was typed. */
  table.post('/policies/edit', 'policies', (step) => showPolicyForm(step, policyFieldsOf(step.form)));

  table.post('/policies/preview', 'policies', (step) =>
    attempt(step, async () => {
      const carried = policyFieldsOf(step.form);
      const save = proposalOf(carried);
      const present = await presentOf(String(save['id']));
      if (String(present?.version ?? 0) !== carried['version']) throw new PolicyChangedMeanwhile();
      await showPreview(step, parts, { proposal: { save }, policyId: String(save['id']), carried });
    }),
  );

  table.post('/policies/save', 'policies', (step) =>
    attempt(step, async () => {
      await policies.save(proposalOf(policyFieldsOf(step.form)), meant(step));
      step.goTo('/policies?done=saved');
    }),
  );

  table.post('/policies/affected', 'policies', (step) =>
    attempt(step, async () => {
      const removed = step.form['remove'];
      const carried = removed === undefined ? policyFieldsOf(step.form) : { remove: removed };
      const proposal = removed === undefined ? { save: proposalOf(carried) } : { remove: removed };
      const { change, cursor = null } = affected.parse(step.form);
      const page = { cursor, limit: rowsPerPage };
      const { rows, nextCursor } = await policies.previewPage(proposal, { change }, page);
      await step.show('admin/policies/affected', {
        carried,
        isRemoval: removed !== undefined,
        policyId: removed ?? carried['policyId'],
        change,
        changes: changes.map((one) => ({
          value: one,
          text: step.words.text(`admin_policies.change.${one}`),
        })),
        rows: rows.map((row) => rowView(row, step.words)),
        nextCursor,
      });
    }),
  );

  table.get('/policies/remove/:policyId', 'policies', async (step) => {
    const { id, version } = await policies.read(String(step.ctx['params'].policyId));
    const carried = { policyId: id, version: String(version) };
    await showPreview(step, parts, { proposal: { remove: id }, policyId: id, carried });
  });

  table.post('/policies/remove', 'policies', async (step) => {
    const id = step.form['policyId'] ?? '';
    try {
      await policies.remove(id, meant(step));
      step.goTo('/policies?done=removed');
    } catch (error) {
      const isTold =
        error instanceof PolicyMakesDue ||
        error instanceof PolicyWarns ||
        error instanceof PolicyChangedMeanwhile;
      if (!isTold) throw error;
      const { version } = await policies.read(id);
      const carried = { policyId: id, version: String(version) };
      const page = { proposal: { remove: id }, policyId: id, carried, chosen: step.form, problem: error };
      await showPreview(step, parts, page);
    }
  });
}
