/**
 * What the domain needs from outside: stores, senders, accounts, keys, clock. `models` and `delivery` implement
 * these; `provider` hands them in. Nothing here knows Koa, mongoose or SMTP.
 */

import type { ActivityLog } from './activity.ts';
import type { SecurityInfoError } from './errors.ts';
import type { DomainEvent, NoticeRecipient } from './events.ts';
import type { Policy, PolicySet } from './policy.ts';
import type { Caller, Channel, SecurityInfoRecord, SignInRecord } from './record.ts';
import type { UndoOffer } from './undo-code.ts';

/** Tells the time; handed in, so that rules can be tested at any moment. */
export interface Clock {
  now(): Date;
}

/** What a pure transition answers: the next state with its events and a result, or a refusal that writes nothing. */
export type Change<Next, Result> =
  | { readonly next: Next; readonly events: readonly DomainEvent[]; readonly result: Result }
  | { readonly unchanged: true; readonly result: Result }
  | { readonly refusal: SecurityInfoError };

/** A pure function from a state to what becomes of it. May run several times for one change. */
export type Transition<State, Result, Next = State> = (state: State) => Change<Next, Result>;

/** The records, one per account. */
export interface RecordStore {
  /** Reads the whole record; the empty record where there is none. */
  read(accountId: string): Promise<SecurityInfoRecord>;
  /** One read by `_id` with a projection: all that the sign-in check needs, nothing sealed. */
  readForSignIn(accountId: string): Promise<SignInRecord>;
  /**
   * Applies a transition by compare-and-swap on `version`: reads, computes, writes; when another write came first,
   * reads and computes again, a bounded number of times. Its events go into `pendingEvents` in the same write.
   * @throws {SecurityInfoError} the transition's refusal
   * @throws {Contended} `contended`, when the race was lost every time
   */
  change<Result>(accountId: string, transition: Transition<SecurityInfoRecord, Result>): Promise<Result>;
  /** Sets `policyId` where it differs, raising `version`; writes nothing where it is the same. */
  setPolicyId(accountId: string, policyId: string): Promise<void>;
  /**
   * Marks up to `limit` accounts under `policyId` whose oldest confirmation is at or before `confirmedUntilAt` and
   * that carry no mark, oldest first; each write is conditional on the document itself and raises its version.
   * @returns how many were marked; 0 when none is left
   */
  markDue(input: {
    readonly policyId: string;
    readonly confirmedUntilAt: Date;
    readonly excludedAccounts: readonly string[];
    readonly now: Date;
    readonly limit: number;
  }): Promise<number>;
  /** How many `markDue` would mark, touching nothing. */
  countDue(input: {
    readonly policyId: string;
    readonly confirmedUntilAt: Date;
    readonly excludedAccounts: readonly string[];
  }): Promise<number>;
  /**
   * Copies pending events to the audit log and the outbox, each by its own id, and then removes them from their
   * record. Repeatable at any point.
   * @param accountId of one record, or null for the oldest `limit` records that have any
   * @returns how many events were drained
   */
  drainEvents(accountId: string | null, limit: number): Promise<number>;
}

/** Unproved input of one person in the middle of something; expires 15 minutes after it was last written. */
export interface Flow {
  /** Random, made with the flow: binds form tokens to it. */
  readonly id: string;
  readonly version: number;
  readonly accountId: string;
  /** Drafts by `<method type>:<draft id>`: unproved input, sealed; the oldest give way. */
  readonly drafts: Readonly<Record<string, SealedDraft>>;
  /** The latest proofs made in this flow (in this very sign-in), newest last, bounded. */
  readonly proofs: readonly FlowProof[];
  /** Methods that were acknowledged in this flow's review, by id. */
  readonly acknowledged: readonly string[];
  /** Which one-time password was right, by when it had been set; null before one was given and once it is replaced. */
  readonly oneTimePasswordSetAt: Date | null;
}

