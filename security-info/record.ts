/**
 * The document of one account and how it is read: methods, live challenges, wrong proofs, marks, pending events.
 * Addresses and secrets in it are sealed already; who opens them is the holder of DataKeys.
 */
import type { DomainEvent } from './events.ts';

/** Every type of authentication method that the registry knows, most secure first. */
export const methodTypes = [
  'authenticator_app',
  'mobile_phone',
  'alternate_phone',
  'office_phone',
  'email',
  'security_questions',
] as const;
/** A type of authentication method. */
export type MethodType = (typeof methodTypes)[number];

/** Every way that a code or a notice can go to somebody. */
export const channels = ['mail', 'sms', 'voice'] as const;
/** A way that a code or a notice can go to somebody. */
export type Channel = (typeof channels)[number];

/** One of the security questions that a user has answered. */
export interface RegisteredAnswer {
  /** Of the predefined pool, or of a custom question of the policy. */
  readonly questionId: string;
  /** The words of a custom question, for it may leave the policy; null for one of the pool. */
  readonly customText: string | null;
  /** argon2id in PHC format, of a keyed digest of the normalised answer. */
  readonly answerHash: string;
}

/** One authentication method of an account. */
export interface Method {
  /** Random, unique within the account; safe in a URL. */
  readonly id: string;
  readonly type: MethodType;
  /** What the user calls it, or null. Never an address. */
  readonly name: string | null;
  /** The sealed e-mail address or number, for methods that have one. */
  readonly addressCiphertext: string | null;
  /** Keyed digest of the normalised address: equality without opening it. */
  readonly addressHash: string | null;
  /** The sealed shared secret of an authenticator app. */
  readonly secretCiphertext: string | null;
  /** The last RFC 6238 time step that was accepted; none at or before it is accepted again (RFC 6238 §5.2). */
  readonly lastStep: number | null;
  /** The answers of security questions; empty for every other type. */
  readonly answers: readonly RegisteredAnswer[];
  /** When an admin filled it in, or null when the user registered it. */
  readonly prefilledAt: Date | null;
  /** When it was last proved; null while it is prefilled only. */
  readonly verifiedAt: Date | null;
  /** When it was last proved or acknowledged in a review. */
  readonly confirmedAt: Date | null;
  /** When it last proved its user, other than by being registered. */
  readonly lastUsedAt: Date | null;
  /** Since when an admin wants it proved anew: it does not count until `verifiedAt` is later. */
  readonly proveAnewAt: Date | null;
  /** Until when it is cooling off (resets nothing, changes nothing), or null. */
  readonly coolingOffUntilAt: Date | null;
  /** The method that took this one's place; kept until that one's cooling-off ends, and counts for nothing. */
  readonly replacedById: string | null;
  /** The challenge or draft that registered it: tells a double click from a replay. */
  readonly registeredBy: string | null;
  /** The flow in which it last proved its user: a form of that flow sent twice is answered twice. */
  readonly lastProofFlowId: string | null;
}

/** Every purpose of a challenge. */
export const challengePurposes = ['register', 'prove', 'reset'] as const;
/** What a challenge, once proved, may be used for. A code is bound to it. */
export type ChallengePurpose = (typeof challengePurposes)[number];

/** A one-time code on its way: its tries are counted here, the code itself is derived and stored nowhere. */
export interface Challenge {
  readonly id: string;
  readonly purpose: ChallengePurpose;
  readonly methodType: MethodType;
  /** Keyed digest of the address that the code was sent to. */
  readonly destinationHash: string;
  /** How the code went out last. */
  readonly channel: Channel;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** Wrong answers so far. */
  readonly tries: number;
  /** How often the code was sent. */
  readonly sends: number;
}

/** What makes an account due apart from its dates. */
export interface Mark {
  readonly by: 'interval' | 'admin' | 'campaign';
  readonly at: Date;
}

/** What a snooze may put off. */
export type SnoozeReason = 'registration_required' | 'reconfirmation_due';

/** 'Remind me later', for as long as what is asked has been asked without being done. */
export interface Snooze {
  /** What the latest one put off; null where an admin granted some and none was taken yet. */
  readonly reason: SnoozeReason | null;
  /** How many methods were missing then: void as soon as more are. */
  readonly missing: number;
  /** Until when the latest one passes, or null. */
  readonly untilAt: Date | null;
  /** How many were taken; voiding refunds none. */
  readonly used: number;
  /** What an admin granted beyond the policy's number. */
  readonly extra: number;
  /** Until when any may last: fixed by the first one, moved on by an admin; null before the first. */
  readonly deadlineAt: Date | null;
  /** The flow that took the latest: one per interaction, and a form sent twice is answered twice. */
  readonly flowId: string | null;
}

