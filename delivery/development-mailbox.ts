/**
 * The senders of development: they keep every mail, SMS and call for the mailbox page instead of sending it.
 * Where the messages are kept is the store's matter.
 */
import { randomUUID } from 'node:crypto';
import type { Clock, MailSender, PhoneMessage, PhoneSender } from '../security-info/ports.ts';
import type { Channel } from '../security-info/record.ts';
import type { MailContent, MailWriter } from './mail-content.ts';
import { formatMessageId } from './message-id.ts';
import type { PhoneChannel, PhoneWriter } from './phone-content.ts';

/** A message that would have gone out. `html` is empty where it is no mail; `text` of a call is what it says. */
export interface MailboxMessage extends MailContent {
  /** Random; safe in a URL. */
  readonly id: string;
  readonly messageId: string;
  readonly channel: Channel;
  readonly kind: 'code' | 'notice' | 'reminder';
  /** A mail address, or a telephone number. */
  readonly to: string;
  /** Empty where it is no mail. */
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

const domain = 'development.invalid';

/** Makes a mail sender that sends nothing: available, as the real one would be. */
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
        messageId: formatMessageId(messageId, domain),
        channel: 'mail',
        kind: message.kind,
        to: message.to,
        from: options.from,
        at: options.clock.now(),
      });
    },
  };
}

/** Makes an SMS or voice sender that sends nothing: available, as the real one would be. */
export function createDevelopmentPhone(options: {
  readonly store: MailboxStore;
  readonly write: PhoneWriter;
  readonly clock: Clock;
  readonly channel: PhoneChannel;
}): PhoneSender {
  const { store, write, clock, channel } = options;
  return {
    isAvailable: true,
    send: async (message, messageId) => {
      await store.add({
        ...(channel === 'sms' ? readSms(message, write) : readCall(message, write)),
        html: '',
        id: randomUUID(),
        messageId: formatMessageId(messageId, domain),
        channel,
        kind: message.kind,
        to: message.to,
        from: '',
        at: clock.now(),
      });
    },
  };
}

function readSms(message: PhoneMessage, write: PhoneWriter): Pick<MailContent, 'subject' | 'text'> {
  const { subject, text } = write.writeSms(message);
  return { subject, text };
}

function readCall(message: PhoneMessage, write: PhoneWriter): Pick<MailContent, 'subject' | 'text'> {
  const { subject, spoken } = write.writeCall(message);
  return { subject, text: spoken };
}
