/**
 * `security_infos`: the document of one account, as it is stored and as it is read, whatever release wrote it.
 * What is done with it is record-store.ts's; what is sealed in it stays sealed here.
 */
import { Schema } from 'mongoose';
import { z } from 'zod';
import type { DomainEvent } from '../security-info/events.ts';
import { nextExpiry } from '../security-info/expiry.ts';
import {
  type AccessPass,
  type Caller,
  type Challenge,
  challengePurposes,
  channels,
  type Mark,
  type Method,
  methodTypes,
  type RegisteredAnswer,
  type SecurityInfoRecord,
  type SignInRecord,
  type Snooze,
} from '../security-info/record.ts';
import { domainEventSchema, storedEvent } from './domain-event.ts';
import { type CollectionSchema, partOptions, schemaOptions } from './schema-options.ts';

/** A record as it is stored. */
export interface StoredRecord extends Omit<SecurityInfoRecord, 'accountId'> {
  /** The account's id. */
  readonly _id: string;
  /** `oldestConfirmedAt` while there is no mark, else null: what the marking job's index needs. */
  readonly markableAt: Date | null;
  /** When the latest pending event was pushed; unset when none is pending. */
  readonly pendingAt?: Date;
  /** When the directory was found to have its account no longer; unset where it has, as far as is known. */
  readonly goneAt?: Date;
  /** When something in it expires next, or has: the purging job's index. */
  readonly purgeAt: Date | null;
}

const date = { type: Date, default: undefined };
const text = { type: String, default: undefined };

const methodSchema = new Schema<Method>(
  {
    id: { type: String, required: true },
    type: { type: String, required: true },
    name: text,
    addressCiphertext: text,
    addressHash: text,
    secretCiphertext: text,
    lastStep: Number,
    answers: [
      new Schema<RegisteredAnswer>({ questionId: String, customText: text, answerHash: String }, partOptions),
    ],
    prefilledAt: date,
    verifiedAt: date,
    confirmedAt: date,
    lastUsedAt: date,
    proveAnewAt: date,
    coolingOffUntilAt: date,
    replacedById: text,
    registeredBy: text,
    lastProofFlowId: text,
  },
  partOptions,
);

const challengeSchema = new Schema<Challenge>(
  {
    id: { type: String, required: true },
    purpose: { type: String, required: true },
    methodType: { type: String, required: true },
    destinationHash: { type: String, required: true },
    channel: { type: String, required: true },
    issuedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    tries: { type: Number, required: true },
    sends: { type: Number, required: true },
  },
  partOptions,
);

const schema = new Schema<StoredRecord>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    policyId: text,
    methods: [methodSchema],
    challenges: [challengeSchema],
    wrongProofs: new Schema<Record<Caller, Date[]>>(
      { stranger: [Date], known_browser: [Date], signed_in: [Date] },
      partOptions,
    ),
    mark: new Schema<Mark>({ by: String, at: Date }, partOptions),
    snooze: new Schema<Snooze>(
      {
        reason: text,
        missing: Number,
        untilAt: date,
        used: Number,
        extra: Number,
        deadlineAt: date,
        flowId: text,
      },
      partOptions,
    ),
    accessPass: new Schema<AccessPass>(
      { passHash: String, issuedAt: Date, expiresAt: Date, usedByFlowId: String, resetByFlowId: String },
      partOptions,
    ),
    preferredMethodId: text,
    firstMethodAt: date,
    oldestConfirmedAt: date,
    markableAt: date,
    credentialsChangedAt: date,
    pendingEvents: [domainEventSchema],
    pendingAt: date,
    goneAt: date,
    purgeAt: date,
  },
  schemaOptions,
);
// All of dates are asked for by ranges, which no null matches.
schema.index({ policyId: 1, markableAt: 1 });
schema.index({ 'mark.by': 1, policyId: 1, oldestConfirmedAt: 1 });
schema.index({ pendingAt: 1 });
schema.index({ goneAt: 1 });
schema.index({ purgeAt: 1 });

/** The collection of records. */
export const securityInfos: CollectionSchema<StoredRecord> = { name: 'security_infos', schema };

const optionalText = z.string().nullable().default(null);
const optionalDate = z.date().nullable().default(null);
const dates = z.array(z.date()).default([]);

const signInMethod = {
  id: z.string(),
  type: z.enum(methodTypes),
  addressHash: optionalText,
  prefilledAt: optionalDate,
  verifiedAt: optionalDate,
  confirmedAt: optionalDate,
  proveAnewAt: optionalDate,
  coolingOffUntilAt: optionalDate,
  replacedById: optionalText,
};
/** Which questions are answered: no digest is needed to see whether they are enough. */
const signInAnswers = z.array(z.looseObject({ questionId: z.string() })).default([]);

