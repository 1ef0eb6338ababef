/** The form of a policy as a page: every setting with its words, bounds and mistakes, and what somebody else has saved. */
import type { Translator } from '../../../locales/translator.ts';
import type { FieldError, SecurityInfoError } from '../../../security-info/errors.ts';
import { InvalidPolicy } from '../../../security-info/errors.ts';
import { defaultPolicyId, type Policy } from '../../../security-info/policy.ts';
import type { AdminStep } from '../console-routes.ts';
import { boundsOf, type SettingName, settingGroups, settingKinds } from './policy-fields.ts';
import { formOf, type PolicyForm } from './policy-form.ts';

/** What the page shows beside the fields. */
export interface FormPageState {
  readonly problem?: SecurityInfoError;
  /** What somebody else has saved since the form was read; null where they have removed it. */
  readonly present?: Policy | null;
}

/** Answers with the form. */
export async function showPolicyForm(
  step: AdminStep,
  form: PolicyForm,
  { problem, present }: FormPageState = {},
): Promise<void> {
  const { words } = step;
  const problems = problem instanceof InvalidPolicy ? problemsOf(problem.fields, words) : new Map();
  const isNew = form['isNew'] === 'yes';
  await step.show(
    'admin/policies/form',
    {
      isNew,
      isDefault: form['policyId'] === defaultPolicyId,
      form,
      idProblem: problems.get('id') ?? null,
      groups: Object.entries(settingGroups).map(([name, settings]) => ({
        name,
        settings: settings.map((setting) => settingView(setting, form, problems.get(setting) ?? null, words)),
      })),
      differences: present === undefined || present === null ? [] : differencesOf(form, present, words),
      isRemoved: present === null,
      done:
        step.ctx.method === 'GET' && step.ctx.query['done'] === 'saved'
          ? words.text('admin_policies.saved')
          : null,
      problem:
        problem === undefined
          ? null
          : {
              message: words.text(`error.${problem.code}`, problem.values),
              links: [...problems].map(([setting, text]) => ({
                href: `#field-${setting === 'id' ? 'policyId' : setting}`,
                text: `${setting === 'id' ? words.text('admin_policies.id') : labelOf(setting, words)} – ${text}`,
              })),
            },
    },
    problem === undefined ? {} : { status: problem.status },
  );
}

function labelOf(name: string, words: Translator): string {
  const key = `admin_policies.setting.${name}.label`;
  return words.has(key) ? words.text(key) : name;
}

function settingView(name: SettingName, form: PolicyForm, problem: string | null, words: Translator) {
  const kind = settingKinds[name];
  const bounds = boundsOf(name);
  const hint = words.text(`admin_policies.setting.${name}.hint`);
  const range = bounds === null ? '' : ` ${words.text('admin_policies.bounds', { ...bounds })}`;
  const none =
    'mayBeNone' in kind && kind.mayBeNone === true ? ` ${words.text('admin_policies.or_empty')}` : '';
  return {
    name,
    kind: kind.kind,
    label: labelOf(name, words),
    hint: `${hint}${range}${none}`,
    problem,
    value: form[name] ?? '',
    options: optionsOf(name, words).map(({ value, text }) => ({
      value,
      text,
      field: `${name}_${value}`,
      isChosen: kind.kind === 'boxes' ? form[`${name}_${value}`] !== undefined : form[name] === value,
    })),
  };
}

function optionsOf(name: SettingName, words: Translator): readonly { value: string; text: string }[] {
  const kind = settingKinds[name];
  if (kind.kind === 'scope') {
    return ['everyone', 'none', 'groups'].map((value) => ({
      value,
      text: words.text(`admin_policies.scope.${value}`),
    }));
  }
  if (kind.kind === 'one_of') {
    return kind.values.map((value) => ({ value, text: words.text(`admin_policies.${name}.${value}`) }));
  }
  if (kind.kind !== 'boxes') return [];
  return kind.values.map((value) => ({
    value,
    text: words.text(name === 'methods' ? `${kind.words}.${value}.name` : `${kind.words}.${value}`),
  }));
}

/** The first mistake of each setting; one in a list says in which line. */
function problemsOf(fields: readonly FieldError[], words: Translator): Map<string, string> {
  const problems = new Map<string, string>();
  for (const { field, code, values } of fields) {
    const [setting = '', place] = field.split('.');
    const text = words.text(`policy_error.${code}`, values);
    const line = /^\d+$/.test(place ?? '')
      ? words.text('admin_policies.line', { line: Number(place) + 1 })
      : '';
    if (!problems.has(setting)) problems.set(setting, `${line}${text}`);
  }
  return problems;
}

function differencesOf(form: PolicyForm, present: Policy, words: Translator) {
  const theirs = formOf(present);
  return Object.values(settingGroups)
    .flat()
    .map((name) => ({
      label: labelOf(name, words),
      yours: textOf(name, form, words),
      theirs: textOf(name, theirs, words),
    }))
    .filter((one) => one.yours !== one.theirs);
}

function textOf(name: SettingName, form: PolicyForm, words: Translator): string {
  const { kind } = settingKinds[name];
  if (kind === 'yes_or_no')
    return words.text(form[name] === undefined ? 'admin_policies.no' : 'admin_policies.yes');
  if (kind === 'scope')
    return [form[name], form['scopeGroups']].filter(Boolean).join('\n').replaceAll('\r', '');
  if (kind !== 'boxes') return (form[name] ?? '').trim().replaceAll('\r', '');
  return optionsOf(name, words)
    .filter(({ value }) => form[`${name}_${value}`] !== undefined)
    .map(({ text }) => text)
    .join('\n');
}
