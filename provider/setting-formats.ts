/**
 * How each kind of setting is written: text from the environment to a typed value, or what is wrong with it.
 * No message repeats the value, for it may be a secret. Which setting has which format is config.ts's matter.
 */
import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { parseGatewayUrl } from '../delivery/gateway-url.ts';
import { parseSmtpUrl } from '../delivery/smtp-url.ts';
import { readWebhookSecret } from '../delivery/webhook.ts';
import { isValidSchedule } from '../jobs/scheduler.ts';

/** A private signing key as RFC 7517 writes it. */
const privateJwk = z.object({
  kty: z.enum(['RSA', 'EC', 'OKP']),
  kid: z.string().min(1).max(200).optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  crv: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  d: z.string().min(1),
  p: z.string().optional(),
  q: z.string().optional(),
  dp: z.string().optional(),
  dq: z.string().optional(),
  qi: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
});
/** A private signing key. @see RFC 7517 §4 */
export type SigningKey = z.infer<typeof privateJwk>;
/** Private signing keys, the one to sign with first. */
export interface SigningKeys {
  readonly keys: readonly SigningKey[];
}

/** A key that seals data: values name it by its id, so that a newer one can be put before it. */
export interface DataKey {
  readonly id: string;
  /** 32 bytes (AES-256). */
  readonly key: Buffer;
}

