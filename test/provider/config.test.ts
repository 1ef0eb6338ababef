/** Settings: what may be missing where, what is refused, and that no refusal repeats a secret. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../provider/config.ts';
import {
  deploymentKeys,
  developmentKeysFile,
  loadOrMakeDevelopmentKeys,
  makeKeys,
} from '../../provider/development-keys.ts';
import { InvalidSettings } from '../../provider/invalid-settings.ts';
import { settingDefinitions } from '../../provider/setting-definitions.ts';

const clock = { now: () => new Date('2026-03-01T12:00:00Z') };
const production = {
  ISSUER: 'https://id.example.com',
  MONGODB_URI: 'mongodb://app:pa55word-of-the-store@db.example.com/info',
  SMTP_URL: 'smtps://app:pa55word-of-the-relay@mail.example.com',
  MAIL_FROM: 'Sign-in <no-reply@example.com>',
  ...makeKeys(clock.now()),
};

function problemsOf(env: Record<string, string | undefined>): InvalidSettings {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof InvalidSettings) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('outside production', () => {
  it('needs nothing: the issuer is this machine, at the port', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({ issuer: 'http://localhost:3000', host: '127.0.0.1', cookieKeys: null });
    expect(settings).toMatchObject({ isDevelopment: true, usesEmbeddedStore: true, secureCookies: false });
    expect(readSettings({ PORT: '4000' }).issuer).toBe('http://localhost:4000');
  });

  it('takes an empty setting for an absent one', () => {
    expect(readSettings({ PORT: ' ', MONGODB_URI: '' })).toMatchObject({ port: 3000, mongodbUri: null });
  });
});

describe('production', () => {
  const required = [
    'ISSUER',
    'MONGODB_URI',
    'COOKIE_KEYS',
    'SIGNING_KEYS',
    'DATA_KEYS',
    'HASH_KEY',
    'SMTP_URL',
    'MAIL_FROM',
  ];

  it('lists all that is missing at once, each with its name and how to make one', () => {
    const error = problemsOf({ NODE_ENV: 'production' });
    expect(error.problems.map(({ name }) => name)).toEqual(required);
    for (const { name, make } of error.problems) {
      expect(error.message).toContain(`${name} is missing`);
      expect(error.message).toContain(make);
    }
  });

  it('is what an https issuer means, without NODE_ENV', () => {
    expect(problemsOf({ ISSUER: 'https://id.example.com' }).problems).toHaveLength(required.length - 1);
    expect(problemsOf({ ISSUER: 'https://localhost:3000' }).problems).toHaveLength(required.length - 1);
  });

  it('starts on a full set', () => {
    const settings = readSettings(production);
    expect(settings).toMatchObject({ isDevelopment: false, secureCookies: true, isLoopbackIssuer: false });
    expect(settings.signingKeys?.keys.map(({ alg }) => alg)).toEqual(['RS256', 'ES256']);
    expect(settings.dataKeys?.[0]?.key).toHaveLength(32);
    expect(settings.hashKey).toHaveLength(32);
  });

  it('refuses plain http beyond this machine, and everything else that is then missing with it', () => {
    const error = problemsOf({ ISSUER: 'http://id.example.com' });
    expect(error.problems[0]).toMatchObject({ name: 'ISSUER', problem: expect.stringContaining('https:') });
    expect(error.problems).toHaveLength(required.length);
  });

  it('may be tried on this machine itself', () => {
    expect(
      readSettings({ ...production, NODE_ENV: 'production', ISSUER: 'http://127.0.0.1:3000' }),
    ).toMatchObject({
      isDevelopment: false,
      isLoopbackIssuer: true,
    });
  });
});

describe('gateways for SMS and calls', () => {
  const twilio = 'twilio://AC01:pa55word@api.twilio.com?from=%2B12025550123';
  const webhook = 'https://sms.example.com/send';

  it('may be missing, in production as well: what needs them is then not on offer', () => {
    expect(readSettings(production)).toMatchObject({ smsUrl: null, voiceUrl: null, webhookSecret: null });
  });

  it('are Twilio, or a webhook together with its secret', () => {
    expect(readSettings({ ...production, SMS_URL: twilio, VOICE_URL: twilio }).smsUrl).toBe(twilio);
    const settings = { ...production, SMS_URL: twilio, VOICE_URL: webhook, WEBHOOK_SECRET: 's'.repeat(32) };
    expect(readSettings(settings).voiceUrl).toBe(webhook);
  });

  it.each([
    { SMS_URL: webhook },
    { VOICE_URL: webhook },
    { VOICE_URL: 'HTTP://127.0.0.1:4000/' },
    { SMS_URL: webhook, WEBHOOK_SECRET: ' ' },
  ])('are refused where a webhook would go out unsigned: %j', (settings) => {
    const { problems } = problemsOf({ ...production, ...settings });
    expect(problems.map(({ name }) => name)).toEqual(['WEBHOOK_SECRET']);
  });

  it('are named with their problem, not with the missing secret too', () => {
    const { problems } = problemsOf({ ...production, SMS_URL: 'https://pa55word@sms.example.com/' });
    expect(problems.map(({ name }) => name)).toEqual(['SMS_URL']);
  });
});

describe('a wrong setting', () => {
  const rsaOnly = { keys: JSON.parse(production.SIGNING_KEYS).keys.slice(0, 1) };
  const ecOnly = { keys: JSON.parse(production.SIGNING_KEYS).keys.slice(1) };
  const publicOnly = { keys: rsaOnly.keys.map(({ kty, n, e }: Record<string, string>) => ({ kty, n, e })) };
  const torn = { keys: rsaOnly.keys.map((key: Record<string, string>) => ({ ...key, qi: undefined })) };

  it.each([
    ['ISSUER', 'https://id.example.com/'],
    ['ISSUER', 'https://id.example.com/idp'],
    ['ISSUER', 'https://id.example.com:443'],
    ['ISSUER', 'ftp://id.example.com'],
    ['ISSUER', 'id.example.com'],
    ['PORT', '70000'],
    ['PORT', '0x10'],
    ['MONGODB_URI', 'postgres://app:pa55word@db/info'],
    ['COOKIE_KEYS', 'short-pa55word'],
    ['COOKIE_KEYS', `${'k'.repeat(32)},${'k'.repeat(32)}`],
    ['SIGNING_KEYS', '{"keys":[{"d":"pa55word"}]}'],
    ['SIGNING_KEYS', 'pa55word'],
    ['SIGNING_KEYS', JSON.stringify(ecOnly)],
    ['SIGNING_KEYS', JSON.stringify(publicOnly)],
    ['SIGNING_KEYS', JSON.stringify(torn)],
    ['SIGNING_KEYS', JSON.stringify({ keys: [...rsaOnly.keys, ...rsaOnly.keys] })],
    ['DATA_KEYS', `k1:${Buffer.alloc(16).toString('base64')}`],
    ['DATA_KEYS', [1, 2].map((byte) => `k1:${Buffer.alloc(32, byte).toString('base64')}`).join(',')],
    ['HASH_KEY', production.DATA_KEYS.replace(/^.*:/, '')],
    ['HASH_KEY', Buffer.alloc(31).toString('base64')],
    ['SMTP_URL', 'smtps:pa55word'],
    ['SMS_URL', 'pa55word'],
    ['SMS_URL', 'twilio://AC01:pa55word@api.twilio.com'],
    ['SMS_URL', 'http://sms.example.com/pa55word'],
    ['VOICE_URL', 'twilio://AC01:pa55word@api.twilio.com?from=MG01'],
    ['WEBHOOK_SECRET', 'short-pa55word'],
    ['WEBHOOK_SECRET', 'whsec_pa55word-that-is-not-in-base64-at-all'],
    ['MAIL_FROM', 'Sign-in'],
    ['MAIL_FROM', 'Sign-in <no-reply@example.com>\nBcc: eve@example.com'],
    ['HELPDESK_URL', 'javascript:alert(1)'],
    ['TRUST_PROXY', 'yes'],
    ['ARGON2_PASSES', '1'],
    ['JOB_MARK_SCHEDULE', 'at night'],
    ['JOB_MARK_SCHEDULE', '* * * * * *'],
    ['LOG_LEVEL', 'loud'],
    ['NODE_ENV', 'prod'],
  ])('%s=%s is refused by its name, without being repeated', (name, value) => {
    const error = problemsOf({ ...production, [name]: value });
    expect(error.problems.map((problem) => problem.name)).toEqual([name]);
    expect(error.message).not.toContain('pa55word');
    if (value.length > 12) expect(error.message).not.toContain(value);
  });

  it('never shows another setting of value beside it', () => {
    const { message } = problemsOf({ ...production, PORT: 'x', LOG_LEVEL: 'loud' });
    for (const secret of ['pa55word', production.COOKIE_KEYS, production.HASH_KEY])
      expect(message).not.toContain(secret);
  });
});

it('describes every setting in one sentence, under a name of its own', () => {
  const definitions = Object.values(settingDefinitions);
  expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length);
  for (const { doc, fallback, absent } of definitions) {
    expect(doc).toMatch(/^[A-Z].*\.$/);
    expect(fallback === null).toBe(absent !== undefined);
  }
});

describe('development keys', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'config-test-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('are made once, for their owner only, and are the same after a restart', async () => {
    const folder = join(directory, 'data');
    const first = await loadOrMakeDevelopmentKeys(folder, clock);
    expect(statSync(join(folder, developmentKeysFile)).mode & 0o777).toBe(0o600);
    expect(await loadOrMakeDevelopmentKeys(folder, clock)).toEqual(first);
  });

  it('are one set when two processes start at once', async () => {
    const sets = await Promise.all(
      Array.from({ length: 4 }, () => loadOrMakeDevelopmentKeys(directory, clock)),
    );
    expect(new Set(sets.map(({ hashKey }) => hashKey.toString('hex'))).size).toBe(1);
  });

  it('are not replaced when the file is damaged', async () => {
    const path = join(directory, developmentKeysFile);
    writeFileSync(path, '{}');
    await expect(loadOrMakeDevelopmentKeys(directory, clock)).rejects.toThrow(path);
    expect(readFileSync(path, 'utf8')).toBe('{}');
  });

  it('fill in only what the settings lack', async () => {
    const keys = await deploymentKeys(
      readSettings({ HASH_KEY: production.HASH_KEY, DATA_DIRECTORY: directory }),
      clock,
    );
    expect(keys.hashKey.toString('base64url')).toBe(production.HASH_KEY);
    expect(keys.cookieKeys[0]).toHaveLength(43);
  });

  it('touch no disk when the settings have all of them', async () => {
    const settings = readSettings({ ...production, DATA_DIRECTORY: join(directory, 'none') });
    expect((await deploymentKeys(settings, clock)).cookieKeys).toEqual([production.COOKIE_KEYS]);
    expect(() => statSync(join(directory, 'none'))).toThrow();
  });
});
