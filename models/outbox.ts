/**
 * `outbox`: notices on their way to a person, at least once each. Addresses stay sealed in it; sending is the
 * delivering job's.
 */
import { randomUUID } from 'node:crypto';
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import type { DomainEvent, NoticeRecipient } from '../security-info/events.ts';
import type { Clock, OutboxMessage, OutboxStore } from '../security-info/ports.ts';
import { domainEventSchema, recipientSchema, storedEvent, storedRecipient } from './domain-event.ts';
import { insertNew } from './duplicate-key.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

const DAY_SECONDS = 86_400;
/** How long a sent message is kept: while it is there, draining its event again does not send it again. */
const KEEP_SENT_DAYS = 30;
/** Of what is kept of a failure, in characters. */
export const longestError = 200;

/** A message as it is stored. */
export interface StoredMessage {
  /** The event's id and the recipient's place among its recipients. */
  readonly _id: string;
  readonly state: 'queued' | 'sending' | 'sent' | 'dead';
  /** From when on it may be claimed: when it was queued, or when the claim ends. Unset once it is sent or dead. */
  readonly claimableAt?: Date;
  /** Names the claim; what a holder does after it lost it is ignored. */
  readonly claimId: string | null;
  readonly tries: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  /** When it was given up; unset otherwise. */
  readonly diedAt?: Date;
  /** The message is deleted then; unset until it is sent. */
  readonly expiresAt?: Date;
  readonly recipient: NoticeRecipient;
  /** Without its recipients. */
  readonly event: DomainEvent;
}

const schema = new Schema<StoredMessage>(
  {
    _id: { type: String, required: true },
    state: { type: String, required: true },
    claimableAt: Date,
    claimId: String,
    tries: { type: Number, required: true },
    lastError: String,
    createdAt: { type: Date, required: true },
    sentAt: Date,
    diedAt: Date,
    expiresAt: Date,
    recipient: recipientSchema,
    event: domainEventSchema,
  },
  schemaOptions,
);
schema.index({ claimableAt: 1 });
schema.index({ createdAt: -1 });
schema.index({ diedAt: -1, _id: -1 });
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** The collection of messages. */
export const outbox: CollectionSchema<StoredMessage> = { name: 'outbox', schema };

const storedMessage = z.object({
  _id: z.string(),
  state: z.enum(['queued', 'sending', 'sent', 'dead']),
  claimId: z.string().nullable().default(null),
  tries: z.int().default(0),
  lastError: z.string().nullable().default(null),
  createdAt: z.date(),
  sentAt: z.date().nullable().default(null),
  recipient: storedRecipient,
  event: storedEvent,
});

/** Reads a stored message. */
export function readMessage(document: unknown): OutboxMessage {
  const { _id, claimId, ...message } = storedMessage.parse(document);
  return { ...message, key: _id, claimId: claimId ?? '' };
}

/** Queues the notices of events; those that are there already, sent or not, stay as they are. */
export async function enqueueNotices(connection: Connection, events: readonly DomainEvent[]): Promise<void> {
  await insertNew(
    connection,
    outbox,
    events.flatMap((event) =>
      event.notify.map((recipient, place) => ({
        _id: `${event.id}.${place}`,
        state: 'queued' as const,
        claimableAt: event.at,
        claimId: null,
        tries: 0,
        lastError: null,
        createdAt: event.at,
        sentAt: null,
        recipient,
        event: { ...event, notify: [] },
      })),
    ),
  );
}

/** The OutboxStore port. */
export function createOutboxStore(connection: Connection, { clock }: { readonly clock: Clock }): OutboxStore {
  const model = modelOn(connection, outbox);
  return {
    async claim(leaseSeconds, without = []) {
      const now = clock.now();
      const document = await model
        .findOneAndUpdate(
          {
            claimableAt: { $lte: now },
            ...(without.length === 0 ? {} : { 'recipient.channel': { $nin: [...without] } }),
          },
          {
            $set: {
              state: 'sending',
              claimId: randomUUID(),
              claimableAt: new Date(now.getTime() + leaseSeconds * 1000),
            },
            $inc: { tries: 1 },
          },
          { sort: { claimableAt: 1 }, returnDocument: 'after' },
        )
        .lean();
      return document === null ? null : readMessage(document);
    },

    async markSent({ key, claimId }) {
      const now = clock.now();
      const { matchedCount } = await model.updateOne(
        { _id: key, claimId, state: 'sending' },
        {
          $set: {
            state: 'sent',
            claimId: null,
            lastError: null,
            sentAt: now,
            expiresAt: new Date(now.getTime() + KEEP_SENT_DAYS * DAY_SECONDS * 1000),
          },
          $unset: { claimableAt: 1 },
        },
      );
      return matchedCount === 1;
    },

    async putBack({ key, claimId }, { error, retryAt }) {
      const { matchedCount } = await model.updateOne(
        { _id: key, claimId, state: 'sending' },
        {
          $set: {
            state: 'queued',
            claimId: null,
            claimableAt: retryAt,
            lastError: error.slice(0, longestError),
          },
        },
      );
      return matchedCount === 1;
    },

    async list({ limit }) {
      const documents = await model.find().sort({ createdAt: -1 }).limit(limit).lean();
      return documents.map(readMessage);
    },
  };
}