function text<Value>(
  read: (value: string, refuse: (problem: string) => never) => Value,
): z.ZodType<Value, string> {
  class Refusal extends Error {}
  return z.string().transform((value, context) => {
    try {
      return read(value, (problem) => {
        throw new Refusal(problem);
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

/** Reads 32 bytes in base64 or base64url; undefined when it is something else. */
export function parse32Bytes(value: string): Buffer | undefined {
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(value)) return undefined;
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === 32 ? bytes : undefined;
}

/** True for the names of this very machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** A whole number within bounds. */
export function wholeNumber(minimum: number, maximum: number): z.ZodType<number, string> {
  return text((value, refuse) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= minimum && number <= maximum) return number;
    return refuse(`is not a whole number from ${minimum} to ${maximum}`);
  });
}

/** One line of text. */
export const line: z.ZodType<string, string> = text((value, refuse) =>
  value.length <= 200 && !/\p{C}/u.test(value) ? value : refuse('is not one line of at most 200 characters'),
);

/** One of some words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): z.ZodType<Word, string> {
  return text(
    (value, refuse) => words.find((word) => word === value) ?? refuse(`is not one of ${words.join(', ')}`),
  );
}

/**
 * The issuer: an origin. Plain http never leaves this machine.
 * @see OpenID Connect Discovery 1.0 §3, OpenID Connect Core 1.0 §16.17
 */
export const issuer: z.ZodType<string, string> = text((value, refuse) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return refuse('is not an https address');
  if (url.origin !== value) {
    return refuse(
      'must be an origin as browsers write it: no path, no slash at the end, no default port, lower case',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return refuse('must begin with https: (http: is for this machine itself: localhost, 127.0.0.1, [::1])');
  }
  return value;
});

/** A MongoDB connection string. */
export const mongodbUri: z.ZodType<string, string> = text((value, refuse) =>
  /^mongodb(\+srv)?:\/\/[^\s]+$/.test(value)
    ? value
    : refuse('does not begin with mongodb:// or mongodb+srv://'),
);

/** Keys that sign cookies, the newest first. */
export const cookieKeys: z.ZodType<readonly string[], string> = text((value, refuse) => {
  const keys = value.split(',').map((key) => key.trim());
  if (keys.some((key) => key.length < 32)) return refuse('has a key of fewer than 32 characters');
  return new Set(keys).size === keys.length ? keys : refuse('lists a key twice');
});

/** Keys that seal data, `id:base64` each, the newest first. */
export const dataKeys: z.ZodType<readonly DataKey[], string> = text((value, refuse) => {
  const keys = value.split(',').map((entry) => {
    const [id = '', encoded = ''] = entry.trim().split(':', 2);
    const key = /^[A-Za-z0-9_-]{1,32}$/.test(id) ? parse32Bytes(encoded) : undefined;
    return key === undefined ? refuse('has an entry that is not id:base64 with 32 bytes') : { id, key };
  });
  return new Set(keys.map(({ id }) => id)).size === keys.length
    ? keys
    : refuse('has two keys with the same id');
});

/** The root of all keyed digests. */
export const hashKey: z.ZodType<Buffer, string> = text(
  (value, refuse) => parse32Bytes(value) ?? refuse('is not 32 bytes in base64'),
);

/** A JSON Web Key Set of private keys that can sign with RS256, and so serve every client. */
export const signingKeys: z.ZodType<SigningKeys, string> = text((value, refuse) => {
  const parsed = z.object({ keys: z.array(privateJwk).min(1).max(20) }).safeParse(parseJson(value));
  if (!parsed.success) return refuse('is not a JSON Web Key Set of private keys');
  const { keys } = parsed.data;
  const ids = keys.flatMap(({ kid }) => kid ?? []);
  if (new Set(ids).size !== ids.length) return refuse('has two keys with the same kid');
  for (const key of keys) {
    const bits = privateKeyBits(key);
    if (bits === undefined) return refuse('has a key that is not a whole private key');
    if (key.kty === 'RSA' && bits < 2048) return refuse('has an RSA key of fewer than 2048 bits');
  }
  // A client that asks for nothing else is signed for with RS256 (OpenID Connect Core 1.0 §15.1).
  const signsRs256 = keys.some(
    ({ kty, alg, use }) => kty === 'RSA' && (alg ?? 'RS256') === 'RS256' && (use ?? 'sig') === 'sig',
  );
  return signsRs256 ? parsed.data : refuse('has no RSA key for RS256');
});

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** Undefined when it is no private key; 0 where a size says nothing. */
function privateKeyBits(key: SigningKey): number | undefined {
  try {
    // Undefined members are left out: node:crypto takes them for wrong ones.
    const jwk = z.record(z.string(), z.string()).parse(JSON.parse(JSON.stringify(key)));
    return createPrivateKey({ key: jwk, format: 'jwk' }).asymmetricKeyDetails?.modulusLength ?? 0;
  } catch {
    return undefined;
  }
}

/** A mail relay. */
export const smtpUrl: z.ZodType<string, string> = text((value, refuse) => {
  try {
    parseSmtpUrl(value);
    return value;
  } catch {
    return refuse('is not an address such as smtps://user:password@mail.example.com');
  }
});

/** What carries SMS. */
export const smsUrl: z.ZodType<string, string> = readBy((value) => parseGatewayUrl(value, 'sms'));
/** What makes calls. */
export const voiceUrl: z.ZodType<string, string> = readBy((value) => parseGatewayUrl(value, 'voice'));
/** What webhooks are signed with. */
export const webhookSecret: z.ZodType<string, string> = readBy(readWebhookSecret);

/** What a reader takes; its refusals say what is wrong without repeating the value. */
function readBy(read: (value: string) => unknown): z.ZodType<string, string> {
  return text((value, refuse) => {
    try {
      read(value);
      return value;
    } catch (error) {
      return refuse(error instanceof TypeError ? error.message : 'cannot be read');
    }
  });
}

/** What stands in From: an address, or a name and an address in angle brackets. */
export const mailFrom: z.ZodType<string, string> = text((value, refuse) => {
  const address = /^[^\s<>@",;]+@[^\s<>@",;]+$/;
  const inBrackets = /^[^<>\p{C}]{0,200}<([^<>]+)>$/u.exec(value)?.[1] ?? value;
  return address.test(inBrackets)
    ? value
    : refuse('is not an address such as Sign-in <no-reply@example.com>');
});

/** Where people get help. */
export const helpdeskUrl: z.ZodType<string, string> = text((value, refuse) => {
  const isKnown = URL.canParse(value) && ['https:', 'http:', 'mailto:'].includes(new URL(value).protocol);
  return isKnown ? value : refuse('does not begin with https:, http: or mailto:');
});

/** When a job runs, in five fields, in UTC. */
export const cron: z.ZodType<string, string> = text((value, refuse) =>
  isValidSchedule(value)
    ? value
    : refuse('is not a cron expression such as 17 3 * * * (minute hour day month weekday)'),
);

/** How many proxies stand before this server, so that many addresses of X-Forwarded-For are believed. */
export const proxies: z.ZodType<number, string> = text((value, refuse) => {
  if (value === 'off') return 0;
  if (value === 'on') return 1;
  return /^[0-9]$/.test(value)
    ? Number(value)
    : refuse('is neither off, on nor a number of proxies from 0 to 9');
});
