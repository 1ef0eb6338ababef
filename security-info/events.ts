/**
 * What happened to a record, as it enters the audit log, and whom it tells. Pushed in the same write as the change.
 * No event carries a code, a secret, a number or an address in clear.
 */
import type { Channel, MethodType } from './record.ts';

/** Every type of event, in the order of the audit catalogue. */
export const eventTypes = [
  'signed_in',
  'sign_in_refused',
  'sign_in_delayed',
  'password_changed',
  'method_registered',
  'method_prefilled',
  'method_replaced',
  'method_removed',
  'method_lost',
  'method_address_read',
  'method_renamed',
  'method_preferred',
  'method_unpreferred',
  'method_change_undone',
  'signed_out_elsewhere',
  'method_confirmed',
  'method_proved',
  'proof_refused',
  'proofs_closed',
  'code_sent',
  'code_not_sent',
  'send_budget_low',
  'send_budget_spent',
  'delivery_failed',
  'review_finished',
  'registration_finished',
  'registration_cancelled',
  'registration_snoozed',
  'snooze_extended',
  'access_pass_issued',
  'access_pass_revoked',
  'access_pass_used',
  'reconfirmation_marked',
  'reconfirmation_unmarked',
  'registration_required_again',
  'reset_started',
  'reset_blocked',
  'password_reset',
  'account_unlocked_by_user',
  'help_requested',
  'account_created',
  'account_disabled',
  'account_enabled',
  'account_unlocked',
  'password_set_by_admin',
  'account_gone',
  'policy_changed',
  'campaign_created',
  'campaign_paused',
  'campaign_resumed',
  'campaign_finished',
  'campaign_ended',
] as const;
/** The type of an event: stable, the key of its text in `locales/`. */
export type EventType = (typeof eventTypes)[number];

/** Where a request came from, coarse enough for a log: filled in at the edge. */
export interface RequestContext {
  /** The caller's network address, or null where there is no request (a job, the CLI). */
  readonly callerAddress: string | null;
  /** The relying party of the flow, or null. */
  readonly clientId: string | null;
  /** The kind of device in fixed words, never the header that named it; null or absent where it is not known. */
  readonly device?: string | null;
}

/** Who is told of an event: how, a sealed address, and the language to use. */
export interface NoticeRecipient {
  readonly channel: Channel;
  readonly addressCiphertext: string;
  readonly locale: string;
  /** The code that undoes the change goes there, too; it does not where this is absent. */
  readonly mayUndo?: boolean;
}

/** One thing that happened. */
export interface DomainEvent extends RequestContext {
  /** Random and unique: the audit entry's and the outbox messages' key, so that draining twice copies once. */
  readonly id: string;
  readonly type: EventType;
  readonly at: Date;
  readonly accountId: string | null;
  /** `user`, `admin:<account id>`, `client:<client id>`, `cli` or `job:<name>`. */
  readonly actor: string;
  readonly result: 'success' | 'failure';
  readonly reason: string | null;
  readonly methodType: MethodType | null;
  /** The method that cools off since, which whoever is told may undo; not a secret. */
  readonly undoOf?: string | null;
  /** Empty where nobody is told. */
  readonly notify: readonly NoticeRecipient[];
}
