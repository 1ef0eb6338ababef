/**
 * What every authentication method is to the rest of the house: its limits, its form, how it is proved.
 * Routes and pages are generic and driven by this; a new method is one file beside this one and a line in the registry.
 */
import type { FieldError } from '../errors.ts';
import type { Policy } from '../policy.ts';
import type { Account } from '../ports.ts';
import type { Channel, MethodType } from '../record.ts';

/** An answer as it was typed and normalised, not yet digested. Lives sealed in the flow. */
export interface DraftAnswer {
  readonly questionId: string;
  /** The words of a custom question; null for one of the pool. */
  readonly customText: string | null;
  /** Normalised: what answers are compared by. */
  readonly answer: string;
}

/** What a user has typed or been shown, not yet proved. Lives sealed in the flow. */
export interface Draft {
  /** Normalised address, or null for methods that have none. */
  readonly address: string | null;
  /** Shared secret, or null for methods that have none. */
  readonly secret: string | null;
  /** What the user calls it, or null. */
  readonly name: string | null;
  /** How the code is to go out, or null where none does. */
  readonly channel: Channel | null;
  /** Answers of security questions; empty for every other type. */
  readonly answers: readonly DraftAnswer[];
}

/** A draft of nothing: what each method fills in. */
export const emptyDraft: Draft = { address: null, secret: null, name: null, channel: null, answers: [] };

/** What somebody gives to prove a method: a code, or answers by the id of their question. */
export type ProofInput = string | Readonly<Record<string, string>>;

/** What a method's form may look at. */
export interface FormContext {
  readonly account: Account;
  readonly policy: Policy;
  /** The channels of this method that the policy allows and whose sender is set up. */
  readonly channels: readonly Channel[];
}

/** What a method judges its form by. */
export interface DraftContext extends FormContext {
  /** The host's own e-mail domains, lower case. */
  readonly ownEmailDomains: readonly string[];
  /** The words of a question in every language, so that no answer repeats them. */
  readonly questionWords: (questionId: string) => readonly string[];
}

/** What an option is called: a key of `locales/`, an admin's own words, or a country with its calling code. */
export type OptionLabel =
  | { readonly key: string }
  | { readonly text: string }
  | { readonly country: string; readonly callingCode: string };

/** One of several things to choose from. */
export interface FieldOption {
  readonly value: string;
  readonly label: OptionLabel;
}

/** A field of a method's form. */
export interface FormField {
  readonly name: string;
  readonly inputType: 'text' | 'email' | 'tel' | 'select' | 'radio';
  /** The autocomplete token of the HTML standard, or 'off'. */
  readonly autocomplete: string;
  readonly isRequired: boolean;
  /** In characters. */
  readonly maximumLength: number;
  /** The word under which `locales/` has its label and hint; its name unless told otherwise. */
  readonly word?: string;
  /** Which of several alike it is, from 1. */
  readonly number?: number;
  /** Of a `select` or `radio`; a country list is shown in the order of the reader's language. */
  readonly options?: readonly FieldOption[];
  /** What is chosen or written in it at first. */
  readonly value?: string;
}

/** One type of authentication method. */
export interface MethodContract {
  readonly type: MethodType;
  /** How many of this type an account may have. */
  readonly maximum: number;
  /** False for what only an admin sets, changes and removes. */
  readonly isRegisteredByUser: boolean;
  /** An admin may fill it in beforehand. */
  readonly isPrefillable: boolean;
  /** False for what counts only beside another method. */
  readonly countsAlone: boolean;
  /** False where a policy may not offer it as its only method. */
  readonly mayBeOnlyOne: boolean;
  /** False for what admins may not use. */
  readonly isForAdmins: boolean;
  /** How its code can go out, the first choice first; empty where no code is sent. */
  readonly channels: readonly Channel[];
  /** How its address is told of changes, or null where it has none. */
  readonly noticeChannel: Channel | null;
  /** What `amr` calls a kind: two kinds together are `mfa`. */
  readonly factor: 'possession' | 'knowledge' | null;
  /** The RFC 8176 value that a proof adds to `amr`, by how its code went out, or null where the registry has none. */
  amrOf(channel: Channel | null): string | null;
  /**
   * `sent_code`: a code goes to the address; `generated_code`: the user's device makes it (RFC 6238); `answers`: the
   * user answers questions.
   */
  readonly proof: 'sent_code' | 'generated_code' | 'answers';
  /** The fields of the form that begins a registration. */
  fields(context: FormContext): readonly FormField[];
  /** Judges the form and makes what is to be proved. */
  draft(
    input: Readonly<Record<string, string>>,
    context: DraftContext,
  ): Draft | { readonly errors: readonly FieldError[] };
  /**
   * Reads an address as anybody may type it, without regard to whose it is: what two people type for one address comes
   * to one spelling up to its `identity`. Only of methods that a code is sent to.
   */
  readAddress(
    input: Readonly<Record<string, string>>,
  ): { readonly address: string } | { readonly errors: readonly FieldError[] };
  /** Whether what is registered is as much as the policy asks of this type. */
  isEnough(
    method: { readonly answers: readonly unknown[] },
    policy: Pick<Policy, 'questionsToRegister'>,
  ): boolean;
  /** The address as shown to its owner: enough to recognise, too little to use. */
  mask(address: string): string;
  /** What two addresses have in common when they are one: the purpose and the value of its digest. */
  identity(address: string): { readonly purpose: 'mailbox' | 'phone'; readonly value: string };
}
