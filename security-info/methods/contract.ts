/**
 * What every authentication method is to the rest of the house: its limits, its form, how it is proved.
 * Routes and pages are generic and driven by this; a new method is one file beside this one and a line in the registry.
 */
import type { FieldError } from '../errors.ts';
import type { Policy } from '../policy.ts';
import type { Account } from '../ports.ts';
import type { MethodType } from '../record.ts';

/** What a user has typed or been shown, not yet proved. Lives sealed in the flow. */
export interface Draft {
  /** Normalised address, or null for methods that have none. */
  readonly address: string | null;
  /** Shared secret, or null for methods that have none. */
  readonly secret: string | null;
  /** What the user calls it, or null. */
  readonly name: string | null;
}

/** What a method's form may look at. */
export interface DraftContext {
  readonly account: Account;
  readonly policy: Policy;
  /** The host's own e-mail domains, lower case. */
  readonly ownEmailDomains: readonly string[];
}

/** A text field of a method's form. */
export interface FormField {
  readonly name: string;
  readonly inputType: 'text' | 'email' | 'tel';
  /** The autocomplete token of the HTML standard, or 'off'. */
  readonly autocomplete: string;
  readonly isRequired: boolean;
  /** In characters. */
  readonly maximumLength: number;
}

/** One type of authentication method. */
export interface MethodContract {
  readonly type: MethodType;
  /** How many of this type an account may have. */
  readonly maximum: number;
  /** False for what only an admin sets. */
  readonly isRegisteredByUser: boolean;
  /** False for what counts only beside another method. */
  readonly countsAlone: boolean;
  /** False where a policy may not offer it as its only method. */
  readonly mayBeOnlyOne: boolean;
  /** False for what admins may not use. */
  readonly isForAdmins: boolean;
  /** The sender it needs, or null. */
  readonly sender: 'mail' | null;
  /** The RFC 8176 value that a proof adds to `amr`, or null where the registry has none. */
  readonly amr: string | null;
  /** What `amr` calls a kind: two kinds together are `mfa`. */
  readonly factor: 'possession' | 'knowledge' | null;
  /** `sent_code`: a code goes to the address; `generated_code`: the user's device makes it (RFC 6238). */
  readonly proof: 'sent_code' | 'generated_code';
  /** The fields of the form that begins a registration. */
  readonly fields: readonly FormField[];
  /** Judges the form and makes what is to be proved. */
  draft(
    input: Readonly<Record<string, string>>,
    context: DraftContext,
  ): Draft | { readonly errors: readonly FieldError[] };
  /** The address as shown to its owner: enough to recognise, too little to use. */
  mask(address: string): string;
}
