/**
 * What a page may ask of the domain, in one interface: every room of `interactions/` is given a Desk and nothing else
 * of the stores. All addresses in what it answers are masked; all refusals are SecurityInfoErrors.
 */
import type { FormField, ProofInput } from './methods/contract.ts';
import type { Account, Asker } from './ports.ts';
import type { Channel, MethodType } from './record.ts';
import type { ReviewBy } from './review.ts';
import type { SnoozeOffer } from './snooze.ts';
import type { SignInStatus } from './status.ts';

/** Whose security info, in which sign-in: every call of a Desk names it. */
export interface Visit {
  readonly account: Account;
  readonly asker: Asker;
  /** Made by `interactionFlowKey`: stable across the steps of one sign-in, different for each account. */
  readonly flowKey: string;
  readonly client: { readonly clientId: string; readonly isExempt: boolean } | null;
}

/** A method as its owner sees it: masked. */
export interface MethodView {
  readonly id: string;
  readonly type: MethodType;
  readonly name: string | null;
  readonly maskedAddress: string | null;
  readonly isPrefilled: boolean;
  readonly isVerified: boolean;
  /** It counts for the policy today. */
  readonly counts: boolean;
  /** An admin wants it proved anew. */
  readonly mustBeProvedAnew: boolean;
  /** The policy no longer offers this type; it still proves. */
  readonly isNoLongerOffered: boolean;
  readonly verifiedAt: Date | null;
  readonly confirmedAt: Date | null;
  /** When it last proved its user, other than by being registered. */
  readonly lastUsedAt: Date | null;
  /** Its user wants it to come first. */
  readonly isPreferred: boolean;
  /** When it must be reconfirmed, or null where never. */
  readonly dueAt: Date | null;
  /** It falls due within 30 days, or a mark covers it: the review asks for it. */
  readonly isDueForReview: boolean;
  /** Already acknowledged or proved in this review. */
  readonly isReviewed: boolean;
  readonly coolingOffUntilAt: Date | null;
  /** The policy needs it: it can be replaced, not removed. */
  readonly isNeeded: boolean;
  /** A proof can reach it with the senders that are set up. */
  readonly isReachable: boolean;
  /** Whether 'looks good' is enough in a review. */
  readonly reviewBy: ReviewBy;
  /** Only an admin changes or removes it. */
  readonly isSetByAdmin: boolean;
  /** The policy asks for more of it than is there: more questions, answered. */
  readonly isTooLittle: boolean;
  /** Another one has the same address or number: the two count once. */
  readonly isSameAsAnother: boolean;
}

/** What is known of a code that was just sent: whether it went out before. */
export type SentAgain = { readonly isSameCode: boolean };

/** How a method is proved, as pages show it. */
export type ProofKind = 'sent_code' | 'generated_code' | 'answers';

/** A question that is to be answered. */
export interface QuestionView {
  readonly questionId: string;
  /** The words of a custom question; null for one of the pool, whose words are in `locales/`. */
  readonly customText: string | null;
}

/** A type of method that can be set up now. */
export interface OfferView {
  readonly type: MethodType;
  readonly fields: readonly FormField[];
  readonly proof: ProofKind;
  /** The account has one already (another of this type does not raise the number that counts). */
  readonly hasOne: boolean;
  readonly isLimitReached: boolean;
}

/** All that the overview and the review page show. */
export interface Overview {
  readonly status: SignInStatus;
  readonly methods: readonly MethodView[];
  readonly offers: readonly OfferView[];
  readonly required: number;
  readonly counted: number;
  readonly missing: number;
  /** The policy is met and nothing in the review is left: Finish works. */
  readonly canFinish: boolean;
  /** A review is open: some methods wait for 'looks good' or proof. */
  readonly isReview: boolean;
  /** When the user will be asked next if they finish now; null for never. */
  readonly nextDueAt: Date | null;
  /** Changing takes proof of a verified method first, and it has not been given in the last 15 minutes. */
  readonly proofNeeded: boolean;
  /** Some verified method can prove. False with `proofNeeded`: an access pass is the way. */
  readonly canProve: boolean;
  /** 'Remind me later', where it can be chosen now. */
  readonly snooze: SnoozeOffer | null;
  /** Until when wrong codes have closed the counter, or null. */
  readonly closedUntilAt: Date | null;
}

/** A registration under way, as its page shows it. */
export interface DraftView {
  /** Names this draft: the form carries it, so that a second tab's draft is not taken for it. */
  readonly id: string;
  readonly type: MethodType;
  readonly proof: ProofKind;
  readonly maskedAddress: string | null;
  /** How the code went out, or null where none did. */
  readonly channel: Channel | null;
  /** How it can go out. */
  readonly channels: readonly Channel[];
  /** What is asked as the proof of a set of answers; empty for every other type. */
  readonly questions: readonly QuestionView[];
  /** For authenticator apps: the Base32 key and the otpauth URI to draw as a QR code. Shown to its user only. */
  readonly setup: { readonly key: string; readonly uri: string } | null;
  readonly replaces: MethodView | null;
}

