/**
 * SMS and calls over an address of the deployment's own: it is told of each message, signed, and sends it as it can.
 * The words come from phone-content.ts; time-outs and second tries are gateway-request.ts's.
 */
import { createHmac } from 'node:crypto';
import type { Clock, PhoneMessage, PhoneSender } from '../security-info/ports.ts';
import type { GatewayRequestOptions } from './gateway-request.ts';
import { postToGateway, refuseMessage } from './gateway-request.ts';
import type { WebhookGateway } from './gateway-url.ts';
import type { PhoneChannel, PhoneWriter } from './phone-content.ts';
import { readPhoneDestination } from './phone-destination.ts';

/** What the sender is made of. */
export interface WebhookPhoneOptions extends GatewayRequestOptions {
  readonly gateway: WebhookGateway;
  /** As in the setting `WEBHOOK_SECRET`. */
  readonly secret: string;
  readonly channel: PhoneChannel;
  readonly write: PhoneWriter;
  readonly clock: Clock;
}

/** What the address is told, as JSON. */
export interface WebhookMessage {
  /** Fixed per message; the header `webhook-id` too. */
  readonly id: string;
  readonly channel: PhoneChannel;
  /** E.164. */
  readonly to: string;
  /** Digits to dial behind it, or null. */
  readonly extension: string | null;
  /** BCP 47, of the words. */
  readonly locale: string;
  readonly kind: PhoneMessage['kind'];
  /** What an SMS says. */
  readonly text?: string;
  /** What a call says. */
  readonly spoken?: string;
  readonly code?: string;
  readonly expiresInMinutes?: number;
}

const shortestSecret = 32;

/**
 * Makes a sender of one channel.
 * @throws {TypeError} when the secret is not one
 */
export function createWebhookPhone(options: WebhookPhoneOptions): PhoneSender {
  const key = readWebhookSecret(options.secret);
  return {
    isAvailable: true,
    send: async (message, messageId) => {
      const told = describe(message, formatWebhookId(messageId), options);
      if (told === undefined) {
        throw refuseMessage({ cause: 'destination', status: null, problem: null }, options.report);
      }
      const body = JSON.stringify(told);
      const timestamp = Math.floor(options.clock.now().getTime() / 1000);
      const headers = {
        'Content-Type': 'application/json',
        'webhook-id': told.id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signWebhook({ id: told.id, timestamp, body }, key),
      };
      await postToGateway({ url: options.gateway.url, headers, body }, options);
    },
  };
}

/**
 * Reads the key: the bytes of `whsec_…` as the specification writes it, or those of any other text as it stands.
 * @throws {TypeError} when it is too short; the message does not repeat it
 * @see Standard Webhooks 1.0.0, Signature scheme
 */
export function readWebhookSecret(secret: string): Buffer {
  if (secret.length < shortestSecret) throw new TypeError(`has fewer than ${shortestSecret} characters`);
  if (!secret.startsWith('whsec_')) return Buffer.from(secret, 'utf8');
  const encoded = secret.slice('whsec_'.length);
  const key = Buffer.from(encoded, 'base64');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded) || key.length < 24 || key.length > 64) {
    throw new TypeError('whsec_ is not followed by 24 to 64 bytes in base64');
  }
  return key;
}

/** Signs what is sent. @see Standard Webhooks 1.0.0, Signature scheme and Webhook headers */
export function signWebhook(
  sent: { readonly id: string; readonly timestamp: number; readonly body: string },
  key: Buffer,
): string {
  const digest = createHmac('sha256', key).update(`${sent.id}.${sent.timestamp}.${sent.body}`);
  return `v1,${digest.digest('base64')}`;
}

/** Without full stops, which part the signed content. */
function formatWebhookId(messageId: string): string {
  if (!/^[\w.+=@-]{1,200}$/.test(messageId)) throw new TypeError('not usable as a webhook-id');
  return messageId.replaceAll('.', '-');
}

function describe(
  message: PhoneMessage,
  id: string,
  { channel, write }: WebhookPhoneOptions,
): WebhookMessage | undefined {
  const destination = readPhoneDestination(message.to);
  if (destination === undefined || (channel === 'sms' && destination.extension !== null)) return undefined;
  const { words, locale } = channel === 'sms' ? smsWords(message, write) : callWords(message, write);
  return {
    id,
    channel,
    to: destination.number,
    extension: destination.extension,
    locale,
    kind: message.kind,
    ...words,
    ...(message.kind === 'code' ? { code: message.code, expiresInMinutes: message.expiresInMinutes } : {}),
  };
}

function smsWords(message: PhoneMessage, write: PhoneWriter) {
  const { text, language } = write.writeSms(message);
  return { words: { text }, locale: language };
}

function callWords(message: PhoneMessage, write: PhoneWriter) {
  const { spoken, language } = write.writeCall(message);
  return { words: { spoken }, locale: language };
}
