/**
 * Every setting of a policy as a field of the form, in groups: what it is, and its bounds, which are the schema's. The
 * words are `admin_policies.setting.<name>`.
 */
import { z } from 'zod';
import { questionIds } from '../../../security-info/methods/question-pool.ts';
import { policySchema } from '../../../security-info/policy.ts';
import { methodTypes } from '../../../security-info/record.ts';

/** A setting, and how it is asked for. */
export type SettingKind =
  | { readonly kind: 'number'; readonly mayBeNone?: boolean }
  | { readonly kind: 'text'; readonly mayBeNone: boolean }
  | { readonly kind: 'yes_or_no' }
  /** One entry a line. */
  | { readonly kind: 'lines' }
  /** `id: text`, one a line. */
  | { readonly kind: 'questions' }
  /** A box for each. */
  | { readonly kind: 'boxes'; readonly values: readonly string[]; readonly words: string }
  | { readonly kind: 'one_of'; readonly values: readonly string[] }
  | { readonly kind: 'scope' };

/** A setting that has a field. `id` and `version` are the form's own. */
export type SettingName = Exclude<keyof typeof policySchema.shape, 'id' | 'version'>;

const number: SettingKind = { kind: 'number' };
const yesOrNo: SettingKind = { kind: 'yes_or_no' };
const lines: SettingKind = { kind: 'lines' };
const numberOrNone: SettingKind = { kind: 'number', mayBeNone: true };
const textOrNone: SettingKind = { kind: 'text', mayBeNone: true };

/** How each is asked for. */
export const settingKinds: Readonly<Record<SettingName, SettingKind>> = {
  appliesToGroups: lines,
  priority: number,
  scope: { kind: 'scope' },
  excludedAccounts: lines,
  excludedGroups: lines,
  exemptClients: lines,
  requireRegistration: yesOrNo,
  methods: { kind: 'boxes', values: methodTypes, words: 'method.type' },
  methodsToRegister: number,
  methodsToReset: number,
  unlockWithoutReset: yesOrNo,
  notifyUserOfReset: yesOrNo,
  notifyAdminsOfAdminReset: yesOrNo,
  questionsToRegister: number,
  questionsToReset: number,
  predefinedQuestions: { kind: 'boxes', values: questionIds, words: 'question' },
  customQuestions: { kind: 'questions' },
  phoneChannels: { kind: 'boxes', values: ['sms', 'voice'], words: 'method.channel' },
  phoneCountries: lines,
  smsPerDay: number,
  callsPerDay: number,
  phoneMessagesPerCountryPerDay: number,
  mailCodesPerDay: number,
  reconfirmAfterDays: number,
  spreadFrom: textOrNone,
  spreadDays: number,
  spreadFormerDays: numberOrNone,
  spreadFormerMethods: numberOrNone,
  review: { kind: 'one_of', values: ['acknowledge', 'prove'] },
  silentGraceDays: number,
  remindByMail: yesOrNo,
  remindDaysBefore: number,
  snoozes: number,
  snoozeDays: number,
  snoozeWithinDays: number,
  coolingOffHours: number,
  coolingOffAtFirstRegistration: yesOrNo,
  ownEmailDomains: lines,
  helpdeskUrl: textOrNone,
};

/** What stands together, in the order of the form; the words are `admin_policies.group.<name>`. */
export const settingGroups: Readonly<Record<string, readonly SettingName[]>> = {
  who: ['appliesToGroups', 'priority', 'scope', 'excludedAccounts', 'excludedGroups', 'exemptClients'],
  registration: ['requireRegistration', 'methods', 'methodsToRegister'],
  reconfirmation: ['reconfirmAfterDays', 'review', 'silentGraceDays', 'remindByMail', 'remindDaysBefore'],
  snooze: ['snoozes', 'snoozeDays', 'snoozeWithinDays'],
  reset: ['methodsToReset', 'unlockWithoutReset', 'notifyUserOfReset', 'notifyAdminsOfAdminReset'],
  protection: ['coolingOffHours', 'coolingOffAtFirstRegistration', 'ownEmailDomains', 'helpdeskUrl'],
  phones: ['phoneChannels', 'phoneCountries'],
  budgets: ['smsPerDay', 'callsPerDay', 'phoneMessagesPerCountryPerDay', 'mailCodesPerDay'],
  questions: ['questionsToRegister', 'questionsToReset', 'predefinedQuestions', 'customQuestions'],
  spread: ['spreadFrom', 'spreadDays', 'spreadFormerDays', 'spreadFormerMethods'],
};

/** The bounds of a number. */
export interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

const bounded = z.object({ minimum: z.number(), maximum: z.number() });
const described = z.object({ properties: z.record(z.string(), z.unknown()) });
const alternatives = z.object({ anyOf: z.array(z.unknown()) });
const { properties } = described.parse(z.toJSONSchema(policySchema, { io: 'input' }));

/** The bounds that the schema sets; null for what is no number. */
export function boundsOf(name: SettingName): Bounds | null {
  const nested = alternatives.safeParse(properties[name]);
  const candidates = [properties[name], ...(nested.success ? nested.data.anyOf : [])];
  return candidates.map((one) => bounded.safeParse(one)).find(({ success }) => success)?.data ?? null;
}