/** A proof of a registered method under way. */
export interface ProofView {
  readonly method: MethodView;
  readonly proof: ProofKind;
  /** How the code went out last, or null. */
  readonly channel: Channel | null;
  /** How it can go out now; empty where none can, or none is sent. */
  readonly channels: readonly Channel[];
  /** The questions that are asked; empty for every other type. */
  readonly questions: readonly QuestionView[];
  /** False where a code has still to be sent: the page offers to send one. */
  readonly isSent: boolean;
}

/** Everything the registration, review and proof pages do. */
export interface Desk {
  overview(visit: Visit): Promise<Overview>;
  /**
   * Judges the form, keeps it sealed in the flow and, where the method's proof is a sent code, sends it.
   * @param replaces id of the method that this one takes the place of, or null
   * @throws {InvalidInput | MethodNotOffered | MethodLimitReached | MethodNotFound | ProofRequired | TooManySends | DestinationNotAllowed | SenderUnavailable}
   */
  beginRegistration(
    visit: Visit,
    type: MethodType,
    input: Readonly<Record<string, string>>,
    replaces: string | null,
  ): Promise<DraftView>;
  /** The draft of this type in this flow. @throws {NothingPending} */
  readDraft(visit: Visit, type: MethodType): Promise<DraftView>;
  /**
   * Sends the same code again, or another where that one is used up; `channel` is null for the same way as before.
   * @throws {NothingPending | TooManySends | DestinationNotAllowed | SenderUnavailable}
   */
  resendDraftCode(
    visit: Visit,
    type: MethodType,
    draftId: string,
    channel?: string | null,
  ): Promise<DraftView & SentAgain>;
  /**
   * Proves the draft and registers it, consuming the code and recording the method in one write. Repeating a form that
   * succeeded succeeds.
   * @throws {WrongCode | NothingPending | TooManyWrongProofs | ProofRequired | MethodLimitReached | InvalidInput}
   */
  finishRegistration(visit: Visit, type: MethodType, draftId: string, given: ProofInput): Promise<void>;
  /** Forgets the draft of this type. */
  abandonRegistration(visit: Visit, type: MethodType): Promise<void>;
  /** The page on which a registered or prefilled method is proved. @throws {MethodNotFound} */
  readProof(visit: Visit, methodId: string): Promise<ProofView>;
  /**
   * Sends a code to a registered or prefilled method.
   * @param channel the way that was chosen, or null for the first that can be used
   * @throws {MethodNotFound | TooManySends | DestinationNotAllowed | SenderUnavailable}
   */
  sendProofCode(visit: Visit, methodId: string, channel?: string | null): Promise<ProofView & SentAgain>;
  /**
   * Proves a method: confirms a prefilled one, renews a stale one, and permits changes for 15 minutes.
   * @throws {WrongCode | MethodNotFound | TooManyWrongProofs | QuestionsChanged | InvalidInput}
   */
  prove(visit: Visit, methodId: string, given: ProofInput): Promise<void>;
  /** Takes an access pass as proof. @throws {WrongCode | TooManyWrongProofs} */
  useAccessPass(visit: Visit, pass: string): Promise<void>;
  /** @throws {MethodNotFound | MethodSetByAdmin | MethodNeeded | ProofRequired} */
  removeMethod(visit: Visit, methodId: string): Promise<void>;
  /** 'Looks good' for one method in a review. @throws {MethodNotFound | ProofRequired} the latter where the policy wants proof */
  acknowledge(visit: Visit, methodId: string): Promise<void>;
  /**
   * Ends the step: checks that the policy is met and the review complete.
   * @returns what to add to the login result: new RFC 8176 values proved in this sign-in
   * @throws {NotFinished}
   */
  finish(visit: Visit): Promise<{ readonly provedAmr: readonly string[]; readonly nextDueAt: Date | null }>;
  /**
   * Puts off what is asked. A form sent twice takes one.
   * @returns what to add to the login result, as `finish` does
   * @throws {SnoozeNotAllowed}
   */
  snooze(visit: Visit): Promise<{ readonly provedAmr: readonly string[] }>;
  /** Records that the user left; drafts are forgotten. */
  cancel(visit: Visit): Promise<void>;
}

/** What happens at the sign-in page. */
export interface SignInDesk {
  /**
   * Checks name and password. Unknown names and wrong passwords take the same time and are told alike.
   * @param knownAccountId the account that the browser's device cookie names, or null
   * @throws {WrongCredentials | SignInDelayed}
   */
  signIn(
    input: { readonly loginName: string; readonly password: string },
    asker: Omit<Asker, 'caller'>,
    isKnownBrowser: (account: Account) => boolean,
  ): Promise<Account>;
  /**
   * Remembers that the one-time password of this account was right, for the next page of the same interaction.
   */
  rememberOneTimePassword(visit: Visit): Promise<void>;
  /**
   * Replaces the one-time password. Sessions and tokens from before are refused.
   * @returns from when on a session counts as newer: the caller answers not before that second has begun
   * @throws {NothingPending | InvalidInput} fields `newPassword`, `repeatPassword`
   */
  changeOneTimePassword(
    visit: Visit,
    input: { readonly newPassword: string; readonly repeatPassword: string },
  ): Promise<{ readonly signedInAt: Date }>;
}
