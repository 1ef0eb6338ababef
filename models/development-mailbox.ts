/** The messages of the development mailbox in the store: sealed like every address and code, the newest 200. */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import type { MailboxMessage, MailboxStore } from '../delivery/development-mailbox.ts';
import type { DataKeys } from '../security-info/ports.ts';
import { channels } from '../security-info/record.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

/** How many messages are kept. */
export const maximumMailboxMessages = 200;

/** A message as it is stored. */
export interface MailboxDocument {
  readonly _id: string;
  readonly at: Date;
  readonly messageCiphertext: string;
}

const schema = new Schema<MailboxDocument>(
  {
    _id: { type: String, required: true },
    at: { type: Date, required: true },
    messageCiphertext: { type: String, required: true },
  },
  schemaOptions,
);

/** The collection of messages; a sort of so few needs no index. */
export const developmentMailbox: CollectionSchema<MailboxDocument> = { name: 'development_mailbox', schema };

const messageSchema = z.object({
  messageId: z.string(),
  // Messages from before there were others are mails.
  channel: z.enum(channels).default('mail'),
  kind: z.enum(['code', 'notice', 'reminder']),
  to: z.string(),
  from: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
});

/** Keeps the messages in the collection `development_mailbox` of this connection. */
export function createMailboxStore(connection: Connection, keys: DataKeys): MailboxStore {
  const model = modelOn(connection, developmentMailbox);

  function open(document: MailboxDocument): MailboxMessage | undefined {
    try {
      const sealed: unknown = JSON.parse(keys.open(document.messageCiphertext, contextOf(document._id)));
      return { ...messageSchema.parse(sealed), id: document._id, at: document.at };
    } catch {
      // Sealed with a key that is gone: a development folder that was partly deleted.
      return undefined;
    }
  }

  return {
    add: async ({ id, at, ...message }) => {
      const messageCiphertext = keys.seal(JSON.stringify(message), contextOf(id));
      await model.create({ _id: id, at, messageCiphertext });
      const beyond = await model
        .find({}, { _id: 1 })
        .sort({ at: -1, _id: -1 })
        .skip(maximumMailboxMessages)
        .limit(maximumMailboxMessages)
        .lean();
      if (beyond.length > 0) await model.deleteMany({ _id: { $in: beyond.map(({ _id }) => _id) } });
    },
    list: async () => {
      const documents = await model.find().sort({ at: -1, _id: -1 }).limit(maximumMailboxMessages).lean();
      return documents.map(open).filter((message) => message !== undefined);
    },
    find: async (id) => {
      const document = await model.findById(id).lean();
      return document === null ? undefined : open(document);
    },
  };
}

function contextOf(id: string): string {
  return `development_mailbox:${id}`;
}
