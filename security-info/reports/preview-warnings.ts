/** What an admin should know before a policy is saved: stable codes, words in locales/<language>/policy_warning.json. */
import { isReachable } from '../effective-policy.ts';
import type { Policy, SenderAvailability } from '../policy.ts';

/** Every warning, the gravest first. */
export const previewWarningCodes = [
  'acting_admin_locked_out',
  'all_admins_locked_out',
  'admins_locked_out',
  'acting_admin_interrupted',
  'users_locked_out',
  'due_at_once',
  'method_without_sender',
  'nobody_in_scope',
] as const;

/** A warning with the values that its words need. */
export interface PreviewWarning {
  readonly code: (typeof previewWarningCodes)[number];
  readonly values: Readonly<Record<string, string | number>>;
}

/** What warnings are made from. */
export interface WarningFacts {
  /** Null for a policy that is removed. */
  readonly proposed: Policy | null;
  readonly senders: SenderAvailability;
  readonly actingAdmin: { readonly isLockedOut: boolean; readonly isInterrupted: boolean } | null;
  /** Who can sign in. */
  readonly admins: number;
  readonly adminsLockedOut: number;
  readonly usersLockedOut: number;
  readonly dueAtOnce: number;
  readonly inScope: number;
}

/** The warnings that apply. */
export function previewWarnings(facts: WarningFacts): PreviewWarning[] {
  const { proposed, senders, actingAdmin, admins, adminsLockedOut } = facts;
  const warnings: PreviewWarning[] = [];
  const warn = (code: PreviewWarning['code'], values: PreviewWarning['values'] = {}): void => {
    warnings.push({ code, values });
  };
  if (actingAdmin?.isLockedOut === true) warn('acting_admin_locked_out');
  if (adminsLockedOut > 0 && adminsLockedOut === admins) warn('all_admins_locked_out', { count: admins });
  else if (adminsLockedOut > 0) warn('admins_locked_out', { count: adminsLockedOut, admins });
  if (actingAdmin?.isInterrupted === true && !actingAdmin.isLockedOut) warn('acting_admin_interrupted');
  if (facts.usersLockedOut > 0) warn('users_locked_out', { count: facts.usersLockedOut });
  if (facts.dueAtOnce > 0) warn('due_at_once', { count: facts.dueAtOnce });
  for (const type of proposed?.methods ?? []) {
    if (proposed !== null && !isReachable(type, proposed, senders)) warn('method_without_sender', { type });
  }
  if (facts.inScope === 0) warn('nobody_in_scope');
  return warnings;
}
