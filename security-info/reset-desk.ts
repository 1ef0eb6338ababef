/**
 * What the reset pages may ask of the domain. Before the first proof nothing that it answers depends on whether the
 * name is anybody's: neither in words nor in what is waited for.
 */
import type { QuestionView } from './desk.ts';
import type { FieldError } from './errors.ts';
import type { ProofInput } from './methods/contract.ts';
import type { Account, Asker } from './ports.ts';
import type { Channel, MethodType } from './record.ts';
import type { ResetOffer } from './reset-rules.ts';

/** A reset under way: its cookie's flow, and who asks. */
export interface ResetVisit {
  /** Made from the random value of the browser's cookie. */
  readonly flowKey: string;
  readonly asker: Omit<Asker, 'caller'>;
  /** Whether the browser's device cookie names the account. */
  isKnownBrowser(account: Account): boolean;
}

/** A registered method at the second gate, as its owner sees it. */
export interface ResetMethodView {
  readonly id: string;
  readonly type: MethodType;
  readonly name: string | null;
  readonly maskedAddress: string | null;
  readonly channels: readonly Channel[];
}

/** Where a reset stands: which page comes. */
export type ResetState =
  /** No name yet, or too long ago. */
  | {
      readonly kind: 'name';
      readonly returnTo: string | null;
      /** The name that came along from the sign-in was begun too often, until then; null where none was. */
      readonly limited: { readonly loginName: string; readonly until: Date } | null;
    }
  | { readonly kind: 'first_gate'; readonly offers: readonly ResetOffer[] }
  /** A type was chosen, and an address typed where it has one: a code is awaited. */
  | {
      readonly kind: 'first_code';
      readonly type: MethodType;
      /** What was typed, masked as it would be on the user's own page. */
      readonly maskedAddress: string | null;
      readonly channel: Channel | null;
      readonly channels: readonly Channel[];
      /** All that could be chosen instead. */
      readonly offers: readonly ResetOffer[];
    }
  | { readonly kind: 'second_gate'; readonly choices: readonly ResetMethodView[] }
  | { readonly kind: 'done'; readonly how: 'password' | 'unlocked'; readonly returnTo: string | null }
  | {
      readonly kind: 'choose';
      readonly loginName: string;
      readonly displayName: string;
      /** The account is locked, and the policy lets its owner only unlock it. */
      readonly canUnlock: boolean;
    };

/** The page on which a method of the second gate is proved. */
export interface ResetProofView {
  readonly method: ResetMethodView;
  readonly proof: 'sent_code' | 'generated_code' | 'answers';
  readonly isSent: boolean;
  readonly channel: Channel | null;
  readonly questions: readonly QuestionView[];
}

/** Everything that the reset pages do. */
export interface ResetDesk {
  /**
   * Begins a reset for a name, in the place of an earlier one; the sign-in to go back to stays the same.
   * @throws {InvalidInput | TooManySends}
   */
  begin(visit: ResetVisit, loginName: string): Promise<void>;
  /**
   * Remembers the path of the sign-in to go back to. What was begun before has ended. A name that was typed there is
   * begun with where it can be; where that was too often, the state says until when.
   */
  comeFrom(visit: ResetVisit, returnTo: string, loginName: string | null): Promise<void>;
  state(visit: ResetVisit): Promise<ResetState>;
  /**
   * Chooses how to prove at the first gate. Where a code is sent, it is if the address is registered; the answer
   * comes before that.
   * @throws {InvalidInput | MethodNotOffered | NothingPending | TooManySends}
   */
  chooseFirst(visit: ResetVisit, type: MethodType, input: Readonly<Record<string, string>>): Promise<void>;
  /** Sends the code of the first gate again, if there is one. @throws {NothingPending | TooManySends} */
  resendFirst(visit: ResetVisit, channel: string | null): Promise<void>;
  /** Back to the choice of the first gate. */
  leaveFirst(visit: ResetVisit): Promise<void>;
  /** @throws {WrongCode | TooManyWrongProofs | NothingPending} */
  proveFirst(visit: ResetVisit, code: string): Promise<void>;
  /** An access pass opens both gates. @throws {WrongCode | TooManyWrongProofs | NothingPending} */
  useAccessPass(visit: ResetVisit, pass: string): Promise<void>;
  /** @throws {MethodNotFound | NothingPending} */
  readSecond(visit: ResetVisit, methodId: string): Promise<ResetProofView>;
  /** @throws {MethodNotFound | NothingPending | TooManySends | DestinationNotAllowed | SenderUnavailable} */
  sendSecond(visit: ResetVisit, methodId: string, channel: string | null): Promise<void>;
  /** @throws {WrongCode | MethodNotFound | NothingPending | TooManyWrongProofs | QuestionsChanged | InvalidInput} */
  proveSecond(visit: ResetVisit, methodId: string, given: ProofInput): Promise<void>;
  /**
   * Sets the password; sessions and tokens from before are refused. A form sent twice is answered twice.
   * @returns the account as it is afterwards, for its device cookie, and from when on a sign-in is newer than the
   *   change: the caller answers not before that second has begun; null where the form came twice
   * @throws {NothingPending | InvalidInput} fields `newPassword`, `repeatPassword`
   */
  setPassword(
    visit: ResetVisit,
    input: { readonly newPassword: string; readonly repeatPassword: string },
  ): Promise<{ readonly account: Account; readonly signInFromAt: Date } | null>;
  /** Opens a locked account to who knows its password. @throws {NothingPending | WrongCredentials | SignInDelayed} */
  unlock(visit: ResetVisit, password: string): Promise<void>;
  /** Asks the admins for help, whoever the name is; told the same in every case. @throws {TooManySends | InvalidInput} */
  askForHelp(visit: ResetVisit, loginName: string): Promise<void>;
}

/** What may be wrong with a typed name. */
export function nameProblem(loginName: string): FieldError | null {
  if (loginName.trim() === '') return { field: 'loginName', code: 'required' };
  return loginName.length > longestName
    ? { field: 'loginName', code: 'too_long', values: { maximum: longestName } }
    : null;
}

const longestName = 256;
