/**
 * What an admin may do to one person's security info, in one interface: the API, the console and the command line do
 * nothing else. Secrets and answers are in none of its answers; numbers and addresses in `readMethods` alone.
 */
import type { MethodView } from '../desk.ts';
import type { Account } from '../ports.ts';
import type { AccessPass, Caller, Mark, Method, MethodType, Snooze } from '../record.ts';
import type { SignInStatus } from '../status.ts';
import type { ActingAdmin } from './acting-admin.ts';

/** A person as an admin sees them before numbers and addresses are asked for. */
export interface PersonView {
  readonly account: Account;
  /** Of the state that is shown: what a change expects it to be still. */
  readonly tag: string;
  readonly policyId: string;
  /** Sign-in's answer for them, at no app in particular. */
  readonly status: SignInStatus;
  readonly required: number;
  readonly counted: number;
  /** Masked. */
  readonly methods: readonly MethodView[];
  readonly mark: Mark | null;
  readonly snooze: (Pick<Snooze, 'untilAt' | 'used' | 'deadlineAt'> & { readonly left: number }) | null;
  readonly accessPass: (Pick<AccessPass, 'issuedAt' | 'expiresAt'> & { readonly isUsed: boolean }) | null;
  /** Until when each kind of caller may give no more proofs; null while it may. */
  readonly closedUntilAt: Readonly<Record<Caller, Date | null>>;
  /** The default policy leaves them out by name. */
  readonly isExcluded: boolean;
}

/** A method with its number or address in clear. */
export interface ClearMethod
  extends Pick<
    Method,
    | 'id'
    | 'type'
    | 'name'
    | 'prefilledAt'
    | 'verifiedAt'
    | 'confirmedAt'
    | 'lastUsedAt'
    | 'proveAnewAt'
    | 'coolingOffUntilAt'
    | 'replacedById'
  > {
  readonly address: string | null;
  /** How many questions are answered; 0 for every other type. */
  readonly questions: number;
}

/** What a change is asked of, by whom, and in which state they saw it: null where any will do. */
export interface AdminErrand {
  readonly by: ActingAdmin;
  readonly accountId: string;
  readonly expectedTag?: string | null;
}

/** All refusals are SecurityInfoErrors; each call is refused with `person_not_found` where there is no such account. */
export interface PeopleDesk {
  read(accountId: string): Promise<PersonView>;
  /** Numbers and addresses in clear; that they were read is in the audit log before the answer is given. */
  readMethods(by: ActingAdmin, accountId: string): Promise<readonly ClearMethod[]>;
  /**
   * Fills a method in; the same address again changes nothing.
   * @param country of a number without a calling code (ISO 3166-1 alpha-2)
   * @throws {InvalidInput | MethodNotOffered | ChangedMeanwhile}
   */
  prefill(
    errand: AdminErrand,
    input: { readonly type: MethodType; readonly address: string; readonly country?: string | undefined },
  ): Promise<{ readonly methodId: string; readonly isChanged: boolean }>;
  /** @throws {MethodNotFound | ChangedMeanwhile} */
  removeMethod(errand: AdminErrand, methodId: string): Promise<void>;
  /** Says that a method is lost: it proves nothing from now on. @throws {MethodNotFound | ChangedMeanwhile} */
  reportLost(errand: AdminErrand, methodId: string): Promise<void>;
  /** No method counts until its user has proved it anew; nothing is deleted. @returns how many */
  requireRegistration(errand: AdminErrand): Promise<number>;
  /** Asks for a review at the next sign-in, whatever the dates. */
  requireReconfirmation(errand: AdminErrand): Promise<void>;
  /** Takes that back. @returns false where it was not asked for */
  cancelReconfirmation(errand: AdminErrand): Promise<boolean>;
  /** Makes a pass and shows it once; an earlier one is void. @param hours 1 to 168 */
  issueAccessPass(
    errand: AdminErrand,
    hours: number,
  ): Promise<{ readonly accessPass: string; readonly expiresAt: Date }>;
  /** @returns false where there was none */
  revokeAccessPass(errand: AdminErrand): Promise<boolean>;
  /** Opens every counter of wrong passwords and wrong proofs, and the directory's own lock. */
  unlock(errand: AdminErrand): Promise<void>;
  /** Grants so many more 'remind me later', that may last until then. */
  grantSnooze(errand: AdminErrand, grant: { readonly times: number; readonly days: number }): Promise<void>;
  /** Leaves the account out of what is asked, under every policy, or takes it in again. @returns whether it changed */
  setExcluded(errand: AdminErrand, isExcluded: boolean): Promise<boolean>;
}

/** The longest validity of an access pass, in hours. */
export const longestAccessPassHours = 7 * 24;
/** The most that one grant of 'remind me later' gives. */
export const mostSnoozes = 20;
/** The most days that one grant gives. */
export const mostSnoozeDays = 90;