/** Who is guessing: each has a counter of its own, so that a stranger cannot lock the owner out. */
export type Caller = 'stranger' | 'known_browser' | 'signed_in';

/** A one-time code that an admin gives to someone who can prove nothing else; only its digest is kept. */
export interface AccessPass {
  readonly passHash: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** The flow that registered with it: single use, but a form of that flow sent twice is answered twice. */
  readonly usedByFlowId: string | null;
  /** The flow that chose a new password with it: once, beside the one registration that it is for. */
  readonly resetByFlowId?: string | null | undefined;
}

/** Everything known about one account's methods: the document with `_id` = account id. */
export interface SecurityInfoRecord {
  readonly accountId: string;
  /** Raised by each write; 0 where no document exists yet. */
  readonly version: number;
  /** The policy that applied at the last sign-in; lets jobs work without asking the host for groups. */
  readonly policyId: string | null;
  readonly methods: readonly Method[];
  /** At most one per purpose and destination. */
  readonly challenges: readonly Challenge[];
  /** When wrong proofs were given in the last 24 hours, by who was guessing; at most the limit of each. */
  readonly wrongProofs: Readonly<Record<Caller, readonly Date[]>>;
  readonly mark: Mark | null;
  /** Null where nothing was put off since everything was last done. */
  readonly snooze: Snooze | null;
  readonly accessPass: AccessPass | null;
  /** The method that its user prefers: it comes first where a proof is asked for; null where none is. */
  readonly preferredMethodId: string | null;
  /** When a method was first there, prefilled or verified; never unset: losing the last one does not reopen first registration. */
  readonly firstMethodAt: Date | null;
  /** The oldest `confirmedAt` of what counts, for the marking job's index; null when nothing counts. */
  readonly oldestConfirmedAt: Date | null;
  /** Sessions and tokens older than this are refused; always a whole second. */
  readonly credentialsChangedAt: Date | null;
  /** Written with the change that they tell of, drained afterwards. */
  readonly pendingEvents: readonly DomainEvent[];
}

/** The part of a method that the sign-in check needs: nothing sealed. */
export interface SignInMethod
  extends Pick<
    Method,
    | 'id'
    | 'type'
    | 'addressHash'
    | 'prefilledAt'
    | 'verifiedAt'
    | 'confirmedAt'
    | 'proveAnewAt'
    | 'coolingOffUntilAt'
    | 'replacedById'
  > {
  readonly answers: readonly Pick<RegisteredAnswer, 'questionId'>[];
}

/** The part of a record that the sign-in check reads, by one projection. */
export interface SignInRecord {
  readonly accountId: string;
  readonly policyId: string | null;
  readonly methods: readonly SignInMethod[];
  readonly mark: Mark | null;
  readonly snooze: Snooze | null;
  readonly credentialsChangedAt: Date | null;
}

/** The record of an account that has none yet. */
export function emptyRecord(accountId: string): SecurityInfoRecord {
  return {
    accountId,
    version: 0,
    policyId: null,
    methods: [],
    challenges: [],
    wrongProofs: { stranger: [], known_browser: [], signed_in: [] },
    mark: null,
    snooze: null,
    accessPass: null,
    preferredMethodId: null,
    firstMethodAt: null,
    oldestConfirmedAt: null,
    credentialsChangedAt: null,
    pendingEvents: [],
  };
}

/** A method as it is at its beginning: nothing proved, nothing sealed. */
export function emptyMethod(id: string, type: MethodType): Method {
  return {
    id,
    type,
    name: null,
    addressCiphertext: null,
    addressHash: null,
    secretCiphertext: null,
    lastStep: null,
    answers: [],
    prefilledAt: null,
    verifiedAt: null,
    confirmedAt: null,
    lastUsedAt: null,
    proveAnewAt: null,
    coolingOffUntilAt: null,
    replacedById: null,
    registeredBy: null,
    lastProofFlowId: null,
  };
}

/** Finds a method of a record by its id; undefined when there is none. */
export function findMethod(record: SecurityInfoRecord, methodId: string): Method | undefined {
  return record.methods.find((method) => method.id === methodId);
}

/** True once the user has proved the method and no newer one has taken its place. */
export function isVerified(method: Pick<Method, 'verifiedAt' | 'replacedById'>): boolean {
  return method.verifiedAt !== null && method.replacedById === null;
}

/** True while the method is set by an admin and not yet confirmed by its user. */
export function isPrefilled(method: Pick<Method, 'verifiedAt' | 'prefilledAt'>): boolean {
  return method.prefilledAt !== null && method.verifiedAt === null;
}
