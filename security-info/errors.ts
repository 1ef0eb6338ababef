/**
 * The one catalogue of what can be refused: a class per code. `code` is also the message key in `locales/`
 * (`error.<code>`) and the anchor in the docs. No error carries a code, a secret, a number or an address.
 */
import type { ImportProblem } from './admin/import/import-problem.ts';

/** A field of a form and the key of what is wrong with it (`field_error.<code>`), with values for the message. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** What every refusal has in common: a stable code, an HTTP status, and values for its message. */
export abstract class SecurityInfoError extends Error {
  /** Stable, snake case. */
  abstract readonly code: string;
  /** The HTTP status that a page answers with. */
  abstract readonly status: number;
  /** Values that the message needs: counts and dates, never anything personal. */
  readonly values: Readonly<Record<string, string | number | Date>>;

  constructor(values: Readonly<Record<string, string | number | Date>> = {}) {
    super();
    this.values = values;
    this.name = new.target.name;
  }
}

/** `invalid_input`: some fields of a form are wrong; each is named. */
export class InvalidInput extends SecurityInfoError {
  readonly code = 'invalid_input';
  readonly status = 422;
  readonly fields: readonly FieldError[];
  constructor(fields: readonly FieldError[]) {
    super();
    this.fields = fields;
    this.message = fields.map(({ field, code }) => `${field}: ${code}`).join(', ');
  }
}
/** `wrong_code`: wrong, expired, used and unknown codes look the same from outside. */
export class WrongCode extends SecurityInfoError {
  readonly code = 'wrong_code';
  readonly status = 422;
}
/** `too_many_wrong_proofs`: the counter of this caller is closed until `values.until`. */
export class TooManyWrongProofs extends SecurityInfoError {
  readonly code = 'too_many_wrong_proofs';
  readonly status = 429;
}
/** `too_many_sends`: no more codes to this account or address until `values.until`. */
export class TooManySends extends SecurityInfoError {
  readonly code = 'too_many_sends';
  readonly status = 429;
}
/** `wrong_credentials`: unknown name or wrong password, told alike. */
export class WrongCredentials extends SecurityInfoError {
  readonly code = 'wrong_credentials';
  readonly status = 422;
}
/** `sign_in_delayed`: too many wrong passwords; the next one is looked at from `values.until` on. */
export class SignInDelayed extends SecurityInfoError {
  readonly code = 'sign_in_delayed';
  readonly status = 429;
}
/** `method_not_offered`: the policy does not offer this type, or the user may not register it. */
export class MethodNotOffered extends SecurityInfoError {
  readonly code = 'method_not_offered';
  readonly status = 403;
}
/** `method_limit_reached`: the account has as many of this type as its contract allows (`values.maximum`). */
export class MethodLimitReached extends SecurityInfoError {
  readonly code = 'method_limit_reached';
  readonly status = 409;
}
/** `method_not_found`: no such method on this account. */
export class MethodNotFound extends SecurityInfoError {
  readonly code = 'method_not_found';
  readonly status = 404;
}
/** `method_needed`: the policy needs it, so it can be replaced but not removed. */
export class MethodNeeded extends SecurityInfoError {
  readonly code = 'method_needed';
  readonly status = 409;
}
/** `proof_required`: a verified method exists; changing takes proof of one, at most 15 minutes old. */
export class ProofRequired extends SecurityInfoError {
  readonly code = 'proof_required';
  readonly status = 403;
}
/** `nothing_pending`: the form belongs to something that has ended or expired; nothing is lost but that. */
export class NothingPending extends SecurityInfoError {
  readonly code = 'nothing_pending';
  readonly status = 409;
}
/** `method_set_by_admin`: only an admin changes or removes this one; the page says whom to ask. */
export class MethodSetByAdmin extends SecurityInfoError {
  readonly code = 'method_set_by_admin';
  readonly status = 403;
}
/** `destination_not_allowed`: the policy sends no codes to numbers of this country. */
export class DestinationNotAllowed extends SecurityInfoError {
  readonly code = 'destination_not_allowed';
  readonly status = 403;
}
/** `snooze_not_allowed`: no 'remind me later' is left, its time is over, or an admin wants it done now. */
export class SnoozeNotAllowed extends SecurityInfoError {
  readonly code = 'snooze_not_allowed';
  readonly status = 409;
}
/** `questions_changed`: other questions are asked by now; nothing was judged, nothing was counted. */
export class QuestionsChanged extends SecurityInfoError {
  readonly code = 'questions_changed';
  readonly status = 409;
}
/** `not_finished`: the policy is not met yet (`values.missing`). */
export class NotFinished extends SecurityInfoError {
  readonly code = 'not_finished';
  readonly status = 409;
}
/** `sender_unavailable`: the message could not be handed over; another method, or later. */
export class SenderUnavailable extends SecurityInfoError {
  readonly code = 'sender_unavailable';
  readonly status = 503;
}
/** `contended`: too many changes to the same record at once; nothing was done, try again. */
export class Contended extends SecurityInfoError {
  readonly code = 'contended';
  readonly status = 409;
}
/** `form_expired`: the form's anti-forgery token is missing, old or somebody else's. */
export class FormExpired extends SecurityInfoError {
  readonly code = 'form_expired';
  readonly status = 403;
}
/** `interaction_gone`: the sign-in that this page belongs to has ended, expired or is in another browser. */
export class InteractionGone extends SecurityInfoError {
  readonly code = 'interaction_gone';
  readonly status = 400;
}
/** `page_not_found`: there is no such page. */
export class PageNotFound extends SecurityInfoError {
  readonly code = 'page_not_found';
  readonly status = 404;
}
/** `form_too_large`: more than a form of ours can hold. */
export class FormTooLarge extends SecurityInfoError {
  readonly code = 'form_too_large';
  readonly status = 413;
}
/** `invalid_form`: the body is not a form of ours. */
export class InvalidForm extends SecurityInfoError {
  readonly code = 'invalid_form';
  readonly status = 400;
}
/** `invalid_policy`: a policy that cannot work; every setting that is wrong is named. */
export class InvalidPolicy extends SecurityInfoError {
  readonly code = 'invalid_policy';
  readonly status = 422;
  readonly fields: readonly FieldError[];
  constructor(fields: readonly FieldError[]) {
    super();
    this.fields = fields;
    this.message = fields.map(({ field, code }) => `${field}: ${code}`).join(', ');
  }
}
/** `policy_changed_meanwhile`: somebody else saved a policy since this one was read. */
export class PolicyChangedMeanwhile extends SecurityInfoError {
  readonly code = 'policy_changed_meanwhile';
  readonly status = 412;
}
/** `changed_meanwhile`: somebody else has changed it since it was read. */
export class ChangedMeanwhile extends SecurityInfoError {
  readonly code = 'changed_meanwhile';
  readonly status = 412;
}
/** `person_not_found`: the directory has no such account. */
export class PersonNotFound extends SecurityInfoError {
  readonly code = 'person_not_found';
  readonly status = 404;
}
/** `policy_not_found`: there is no policy of this id. */
export class PolicyNotFound extends SecurityInfoError {
  readonly code = 'policy_not_found';
  readonly status = 404;
}
/** `default_policy_stays`: the default policy can be changed, not removed. */
export class DefaultPolicyStays extends SecurityInfoError {
  readonly code = 'default_policy_stays';
  readonly status = 409;
}
/** `policy_makes_due`: the change would make `values.count` people due at once; a spread over `values.days` is proposed. */
export class PolicyMakesDue extends SecurityInfoError {
  readonly code = 'policy_makes_due';
  readonly status = 409;
}
/** `policy_warns`: the change can do what its admin may not mean: `values.warnings`, codes with spaces between them. */
export class PolicyWarns extends SecurityInfoError {
  readonly code = 'policy_warns';
  readonly status = 409;
}
/** `campaign_not_found`: no campaign has this id. */
export class CampaignNotFound extends SecurityInfoError {
  readonly code = 'campaign_not_found';
  readonly status = 404;
}
/** `campaign_changed_meanwhile`: somebody else changed the campaign since it was read. */
export class CampaignChangedMeanwhile extends SecurityInfoError {
  readonly code = 'campaign_changed_meanwhile';
  readonly status = 412;
}
/** `campaign_over`: it has asked everybody or was ended, so there is nothing to pause, resume or end. */
export class CampaignOver extends SecurityInfoError {
  readonly code = 'campaign_over';
  readonly status = 409;
}
/** `invalid_cursor`: the cursor is none of ours, or belongs to a list with other filters; begin at the first page. */
export class InvalidCursor extends SecurityInfoError {
  readonly code = 'invalid_cursor';
  readonly status = 400;
}
/** `invalid_import_file`: the file is no list of people, or cannot be read to its end; `problems` says where and why. */
export class InvalidImportFile extends SecurityInfoError {
  readonly code = 'invalid_import_file';
  readonly status = 422;
  readonly problems: readonly ImportProblem[];
  constructor(problems: readonly ImportProblem[]) {
    super();
    this.problems = problems;
    this.message = problems.map(({ line, code }) => `line ${line ?? '-'}: ${code}`).join(', ');
  }
}
/** `import_not_found`: there is no such import, or its report has expired. */
export class ImportNotFound extends SecurityInfoError {
  readonly code = 'import_not_found';
  readonly status = 404;
}
/** `import_not_ready`: the import is not, or no longer, in a state in which this can be done. */
export class ImportNotReady extends SecurityInfoError {
  readonly code = 'import_not_ready';
  readonly status = 409;
}
/** `idempotency_key_in_use`: the first request under this key is still being answered. */
export class IdempotencyKeyInUse extends SecurityInfoError {
  readonly code = 'idempotency_key_in_use';
  readonly status = 409;
}
/** `idempotency_key_reused`: another request was sent under this key before. */
export class IdempotencyKeyReused extends SecurityInfoError {
  readonly code = 'idempotency_key_reused';
  readonly status = 422;
}
