/** How an event lies within the document that it tells of, until it is drained. */
import { Schema } from 'mongoose';
import { z } from 'zod';
import { type DomainEvent, eventTypes } from '../security-info/events.ts';
import { channels, methodTypes } from '../security-info/record.ts';
import { partOptions } from './schema-options.ts';

/** The schema of whom an event tells. */
export const recipientSchema = new Schema(
  { channel: String, addressCiphertext: String, locale: String, mayUndo: Boolean },
  partOptions,
);

/** The changed settings of an event: values of any kind, or nothing. */
export const settingChanges = { type: [Schema.Types.Mixed], default: undefined };

/** The schema of an event within a document. */
export const domainEventSchema = new Schema<DomainEvent>(
  {
    id: { type: String, required: true },
    type: { type: String, required: true },
    at: { type: Date, required: true },
    accountId: String,
    actor: { type: String, required: true },
    result: { type: String, required: true },
    reason: String,
    methodType: String,
    notify: [recipientSchema],
    callerAddress: String,
    clientId: String,
    device: String,
    undoOf: String,
    changes: settingChanges,
  },
  partOptions,
);

/** Reads whom an event tells; an earlier release told by mail only. */
export const storedRecipient = z.looseObject({
  channel: z.enum(channels).default('mail'),
  addressCiphertext: z.string(),
  locale: z.string(),
  mayUndo: z.boolean().default(false),
});

/** Reads which settings an event says were changed. */
export const storedChanges = z
  .array(z.object({ setting: z.string(), before: z.unknown(), after: z.unknown() }))
  .nullable()
  .default(null);

/** Reads an event as it was stored by this or an earlier release. */
export const storedEvent = z.looseObject({
  id: z.string(),
  type: z.enum(eventTypes),
  at: z.date(),
  accountId: z.string().nullable().default(null),
  actor: z.string(),
  result: z.enum(['success', 'failure']),
  reason: z.string().nullable().default(null),
  methodType: z.enum(methodTypes).nullable().default(null),
  notify: z.array(storedRecipient).default([]),
  callerAddress: z.string().nullable().default(null),
  clientId: z.string().nullable().default(null),
  device: z.string().nullable().default(null),
  undoOf: z.string().nullable().default(null),
  changes: storedChanges,
});