/** Unproved input in the store: when it was made and its sealed JSON. */
export interface SealedDraft {
  readonly id: string;
  readonly createdAt: Date;
  readonly draftCiphertext: string;
}

/** A proof made in a flow: what it may permit is judged by its age and by what was proved. */
export interface FlowProof {
  readonly by: 'method' | 'access_pass';
  readonly methodId: string | null;
  /** The RFC 8176 value it adds to `amr`, or null. */
  readonly amr: string | null;
  readonly at: Date;
  /** True when what was proved was cooling off: it permits adding what the policy lacks and nothing else. */
  readonly coolingOff: boolean;
  /** True when it registered a method of an account that never had one before this flow. */
  readonly ofFirstRegistration: boolean;
}

/** The flows. Keys are made by `flowKey`. */
export interface FlowStore {
  /** The live flow under this key, or null where there is none or it has expired. */
  read(key: string): Promise<Flow | null>;
  /** As `RecordStore.change`; the transition gets null where there is no live flow. Each write renews the expiry. */
  change<Result>(key: string, transition: Transition<Flow | null, Result, Flow>): Promise<Result>;
  /** Ends the flow; nothing happens where there is none. */
  end(key: string): Promise<void>;
}

/** One counter: when each counted thing happened, oldest first, bounded by its limit. */
export interface Throttle {
  readonly times: readonly Date[];
  /** Closed until then, or null. */
  readonly blockedUntilAt: Date | null;
  /** How often it has been blocked in a row: the delay grows with it. */
  readonly level: number;
}

/** The counters that stand before actions, shared by all nodes. */
export interface ThrottleStore {
  /** As `RecordStore.change`. `keepSeconds` after the last write the counter is forgotten. */
  change<Result>(
    key: string,
    keepSeconds: number,
    transition: Transition<Throttle, Result>,
    /** `mayBeFresh`: mostly it counts nothing yet, so that is tried first. It changes the cost, not the outcome. */
    options?: { readonly mayBeFresh?: boolean },
  ): Promise<Result>;
  /** Forgets the counter. */
  reset(key: string): Promise<void>;
  /**
   * Counts one thing, in one write whatever else is counted at the same time.
   * @returns how many there are with this one; null, and nothing is counted, where `maximum` is reached
   */
  count(key: string, keepSeconds: number, maximum: number): Promise<number | null>;
  /** Takes one back that was counted. */
  uncount(key: string): Promise<void>;
}

/** What an admin has set. Every node sees a change within 5 seconds. */
export interface PolicyStore {
  /** The policies in force; may be up to 5 seconds old, never older. */
  current(): Promise<PolicySet>;
  /** Reads past any cache. */
  latest(): Promise<PolicySet>;
  /**
   * Saves the policy of its id as the next version.
   * @param expectedVersion 0 for one that is not there
   * @throws {PolicyChangedMeanwhile} `policy_changed_meanwhile`, when `expectedVersion` is not the stored one
   */
  save(policy: Policy, expectedVersion: number, events: readonly DomainEvent[]): Promise<void>;
  /**
   * Removes the policy of some groups; the default stays.
   * @throws {PolicyChangedMeanwhile} `policy_changed_meanwhile`, when `expectedVersion` is not the stored one
   */
  remove(policyId: string, expectedVersion: number, events: readonly DomainEvent[]): Promise<void>;
}

/** Events without a record: an unknown name, a policy change. Inserted before the answer. */
export interface EventLog {
  insert(events: readonly DomainEvent[]): Promise<void>;
}

/** A notice on its way: what happened, whom it tells. */
export interface OutboxMessage {
  /** Fixed per notice: the left part of its Message-ID, so that a repeat is recognised. */
  readonly key: string;
  /** Names the claim under which it is being sent; empty where there is none. */
  readonly claimId: string;
  readonly state: 'queued' | 'sending' | 'sent' | 'dead';
  /** How often it has been claimed. */
  readonly tries: number;
  readonly lastError: string | null;
  /** When it was queued. */
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly recipient: NoticeRecipient;
  /** Without its recipients. */
  readonly event: DomainEvent;
}

