/** What a change of a policy changes, setting by setting, for the audit log. A policy has no secret in it. */
import { isDeepStrictEqual } from 'node:util';
import type { SettingChange } from './events.ts';
import type { Policy } from './policy.ts';

const notSettings: ReadonlySet<string> = new Set(['id', 'version']);

/**
 * The settings that differ.
 * @param before null for a policy that is made
 * @param after null for one that is removed
 */
export function policyChanges(before: Policy | null, after: Policy | null): SettingChange[] {
  const [old, next] = [settingsOf(before), settingsOf(after)];
  return Object.keys({ ...old, ...next })
    .filter((setting) => !notSettings.has(setting))
    .map((setting) => ({ setting, before: old[setting] ?? null, after: next[setting] ?? null }))
    .filter((change) => !isDeepStrictEqual(change.before, change.after));
}

function settingsOf(policy: Policy | null): Readonly<Record<string, unknown>> {
  return policy ?? {};
}

/** The settings that sign-in's answer does not depend on: what changes only these need not be counted. */
const harmless: ReadonlySet<string> = new Set([
  ...['methodsToReset', 'unlockWithoutReset', 'notifyUserOfReset', 'notifyAdminsOfAdminReset', 'helpdeskUrl'],
  ...[
    'questionsToReset',
    'predefinedQuestions',
    'customQuestions',
    'phoneChannels',
    'phoneCountries',
    'review',
  ],
  ...['smsPerDay', 'callsPerDay', 'phoneMessagesPerCountryPerDay', 'mailCodesPerDay', 'silentGraceDays'],
  ...[
    'snoozeDays',
    'snoozeWithinDays',
    'coolingOffHours',
    'coolingOffAtFirstRegistration',
    'ownEmailDomains',
  ],
]);

/** Whether sign-in may answer somebody otherwise after the change; only then is it worth counting whom. */
export function changesSignIn(before: Policy | null, after: Policy | null): boolean {
  return policyChanges(before, after).some(({ setting }) => !harmless.has(setting));
}
