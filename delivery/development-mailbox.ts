/**
 * The mail sender of development: keeps every message for the mailbox page instead of sending it.
 * Where the messages are kept is the store's matter.
 */
import { randomUUID } from 'node:crypto';
import type { Clock, MailSender } from '../security-info/ports.ts';
import type { MailContent, MailWriter } from './mail-content.ts';
import { formatMessageId } from './message-id.ts';

/** A message that would have gone out. */
export interface MailboxMessage extends MailContent {
  /** Random; safe in a URL. */
  readonly id: string;
  readonly messageId: string;
  readonly kind: 'code' | 'notice';
  readonly to: string;
  readonly from: string;
  readonly at: Date;
}

/** Where the messages of the development mailbox are kept. */
export interface MailboxStore {
  /** Adds a message; the oldest beyond some hundred are forgotten. */
  add(message: MailboxMessage): Promise<void>;
  /** All that are kept, the newest first. */
  list(): Promise<readonly MailboxMessage[]>;
  find(id: string): Promise<MailboxMessage | undefined>;
}

/** Makes a sender that sends nothing: available, as the real one would be. */
export function createDevelopmentMailbox(options: {
  readonly store: MailboxStore;
  readonly write: MailWriter;
  readonly clock: Clock;
  /** What `From` would be. */
  readonly from: string;
}): MailSender {
  return {
    isAvailable: true,
    send: async (message, messageId) => {
      await options.store.add({
        ...options.write(message),
        id: randomUUID(),
        messageId: formatMessageId(messageId, 'development.invalid'),
        kind: message.kind,
        to: message.to,
        from: options.from,
        at: options.clock.now(),
      });
    },
  };
}
