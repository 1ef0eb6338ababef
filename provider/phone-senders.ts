/**
 * Chooses what carries SMS and calls: the gateway of the settings, the development mailbox, or nothing. What is not set
 * up is not on offer.
 */
import { createDevelopmentPhone, type MailboxStore } from '../delivery/development-mailbox.ts';
import type { GatewayFailure } from '../delivery/gateway-request.ts';
import { parseGatewayUrl } from '../delivery/gateway-url.ts';
import { createPhoneWriter, type PhoneChannel } from '../delivery/phone-content.ts';
import { createTwilioPhone } from '../delivery/twilio.ts';
import { unavailablePhone } from '../delivery/unavailable-phone.ts';
import { createWebhookPhone } from '../delivery/webhook.ts';
import type { Translators } from '../locales/translator.ts';
import type { Clock, PhoneSender } from '../security-info/ports.ts';
import type { Settings } from './config.ts';

/** The settings that say what carries SMS and calls. */
export type PhoneSettings = Pick<
  Settings,
  'smsUrl' | 'voiceUrl' | 'webhookSecret' | 'serviceName' | 'issuer' | 'isDevelopment'
>;

/** What the senders need besides the settings. */
export interface PhoneSenderParts {
  readonly translators: Translators;
  /** Where messages go in development; null where they go nowhere. */
  readonly mailboxStore: MailboxStore | null;
  readonly clock: Clock;
  /** Where failures are written; pino fits. */
  readonly log: {
    warn(
      details: { readonly channel: PhoneChannel; readonly failure: GatewayFailure },
      message: string,
    ): void;
  };
}

/** A sender of each channel. */
export type PhoneSenders = Readonly<Record<PhoneChannel, PhoneSender>>;

/**
 * Makes the sender of each channel.
 * @throws {TypeError} when a URL or the secret is not one; the message repeats neither
 */
export function createPhoneSenders(settings: PhoneSettings, parts: PhoneSenderParts): PhoneSenders {
  const { clock, log, mailboxStore, translators } = parts;
  const write = createPhoneWriter({
    translators,
    serviceName: settings.serviceName,
    issuerHost: new URL(settings.issuer).host,
  });

  function create(channel: PhoneChannel, url: string | null): PhoneSender {
    if (url === null) {
      if (!settings.isDevelopment || mailboxStore === null) return unavailablePhone;
      return createDevelopmentPhone({ store: mailboxStore, write, clock, channel });
    }
    const report = (failure: GatewayFailure): void =>
      log.warn({ channel, failure }, 'a message to a telephone was not accepted');
    const gateway = parseGatewayUrl(url, channel);
    if (gateway.kind === 'twilio') return createTwilioPhone({ gateway, channel, write, report });
    if (settings.webhookSecret === null) throw new TypeError('WEBHOOK_SECRET is missing');
    return createWebhookPhone({ gateway, secret: settings.webhookSecret, channel, write, clock, report });
  }

  return { sms: create('sms', settings.smsUrl), voice: create('voice', settings.voiceUrl) };
}
