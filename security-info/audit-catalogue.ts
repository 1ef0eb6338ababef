/**
 * What each type of event is called in the audit log: stable names like those that admins of Entra know, and what it
 * belongs to. Its description and its words in each language are in locales/<language>/audit.json.
 */
import type { EventType } from './events.ts';

/** What events are sorted by. */
export const auditCategories = [
  'sign_in',
  'account',
  'methods',
  'registration',
  'reset',
  'sending',
  'policy',
  'reports',
] as const;
/** What an event belongs to. */
export type AuditCategory = (typeof auditCategories)[number];

/** How a type of event stands in the audit log. */
export interface CatalogueEntry {
  readonly category: AuditCategory;
  /** In English, stable: programs may filter by it. */
  readonly name: string;
  /** The name where an admin did it, a program with an access token or the command line; the same where absent. */
  readonly byAdmin?: string;
}

/** Every type of event. */
export const auditCatalogue: Readonly<Record<EventType, CatalogueEntry>> = {
  signed_in: { category: 'sign_in', name: 'Signed in' },
  sign_in_refused: { category: 'sign_in', name: 'Sign-in refused' },
  sign_in_delayed: { category: 'sign_in', name: 'Sign-in delayed' },
  password_changed: { category: 'account', name: 'Changed password (self-service)' },
  method_registered: {
    category: 'methods',
    name: 'User registered security info',
    byAdmin: 'Admin registered security info',
  },
  method_prefilled: { category: 'methods', name: 'Admin prefilled security info' },
  method_replaced: {
    category: 'methods',
    name: 'User updated security info',
    byAdmin: 'Admin updated security info',
  },
  method_removed: {
    category: 'methods',
    name: 'User deleted security info',
    byAdmin: 'Admin deleted security info',
  },
  method_lost: { category: 'methods', name: 'Admin reported security info as lost' },
  method_address_read: { category: 'methods', name: 'Admin read numbers and addresses' },
  method_renamed: { category: 'methods', name: 'User renamed security info' },
  method_preferred: { category: 'methods', name: 'User changed default security info' },
  method_unpreferred: { category: 'methods', name: 'User took back the default security info' },
  method_change_undone: { category: 'methods', name: 'User undid a change of security info' },
  signed_out_elsewhere: { category: 'account', name: 'User signed out everywhere else' },
  method_confirmed: { category: 'methods', name: 'User reviewed security info' },
  method_proved: { category: 'methods', name: 'User proved security info' },
  proof_refused: { category: 'methods', name: 'Proof of security info refused' },
  proofs_closed: { category: 'methods', name: 'Proofs of security info closed' },
  code_sent: { category: 'sending', name: 'Code sent' },
  code_not_sent: { category: 'sending', name: 'Code not sent' },
  send_budget_low: { category: 'sending', name: 'Send budget nearly spent' },
  send_budget_spent: { category: 'sending', name: 'Send budget spent' },
  review_finished: { category: 'registration', name: 'User finished the review of security info' },
  registration_finished: { category: 'registration', name: 'User registered all required security info' },
  registration_cancelled: { category: 'registration', name: 'User cancelled security info registration' },
  registration_snoozed: { category: 'registration', name: 'User put off security info' },
  snooze_extended: { category: 'registration', name: 'Admin granted more time for security info' },
  access_pass_issued: { category: 'account', name: 'Admin issued an access pass' },
  access_pass_revoked: { category: 'account', name: 'Admin revoked an access pass' },
  access_pass_used: { category: 'account', name: 'User used an access pass' },
  reconfirmation_marked: {
    category: 'registration',
    name: 'Reconfirmation became due',
    byAdmin: 'Admin required reconfirmation of security info',
  },
  reconfirmation_unmarked: { category: 'registration', name: 'Admin withdrew a required reconfirmation' },
  registration_required_again: { category: 'registration', name: 'Admin required registration again' },
  reset_started: { category: 'reset', name: 'Started self-service password reset' },
  reset_blocked: { category: 'reset', name: 'Blocked from self-service password reset' },
  password_reset: { category: 'reset', name: 'Reset password (self-service)' },
  account_unlocked_by_user: { category: 'reset', name: 'Unlocked user account (self-service)' },
  help_requested: { category: 'reset', name: 'Requested help with password reset' },
  account_created: { category: 'account', name: 'Admin created an account' },
  account_changed: { category: 'account', name: 'Account changed' },
  account_disabled: { category: 'account', name: 'Admin disabled an account' },
  account_enabled: { category: 'account', name: 'Admin enabled an account' },
  account_unlocked: { category: 'account', name: 'Admin unlocked an account' },
  password_set_by_admin: { category: 'account', name: 'Reset password (by admin)' },
  account_gone: { category: 'account', name: 'Account left the directory' },
  delivery_failed: { category: 'sending', name: 'Notice could not be delivered' },
  campaign_created: { category: 'policy', name: 'Campaign created' },
  campaign_paused: { category: 'policy', name: 'Campaign paused' },
  campaign_resumed: { category: 'policy', name: 'Campaign resumed' },
  campaign_finished: { category: 'policy', name: 'Campaign finished' },
  campaign_ended: { category: 'policy', name: 'Campaign ended' },
  policy_changed: { category: 'policy', name: 'Policy changed' },
  import_started: { category: 'methods', name: 'Import started' },
  import_finished: { category: 'methods', name: 'Import finished' },
  methods_exported: { category: 'methods', name: 'Admin exported people and methods' },
  report_exported: { category: 'reports', name: 'Report exported' },
};

/** True for what an admin did, a program with an access token, or somebody at the command line. */
export function isByAdmin(actor: string): boolean {
  return actor === 'cli' || actor.startsWith('admin:') || actor.startsWith('client:');
}

/** The entry of a type, undefined for one that a newer release wrote. */
export function catalogueEntryOf(type: string): CatalogueEntry | undefined {
  return Object.entries(auditCatalogue).find(([name]) => name === type)?.[1];
}

/** What an event is called in English; one that a newer release wrote by its type. */
export function activityName({ type, actor }: { readonly type: string; readonly actor: string }): string {
  const entry = catalogueEntryOf(type);
  return (isByAdmin(actor) ? entry?.byAdmin : undefined) ?? entry?.name ?? type;
}

/** The key of its words in `locales/`; null for one that a newer release wrote. */
export function activityKey({
  type,
  actor,
}: {
  readonly type: string;
  readonly actor: string;
}): string | null {
  const entry = catalogueEntryOf(type);
  if (entry === undefined) return null;
  return isByAdmin(actor) && entry.byAdmin !== undefined
    ? `audit.name_by_admin.${type}`
    : `audit.name.${type}`;
}
