/** What a change of policy would do, as a page: counts, reasons, days, warnings, and what is to become of it. */
import type { Translator } from '../../../locales/translator.ts';
import { gravestWarnings } from '../../../security-info/admin/create-policy-desk.ts';
import type { GivenProposal } from '../../../security-info/admin/policy-desk.ts';
import { InvalidInput, type SecurityInfoError } from '../../../security-info/errors.ts';
import type { Interruption, PreviewRow } from '../../../security-info/reports/preview-person.ts';
import type { AdminStep } from '../console-routes.ts';
import type { ConsoleParts } from '../parts.ts';
import type { PolicyForm } from './policy-form.ts';

/** What the page is about. */
export interface PreviewPage {
  readonly proposal: GivenProposal;
  readonly policyId: string;
  /** What is carried on to the next page. */
  readonly carried: PolicyForm;
  /** What was chosen, where a choice was refused. */
  readonly chosen?: Readonly<Record<string, string>>;
  readonly problem?: SecurityInfoError;
}

/** Answers with it. */
export async function showPreview(
  step: AdminStep,
  { policies }: Pick<ConsoleParts, 'policies'>,
  { proposal, policyId, carried, chosen = {}, problem }: PreviewPage,
): Promise<void> {
  const { words } = step;
  const preview = await policies.preview(proposal, step.by);
  const daysProblem = problem instanceof InvalidInput ? words.text('admin_policies.due.days_wrong') : null;
  await step.show(
    'admin/policies/preview',
    {
      policyId,
      carried,
      isRemoval: 'remove' in proposal,
      preview,
      reasons: preview.interruptedNow.reasons.map(({ reason, count }) => ({
        text: words.text(`admin_policies.reason.${reason}`),
        count,
      })),
      days: preview.days
        .filter(({ before, after }) => before > 0 || after > 0)
        .map((day) => ({ ...day, text: words.date(new Date(`${day.date}T00:00:00Z`)) })),
      warnings: preview.warnings.map(({ code, values }) => ({
        code,
        text: words.text(`policy_warning.${code}`, readable(values, words)),
        isToAccept: gravestWarnings.has(code),
        isAccepted: chosen[`accept_${code}`] !== undefined,
      })),
      dueAtOnce: chosen['dueAtOnce'] ?? 'refuse',
      spreadDays: chosen['dueSpreadDays'] ?? String(preview.spread?.spreadDays ?? ''),
      daysProblem,
      problem: problem === undefined ? null : { message: daysProblem ?? messageOf(problem, words) },
    },
    problem === undefined ? {} : { status: problem.status },
  );
}

function messageOf({ code, values }: SecurityInfoError, words: Translator): string {
  const own = `admin_policies.refused.${code}`;
  return words.has(own) ? words.text(own, values) : words.text(`error.${code}`, values);
}

/** The values of a warning, with the type of a method by its name. */
function readable(values: Readonly<Record<string, string | number>>, words: Translator) {
  const { type } = values;
  return typeof type === 'string' ? { ...values, type: words.text(`method.type.${type}.name`) } : values;
}

/** A row of the list behind the counts, in words. */
export function rowView(row: PreviewRow, words: Translator) {
  return {
    href: `/admin/people/${encodeURIComponent(row.id)}`,
    name: row.userDisplayName || row.userPrincipalName,
    change: words.text(`admin_policies.change.${row.change}`),
    before: interruptionText(row.before, words),
    after: interruptionText(row.after, words),
  };
}

function interruptionText({ at, reason }: Interruption, words: Translator): string {
  if (at === null) return words.text('admin_policies.never');
  const when = at === 'now' ? words.text('admin_policies.next_sign_in') : words.date(at);
  return reason === null ? when : `${when} – ${words.text(`admin_policies.reason.${reason}`)}`;
}
