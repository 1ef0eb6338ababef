/** A policy as the fields of a form, and back: nothing is judged here, so that what was typed can be shown as it was. */
import type { Policy } from '../../../security-info/policy.ts';
import { type SettingName, settingGroups, settingKinds } from './policy-fields.ts';

/** The fields of the form by name. */
export type PolicyForm = Readonly<Record<string, string>>;

const settingNames = Object.values(settingGroups).flat();

/** The fields that a policy fills: those of boxes that are not ticked are absent. */
export function formOf(policy: Policy): PolicyForm {
  const fields: [string, string][] = [
    ['policyId', policy.id],
    ['version', String(policy.version)],
  ];
  for (const name of settingNames) fields.push(...fieldsOf(policy, name));
  return Object.fromEntries(fields);
}

function fieldsOf(policy: Policy, name: SettingName): [string, string][] {
  const value = policy[name];
  if (name === 'scope') {
    const { scope } = policy;
    const groups = scope.kind === 'groups' ? scope.groups : [];
    return [
      ['scope', scope.kind],
      ['scopeGroups', groups.join('\n')],
    ];
  }
  if (name === 'customQuestions') {
    return [[name, policy.customQuestions.map(({ id, text }) => `${id}: ${text}`).join('\n')]];
  }
  if (typeof value === 'boolean') return value ? [[name, 'yes']] : [];
  if (!Array.isArray(value)) return [[name, value === null ? '' : String(value)]];
  const entries = value.map(String);
  return settingKinds[name].kind === 'boxes'
    ? entries.map((entry) => [`${name}_${entry}`, 'yes'])
    : [[name, entries.join('\n')]];
}

/** The policy that the fields say, not yet looked at: `parsePolicy` judges it. */
export function proposalOf(form: PolicyForm): Record<string, unknown> {
  const version = Number(form['version']);
  return {
    id: (form['policyId'] ?? '').trim(),
    version: Number.isSafeInteger(version) && version >= 0 ? version : -1,
    ...Object.fromEntries(settingNames.map((name) => [name, settingOf(form, name)])),
  };
}

function settingOf(form: PolicyForm, name: SettingName): unknown {
  const kind = settingKinds[name];
  const text = (form[name] ?? '').trim();
  switch (kind.kind) {
    case 'number':
      if (text === '' && kind.mayBeNone === true) return null;
      // What is no number stays a text, and is refused as one.
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case 'text':
      return text === '' && kind.mayBeNone ? null : text;
    case 'yes_or_no':
      return form[name] !== undefined;
    case 'lines':
      return linesOf(text);
    case 'questions':
      return linesOf(text).map((line) => {
        const at = line.indexOf(':');
        return { id: line.slice(0, Math.max(0, at)).trim(), text: line.slice(at + 1).trim() };
      });
    case 'boxes':
      return kind.values.filter((value) => form[`${name}_${value}`] !== undefined);
    case 'one_of':
      return text;
    case 'scope':
      return text === 'groups' ? { kind: text, groups: linesOf(form['scopeGroups'] ?? '') } : { kind: text };
  }
}

/** The entries, one a line; empty lines are none. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The fields of a form that are a policy's, without what a page adds to them: what is carried from page to page. */
export function policyFieldsOf(form: Readonly<Record<string, string>>): PolicyForm {
  const own = new Set(['policyId', 'version', 'scopeGroups', 'isNew', ...settingNames]);
  const boxes = settingNames.filter((name) => settingKinds[name].kind === 'boxes');
  return Object.fromEntries(
    Object.entries(form).filter(
      ([name]) => own.has(name) || boxes.some((setting) => name.startsWith(`${setting}_`)),
    ),
  );
}
