/** `reminders`: which reminders were sent, or are about to be, one document for each account, kind and due date. */
import { type Connection, Schema } from 'mongoose';
import type { Reminder, ReminderStore } from '../security-info/reconfirmation/reminders.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

/** Longer than any interval is long, so that nobody is reminded of a due date that was long past once more. */
const KEEP_DAYS = 5 * 366;
const DAY_MILLISECONDS = 86_400_000;

/** A reminder as it is stored. */
export interface StoredReminder extends Reminder {
  /** Account, kind and due date: the key that lets it be claimed once. */
  readonly _id: string;
  readonly claimedAt: Date;
  /** When the sender had taken it; null where that is not known. */
  readonly sentAt: Date | null;
  readonly expiresAt: Date;
}

const schema = new Schema<StoredReminder>(
  {
    _id: { type: String, required: true },
    accountId: { type: String, required: true },
    kind: { type: String, required: true },
    dueAt: { type: Date, required: true },
    claimedAt: { type: Date, required: true },
    sentAt: Date,
    expiresAt: { type: Date, required: true },
  },
  schemaOptions,
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** The collection of reminders. */
export const reminders: CollectionSchema<StoredReminder> = { name: 'reminders', schema };

function idOf({ accountId, kind, dueAt }: Reminder): string {
  return `${accountId}:${kind}:${dueAt.getTime()}`;
}

/** Makes the store on a connection. */
export function createReminderStore(connection: Connection): ReminderStore {
  const model = modelOn(connection, reminders);
  return {
    async claim({ accountId, kind, dueAt }, now) {
      const reminder = { accountId, kind, dueAt };
      const expiresAt = new Date(now.getTime() + KEEP_DAYS * DAY_MILLISECONDS);
      try {
        await model.create([{ _id: idOf(reminder), ...reminder, claimedAt: now, sentAt: null, expiresAt }]);
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    async markSent(reminder, now) {
      await model.updateOne({ _id: idOf(reminder) }, { $set: { sentAt: now } });
    },

    async unclaimed(wanted) {
      const found = await model.find({ _id: { $in: wanted.map(idOf) } }, { _id: 1 }).lean();
      const claimed = new Set(found.map(({ _id }) => _id));
      return wanted.filter((reminder) => !claimed.has(idOf(reminder)));
    },
  };
}