/** The notices that wait to be sent: at least once each. A claim that is not ended in time may be taken by another. */
export interface OutboxStore {
  /**
   * Claims the message that has waited longest; null when none is due.
   * @param without channels whose messages are to wait on; none unless told otherwise
   */
  claim(leaseSeconds: number, without?: readonly Channel[]): Promise<OutboxMessage | null>;
  /** Ends the claim: sent. False, and nothing changes, when the claim was lost meanwhile. */
  markSent(message: Pick<OutboxMessage, 'key' | 'claimId'>): Promise<boolean>;
  /** Ends the claim: not sent, to be tried again from `retryAt` on. `error` names no address and no secret. */
  putBack(
    message: Pick<OutboxMessage, 'key' | 'claimId'>,
    failure: { readonly error: string; readonly retryAt: Date },
  ): Promise<boolean>;
  /** The newest messages in any state. */
  list(query: { readonly limit: number }): Promise<readonly OutboxMessage[]>;
}

/** An account of the host, as the domain sees it. */
export interface Account {
  readonly id: string;
  readonly loginName: string;
  readonly displayName: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  /** BCP 47, or null where unknown. */
  readonly locale: string | null;
  /** The account's own mailbox, the one that the password opens; null where it has none. */
  readonly mailbox: string | null;
  readonly groups: readonly string[];
  readonly isAdmin: boolean;
  readonly isDisabled: boolean;
  /** The password is for one use and must be changed at this sign-in. */
  readonly mustChangePassword: boolean;
  /** When the password was last set: device cookies older than this are a stranger's. */
  readonly passwordChangedAt: Date | null;
}

/** The host's accounts. This deployment brings one on MongoDB; a plugin user brings their own. */
export interface AccountDirectory {
  findById(accountId: string): Promise<Account | undefined>;
  /** Case and Unicode form of the name do not matter. */
  findByLoginName(loginName: string): Promise<Account | undefined>;
  /** One page of accounts in a stable order. `nextCursor` is null at the end. */
  list(query: {
    readonly cursor: string | null;
    readonly group?: string;
    readonly limit: number;
  }): Promise<{ readonly accounts: readonly Account[]; readonly nextCursor: string | null }>;
  /** E-mail domains that belong to the host: no recovery mailbox may be in one. */
  ownEmailDomains(): Promise<readonly string[]>;
  /** Takes as long for undefined (an unknown name) and for a disabled account as for a real one, and is then false. */
  checkPassword(account: Account | undefined, password: string): Promise<boolean>;
  /** Writes a password. The caller raises `credentialsChangedAt` before and after it. */
  setPassword(accountId: string, password: string, options: { readonly mustChange: boolean }): Promise<void>;
  /** Clears a lock that the directory itself keeps, if any. */
  unlock(accountId: string): Promise<void>;
  /** Whether the directory itself has locked the account; a directory without locks leaves it out. */
  isLocked?(accountId: string): Promise<boolean>;
  /** Some admins, to be told of what concerns them; without it they are not told. */
  listAdmins?(limit: number): Promise<readonly Account[]>;
}

/** What can be told to a person by mail. Templates and words are the sender's, in the person's language. */
export type MailMessage =
  | {
      readonly kind: 'code';
      readonly to: string;
      readonly locale: string;
      readonly code: string;
      readonly expiresInMinutes: number;
      /** Where the person's policy says that help is; the deployment's where absent or null. */
      readonly helpdeskUrl?: string | null;
    }
  | {
      readonly kind: 'notice';
      readonly to: string;
      readonly locale: string;
      readonly event: DomainEvent;
      /** How the change is undone by whoever is told of it; absent or null where it cannot. */
      readonly undo?: UndoOffer | null;
      readonly displayName: string;
      readonly helpdeskUrl?: string | null;
    }
  | {
      /** What is in the security info falls due, or is due. */
      readonly kind: 'reminder';
      readonly to: string;
      readonly locale: string;
      readonly displayName: string;
      /** Why: the interval has passed, or a campaign asks. */
      readonly reason: 'interval' | 'campaign';
      readonly dueAt: Date;
      readonly isDue: boolean;
      /** The page on which it is done; null where it is only asked at the next sign-in. */
      readonly url: string | null;
      readonly helpdeskUrl?: string | null;
    };

