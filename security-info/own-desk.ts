/**
 * What the user's own page may ask of the domain besides the Desk: names and preferences, recent activity, signing out
 * elsewhere, a new password, and undoing a change without signing in.
 */
import type { ActivityEntry } from './activity.ts';
import type { Visit } from './desk.ts';
import type { Account, Asker } from './ports.ts';

/** From when on a session counts as newer: who acts answers not before that second has begun, and is spared. */
export interface Renewal {
  readonly signedInAt: Date;
}

/** A change of the password, as it was typed. */
export interface PasswordChange {
  /** Not looked at where a method was proved instead. */
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly repeatPassword: string;
}

/** What somebody does on a page of their own, signed in. */
export interface OwnDesk {
  /** @throws {MethodNotFound | InvalidInput} field `name` */
  nameMethod(visit: Visit, methodId: string, name: string): Promise<void>;
  /** @throws {MethodNotFound} where it is not verified, too */
  preferMethod(visit: Visit, methodId: string): Promise<void>;
  /** None comes first any more. @throws {MethodNotFound} */
  stopPreferring(visit: Visit, methodId: string): Promise<void>;
  /** The newest entries about the account. */
  recentActivity(visit: Visit): Promise<readonly ActivityEntry[]>;
  /** Refuses every session and token from before, and tells the own mailbox. */
  signOutElsewhere(visit: Visit): Promise<Renewal>;
  /** When a method was proved in this sign-in that lets an admin act as one; null where none was. */
  adminProofAt(visit: Visit): Promise<Date | null>;
  /** Whether a proof made in this sign-in stands in for the old password. */
  isPasswordProved(visit: Visit): Promise<boolean>;
  /**
   * Changes the password; sessions and tokens from before are refused.
   * @throws {InvalidInput} fields `currentPassword`, `newPassword`, `repeatPassword`
   * @throws {SignInDelayed}
   */
  changePassword(visit: Visit, input: PasswordChange): Promise<Renewal & { readonly account: Account }>;
}

/** What somebody does who holds the undo code of a notice, without signing in. */
export interface UndoDesk {
  /**
   * Takes back the change that the code names. Doing it again succeeds.
   * @throws {WrongCode} unknown name, wrong code and expired code alike
   * @throws {TooManyWrongProofs} from this network address
   */
  undo(
    input: { readonly loginName: string; readonly code: string },
    asker: Omit<Asker, 'caller'>,
  ): Promise<void>;
}