const storedMark = z
  .looseObject({ by: z.enum(['interval', 'admin', 'campaign']), at: z.date() })
  .nullable()
  .default(null);

const storedSnooze = z
  .looseObject({
    reason: z.enum(['registration_required', 'reconfirmation_due']).nullable().default(null),
    missing: z.int(),
    untilAt: optionalDate,
    used: z.int(),
    extra: z.int().default(0),
    deadlineAt: optionalDate,
    flowId: optionalText,
  })
  .nullable()
  .default(null);

const storedSignInRecord = z.object({
  policyId: optionalText,
  methods: z.array(z.object({ ...signInMethod, answers: signInAnswers })).default([]),
  mark: storedMark,
  snooze: storedSnooze,
  credentialsChangedAt: optionalDate,
});

const storedRecord = z.object({
  version: z.int().min(1),
  policyId: optionalText,
  methods: z
    .array(
      // Loose: what a newer release added to a method must survive a change made by this one.
      z.looseObject({
        ...signInMethod,
        name: optionalText,
        addressCiphertext: optionalText,
        secretCiphertext: optionalText,
        lastStep: z.number().nullable().default(null),
        answers: z
          .array(z.looseObject({ questionId: z.string(), customText: optionalText, answerHash: z.string() }))
          .default([]),
        lastUsedAt: optionalDate,
        registeredBy: optionalText,
        lastProofFlowId: optionalText,
      }),
    )
    .default([]),
  challenges: z
    .array(
      z.looseObject({
        id: z.string(),
        purpose: z.enum(challengePurposes),
        methodType: z.enum(methodTypes),
        destinationHash: z.string(),
        // A code that an earlier release sent went out by mail.
        channel: z.enum(channels).default('mail'),
        issuedAt: z.date(),
        expiresAt: z.date(),
        tries: z.int(),
        sends: z.int(),
      }),
    )
    .default([]),
  wrongProofs: z
    .looseObject({ stranger: dates, known_browser: dates, signed_in: dates })
    .default({ stranger: [], known_browser: [], signed_in: [] }),
  mark: storedMark,
  snooze: storedSnooze,
  accessPass: z
    .looseObject({
      passHash: z.string(),
      issuedAt: z.date(),
      expiresAt: z.date(),
      usedByFlowId: optionalText,
      resetByFlowId: z.string().nullable().optional(),
    })
    .nullable()
    .default(null),
  preferredMethodId: optionalText,
  firstMethodAt: optionalDate,
  oldestConfirmedAt: optionalDate,
  credentialsChangedAt: optionalDate,
  pendingEvents: z.array(storedEvent).default([]),
});

/** The fields of the sign-in check's projection. */
export const signInProjection: Readonly<Record<string, 0 | 1>> = {
  _id: 0,
  policyId: 1,
  mark: 1,
  snooze: 1,
  credentialsChangedAt: 1,
  'methods.answers.questionId': 1,
  ...Object.fromEntries(Object.keys(signInMethod).map((field) => [`methods.${field}`, 1 as const])),
};

/** Reads a stored record; what an earlier release did not write has its default. */
export function readRecord(accountId: string, document: unknown): SecurityInfoRecord {
  const { pendingEvents, ...record } = storedRecord.parse(document);
  return { ...record, pendingEvents: pendingEvents.map((event) => ownEvent(accountId, event)), accountId };
}

/** One that was written into many records at once has no account, and its id is of all of them. */
function ownEvent(accountId: string, event: DomainEvent): DomainEvent {
  return event.accountId === null ? { ...event, id: `${event.id}.${accountId}`, accountId } : event;
}

/** Reads what the projection left of a record. */
export function readSignInRecord(accountId: string, document: unknown): SignInRecord {
  return { ...storedSignInRecord.parse(document), accountId };
}

/** What a change writes: every field but the id and the version. `pendingAt` only while events are pending. */
export function recordFields(
  next: SecurityInfoRecord,
  events: readonly DomainEvent[],
  now: Date,
): Omit<StoredRecord, '_id' | 'version'> {
  const { accountId: _, version: __, ...fields } = next;
  const pendingEvents = [...next.pendingEvents, ...events];
  return {
    ...fields,
    pendingEvents,
    markableAt: next.mark === null ? next.oldestConfirmedAt : null,
    purgeAt: nextExpiry(next, now),
    ...(pendingEvents.length === 0 ? {} : { pendingAt: now }),
  };
}