/** Sends mail. */
export interface MailSender {
  /** False where no sender is set up: methods that need it are not on offer. */
  readonly isAvailable: boolean;
  /**
   * Hands the message over, within a bounded time.
   * @param messageId fixed per message, so that a repeat is recognised (RFC 5322 §3.6.4)
   * @throws {SenderUnavailable} `sender_unavailable`, when it could not be handed over
   */
  send(message: MailMessage, messageId: string): Promise<void>;
}

/** What can be told to a person by SMS or by a call. The words are the sender's, in the person's language. */
export type PhoneMessage =
  | {
      readonly kind: 'code';
      /** RFC 3966 without its scheme: E.164, and `;ext=` with digits where there is an extension. */
      readonly to: string;
      readonly locale: string;
      readonly code: string;
      readonly expiresInMinutes: number;
    }
  | {
      readonly kind: 'notice';
      readonly to: string;
      readonly locale: string;
      readonly event: DomainEvent;
      /** As in a mail. */
      readonly undo?: UndoOffer | null;
    };

/** Sends SMS, or makes calls that speak. A call speaks the code twice; no key press confirms anything. */
export interface PhoneSender {
  /** False where no sender is set up: methods that need it are not on offer. */
  readonly isAvailable: boolean;
  /**
   * Hands the message over, within a bounded time; at most once, so what may have gone out is not tried again.
   * @param messageId fixed per message, so that a gateway that knows it can drop a repeat
   * @throws {SenderUnavailable} `sender_unavailable`, when it could not be handed over
   */
  send(message: PhoneMessage, messageId: string): Promise<void>;
}

/** Digests answers of security questions, slowly on purpose. */
export interface AnswerHasher {
  /** @returns argon2id in PHC format */
  hash(answer: string): Promise<string>;
  check(answerHash: string, answer: string): Promise<boolean>;
}

/** Seals what must not lie in the store in clear, and digests what must be compared. */
export interface DataKeys {
  /** AES-256-GCM under the newest key. `context` is bound to the ciphertext: it opens nowhere else. */
  seal(plaintext: string, context: string): string;
  /** @throws {Error} when the ciphertext, its key or its context is not the one */
  open(ciphertext: string, context: string): string;
  /** HMAC-SHA-256 of a normalised value under a key and purpose of its own, base64url. */
  hash(value: string, purpose: string): string;
  /** The 6-digit code of a challenge: HMAC of its parts, truncated as RFC 4226 §5.3 says. */
  deriveCode(parts: readonly string[]): string;
}

/** The ports that the operations of the domain are given. */
export interface Ports {
  readonly clock: Clock;
  readonly records: RecordStore;
  readonly flows: FlowStore;
  readonly throttles: ThrottleStore;
  readonly policies: PolicyStore;
  readonly eventLog: EventLog;
  readonly activity: ActivityLog;
  readonly directory: AccountDirectory;
  readonly mail: MailSender;
  readonly sms: PhoneSender;
  readonly voice: PhoneSender;
  readonly answerHasher: AnswerHasher;
  readonly keys: DataKeys;
}

/** Who is asking and from where: known browsers and strangers are counted apart. */
export interface Asker {
  readonly caller: Caller;
  readonly callerAddress: string | null;
  readonly clientId: string | null;
  /** BCP 47 language of the page, for messages. */
  readonly locale: string;
  /** The kind of device, as in RequestContext. */
  readonly device?: string | null;
}
