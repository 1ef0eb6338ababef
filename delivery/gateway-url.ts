/** The settings SMS_URL and VOICE_URL read into a gateway: Twilio's REST API, or a webhook of the deployment's own. */
import type { PhoneChannel } from './phone-content.ts';

/** An account at Twilio, or at what speaks its protocol. */
export interface TwilioGateway {
  readonly kind: 'twilio';
  /** Without a slash at the end. */
  readonly origin: string;
  /** The account that pays: `AC…`. */
  readonly accountSid: string;
  /** Whose secret signs in: the account's own SID, or an API key's (`SK…`). */
  readonly user: string;
  readonly password: string;
  /** A number in E.164, or for SMS a messaging service (`MG…`). */
  readonly from: string;
}

/** An address that is told of each message and sends it as it can. */
export interface WebhookGateway {
  readonly kind: 'webhook';
  readonly url: string;
}

/** What carries messages to telephones. */
export type PhoneGateway = TwilioGateway | WebhookGateway;

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;
const accountSid = /^AC[0-9A-Za-z]{2,64}$/;
const apiKeySid = /^SK[0-9A-Za-z]{2,64}$/;
const messagingServiceSid = /^MG[0-9A-Za-z]{2,64}$/;
const telephoneNumber = /^\+[1-9]\d{4,14}$/;

/** What a gateway's address looks like, for whoever has to write one. */
export const gatewayUrlExample =
  'twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=%2B12025550123 or https://sms.example.com/send';

/**
 * Reads `twilio://ACCOUNT_SID:AUTH_TOKEN@host?from=…` (an API key signs in as `SK…` with `&account=AC…`), or a
 * webhook's `https:` address. Plain `twilio+http:` and `http:` never leave this machine.
 * @throws {TypeError} when it is neither; the message does not repeat it, for it may hold a secret
 */
export function parseGatewayUrl(value: string, channel: PhoneChannel): PhoneGateway {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || url.hostname === '')
    throw new TypeError(`is not an address such as ${gatewayUrlExample}`);
  const isPlain = url.protocol === 'twilio+http:' || url.protocol === 'http:';
  if (isPlain && !loopback.test(url.hostname)) {
    throw new TypeError(
      'must begin with https: or twilio: (plain http is for this machine itself: localhost, 127.0.0.1, [::1])',
    );
  }
  switch (url.protocol) {
    case 'twilio:':
    case 'twilio+http:':
      return readTwilio(url, channel, `${isPlain ? 'http' : 'https'}://${url.host}`);
    case 'https:':
    case 'http:':
      return readWebhook(url);
    default:
      throw new TypeError(`is not an address such as ${gatewayUrlExample}`);
  }
}

function readTwilio(url: URL, channel: PhoneChannel, origin: string): TwilioGateway {
  const unknown = [...url.searchParams.keys()].some((name) => name !== 'from' && name !== 'account');
  if (unknown || !/^\/?$/.test(url.pathname) || url.hash !== '') {
    throw new TypeError('has more than from and account behind the host');
  }
  const user = decode(url.username);
  const password = decode(url.password);
  const account = url.searchParams.get('account');
  if (password === '') throw new TypeError('has no auth token or key secret');
  if (account !== null && account !== user && !apiKeySid.test(user)) {
    throw new TypeError('has an account=AC… that another account signs in for: that takes an API key (SK…)');
  }
  const paying = account ?? user;
  if (!accountSid.test(paying)) {
    throw new TypeError('names no account (AC…); with an API key (SK…) it stands in account=');
  }
  // A plus sign that was not written as %2B arrives as a space.
  const from = (url.searchParams.get('from') ?? '').replace(/^ /, '+');
  if (!telephoneNumber.test(from) && !(channel === 'sms' && messagingServiceSid.test(from))) {
    throw new TypeError(
      channel === 'sms'
        ? 'has a from that is neither a number such as %2B12025550123 nor a messaging service (MG…)'
        : 'has a from that is not a number such as %2B12025550123',
    );
  }
  return { kind: 'twilio', origin, accountSid: paying, user, password, from };
}

function readWebhook(url: URL): WebhookGateway {
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new TypeError('has a password or a #: a webhook is signed with WEBHOOK_SECRET instead');
  }
  return { kind: 'webhook', url: url.href };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError('has a % that begins no escape: write it as %25');
  }
}
