/**
 * Mail over SMTP: the MailSender of a real deployment. Hands each message to the relay within a bounded time.
 * The words come from mail-content.ts; trying again is the outbox's matter.
 */
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { SenderUnavailable } from '../security-info/errors.ts';
import type { MailSender } from '../security-info/ports.ts';
import type { MailWriter } from './mail-content.ts';
import { formatMessageId } from './message-id.ts';
import { parseSmtpUrl } from './smtp-url.ts';

/** Why a message was not handed over, for the log: neither address nor code. */
export interface MailFailure {
  /** nodemailer's error code, such as `ECONNECTION`. */
  readonly cause: string;
  /** The relay's three digits (RFC 5321 §4.2), or null where it gave none. */
  readonly responseCode: number | null;
}

/** What the sender is made of. */
export interface SmtpMailOptions {
  /** As in the setting `SMTP_URL`. */
  readonly url: string;
  /** `From`: an address, or a name and an address in angle brackets. */
  readonly from: string;
  readonly write: MailWriter;
  /** Told of each failure. */
  readonly report?: (failure: MailFailure) => void;
  /** For one message with all its waits; 8000 unless told otherwise. */
  readonly timeoutMilliseconds?: number;
}

/** A sender that holds connections. */
export interface SmtpMail extends MailSender {
  /** Ends every connection at once; messages on their way fail. */
  close(): void;
}

const failureSchema = z.object({
  code: z
    .string()
    .regex(/^\w{1,40}$/)
    .catch('unknown'),
  responseCode: z.int().min(200).max(599).nullable().catch(null),
});

/**
 * One address as a server can deliver it to: nothing that a header or a list of addresses could be made of.
 * @see RFC 5321 §4.1.2
 */
const recipientSchema = z
  .string()
  .max(320)
  .regex(/^[^\s\p{C}<>()[\],;:\\"@]+@[^\s\p{C}<>()[\],;:\\"@]+$/u);

/**
 * Makes a sender with a pool of connections, opened when the first message goes out.
 * @throws {TypeError} when `url` or `from` is not one
 */
export function createSmtpMail(options: SmtpMailOptions): SmtpMail {
  const timeout = options.timeoutMilliseconds ?? 8000;
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(options.from)?.[1];
  if (domain === undefined || /[\r\n]/.test(options.from)) throw new TypeError('from is not a mail address');
  const transport = createTransport({
    ...parseSmtpUrl(options.url),
    pool: true,
    maxConnections: 4,
    // Sent again under the same Message-ID when the relay closes a kept connection; never within a loop.
    maxRequeues: 1,
    idleTimeout: 30_000,
    dnsTimeout: timeout / 4,
    connectionTimeout: timeout / 2,
    greetingTimeout: timeout / 2,
    socketTimeout: timeout / 2,
    socketCloseTimeout: 1000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // A kept connection that breaks while idle concerns no message; without a listener it would end the process.
  transport.on('error', () => undefined);

  return {
    isAvailable: true,
    close: () => transport.transporter.close?.({ force: true }),
    send: async (message, messageId) => {
      const identifier = formatMessageId(messageId, domain);
      const content = options.write(message);
      const recipient = recipientSchema.safeParse(message.to);
      if (!recipient.success) throw refuse({ cause: 'EENVELOPE', responseCode: null });
      try {
        await transport.sendMail({
          from: options.from,
          to: { name: '', address: recipient.data },
          messageId: identifier,
          subject: content.subject,
          text: content.text,
          html: content.html,
          // RFC 3834 §5: no vacation notice comes back.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
          signal: AbortSignal.timeout(timeout),
        });
      } catch (error) {
        throw refuse(describe(error));
      }
    },
  };

  function refuse(failure: MailFailure): SenderUnavailable {
    options.report?.(failure);
    return new SenderUnavailable({ cause: failure.cause });
  }
}

/** The error's code and nothing else: its message may hold the address, its response the relay's words about it. */
function describe(error: unknown): MailFailure {
  const failure = failureSchema.safeParse(error);
  if (!failure.success) return { cause: 'unknown', responseCode: null };
  return { cause: failure.data.code, responseCode: failure.data.responseCode };
}
