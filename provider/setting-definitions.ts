/**
 * Every setting once: its name, format, default, meaning and how to make one. How they are read is config.ts's; the
 * table in the docs is generated from here (docs/generate.ts).
 */
import type { z } from 'zod';
import * as format from './setting-formats.ts';

/** One setting, as it is documented and read. */
export interface Setting<Value, Fallback extends string | null> {
  /** The name in the environment. */
  readonly name: string;
  readonly schema: z.ZodType<Value, string>;
  /** What an absent setting is read as, or null where absence has a meaning of its own (see `absent`). */
  readonly fallback: Fallback;
  /** What it is for, in one sentence. */
  readonly doc: string;
  /** How to make one, in one phrase. */
  readonly make: string;
  /** What absence means outside production where there is no default. */
  readonly absent?: string;
  /** True where production does not start without it. */
  readonly isRequiredInProduction: boolean;
}

interface Description {
  readonly doc: string;
  readonly make: string;
  readonly absent?: string;
  readonly required?: true;
}

function setting<Value, const Fallback extends string | null>(
  name: string,
  schema: z.ZodType<Value, string>,
  fallback: Fallback,
  { required, ...description }: Description,
): Setting<Value, Fallback> {
  return { name, schema, fallback, isRequiredInProduction: required === true, ...description };
}

const generate = 'npx oidc-security-info keys generate';
const made = 'made once and kept in DATA_DIRECTORY';
const gateway =
  'twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=%2B12025550123, or an https: address of yours';

/** Every setting by its name in the code, in the order of the docs. */
export const settingDefinitions = {
  nodeEnv: setting('NODE_ENV', format.oneOf('development', 'test', 'production'), 'development', {
    doc: 'Set to production it asks for every required setting; an https issuer does so by itself.',
    make: 'production, or leave it out',
  }),
  issuer: setting('ISSUER', format.issuer, null, {
    doc: 'The address at which browsers and relying apps reach this provider: an https origin, or http on this machine itself.',
    make: 'https:// and the host name that your users see, without a path',
    absent: 'http://localhost and PORT',
    required: true,
  }),
  host: setting('HOST', format.line, '127.0.0.1', {
    doc: 'The network address to listen on.',
    make: '0.0.0.0 behind a proxy on another machine or in a container',
  }),
  port: setting('PORT', format.wholeNumber(1, 65_535), '3000', {
    doc: 'The port to listen on.',
    make: 'a free port',
  }),
  trustedProxies: setting('TRUST_PROXY', format.proxies, 'off', {
    doc: 'How many proxies of yours stand before this server (on is one): so many addresses of X-Forwarded-For, and X-Forwarded-Proto, are believed.',
    make: 'off, on, or a number from 0 to 9',
  }),
  mongodbUri: setting('MONGODB_URI', format.mongodbUri, null, {
    doc: 'The MongoDB to keep everything in.',
    make: 'mongodb://user:password@host/database?replicaSet=…',
    absent: 'the embedded store in DATA_DIRECTORY',
    required: true,
  }),
  dataDirectory: setting('DATA_DIRECTORY', format.line, '.data', {
    doc: 'The folder of the embedded store and of the keys that are made outside production.',
    make: 'a folder that only this program reads',
  }),
  cookieKeys: setting('COOKIE_KEYS', format.cookieKeys, null, {
    doc: 'Keys that sign cookies, at least 32 characters each, separated by commas, the newest first.',
    make: generate,
    absent: made,
    required: true,
  }),
  signingKeys: setting('SIGNING_KEYS', format.signingKeys, null, {
    doc: 'Private keys that sign tokens, a JSON Web Key Set with an RSA key for RS256 and, for ES256, one on P-256; the one to sign with first.',
    make: generate,
    absent: made,
    required: true,
  }),
  dataKeys: setting('DATA_KEYS', format.dataKeys, null, {
    doc: 'Keys that seal addresses and secrets in the store, id:base64 with 32 bytes each, separated by commas, the newest first; a key stays in the list as long as data is sealed with it.',
    make: generate,
    absent: made,
    required: true,
  }),
  hashKey: setting('HASH_KEY', format.hashKey, null, {
    doc: 'The root of look-up digests, one-time codes and form tokens, 32 bytes in base64; it never changes, for what was digested is not found under another.',
    make: generate,
    absent: made,
    required: true,
  }),
  smtpUrl: setting('SMTP_URL', format.smtpUrl, null, {
    doc: 'The mail relay that codes and notices go out through.',
    make: 'smtps://user:password@mail.example.com',
    absent: 'the development mailbox',
    required: true,
  }),
  mailFrom: setting('MAIL_FROM', format.mailFrom, null, {
    doc: 'What stands in From of every mail.',
    make: 'Sign-in <no-reply@example.com>',
    absent: 'an address that goes nowhere',
    required: true,
  }),
  smsUrl: setting('SMS_URL', format.smsUrl, null, {
    doc: 'What carries SMS: Twilio, or a webhook of yours.',
    make: gateway,
    absent: 'the development mailbox; in production no codes by SMS are on offer',
  }),
  voiceUrl: setting('VOICE_URL', format.voiceUrl, null, {
    doc: 'What makes calls that speak a code: Twilio, or a webhook of yours.',
    make: gateway,
    absent: 'the development mailbox; in production no codes by call are on offer',
  }),
  webhookSecret: setting('WEBHOOK_SECRET', format.webhookSecret, null, {
    doc: 'What a webhook in SMS_URL or VOICE_URL is signed with, at least 32 characters; required with one.',
    make: 'whsec_ and what openssl rand -base64 32 prints',
    absent: 'no webhook can be used',
  }),
  serviceName: setting('SERVICE_NAME', format.line, 'Security info', {
    doc: 'What people call this sign-in service: on pages, in mails and in authenticator apps.',
    make: 'a short name that your users know',
  }),
  helpdeskUrl: setting('HELPDESK_URL', format.helpdeskUrl, null, {
    doc: 'Where people who are stuck get help: named on pages and in mails.',
    make: 'an https: page or a mailto: address',
    absent: 'no helpdesk is named',
  }),
  argon2MemoryKib: setting('ARGON2_MEMORY_KIB', format.wholeNumber(7168, 1_048_576), '19456', {
    doc: 'Memory that hashing a password takes, in KiB; times ARGON2_PASSES it may not fall below 35840.',
    make: 'a whole number from 7168',
  }),
  argon2Passes: setting('ARGON2_PASSES', format.wholeNumber(1, 20), '2', {
    doc: 'Passes over that memory.',
    make: 'a whole number from 1 to 20',
  }),
  jobMarkSchedule: setting('JOB_MARK_SCHEDULE', format.cron, '17 3 * * *', {
    doc: 'When accounts whose methods have become too old are marked, as a cron expression in UTC.',
    make: 'minute hour day month weekday',
  }),
  jobSyncSchedule: setting('JOB_SYNC_SCHEDULE', format.cron, '47 2 * * *', {
    doc: 'When records are held against the directory (which policy applies, which accounts are gone), as a cron expression in UTC; before JOB_MARK_SCHEDULE.',
    make: 'minute hour day month weekday',
  }),
  jobRemindSchedule: setting('JOB_REMIND_SCHEDULE', format.cron, '7 8 * * *', {
    doc: 'When people are reminded by e-mail of what falls due, as a cron expression in UTC.',
    make: 'minute hour day month weekday',
  }),
  jobSnapshotSchedule: setting('JOB_SNAPSHOT_SCHEDULE', format.cron, '27 4 * * *', {
    doc: "When the day's coverage numbers are counted, as a cron expression in UTC; once a day at most.",
    make: 'minute hour day month weekday',
  }),
  jobDeliverSchedule: setting('JOB_DELIVER_SCHEDULE', format.cron, '* * * * *', {
    doc: 'When notices that could not go out at once are tried again, as a cron expression in UTC.',
    make: 'minute hour day month weekday',
  }),
  jobImportSchedule: setting('JOB_IMPORT_SCHEDULE', format.cron, '* * * * *', {
    doc: 'When imports that another process has left behind are taken up, as a cron expression in UTC.',
    make: 'minute hour day month weekday',
  }),
  jobPurgeSchedule: setting('JOB_PURGE_SCHEDULE', format.cron, '43 3 * * *', {
    doc: 'When what was kept long enough is deleted, as a cron expression in UTC.',
    make: 'minute hour day month weekday',
  }),
  jobRotateKeysSchedule: setting('JOB_ROTATE_KEYS_SCHEDULE', format.cron, '29 2 * * 0', {
    doc: 'When what is sealed under an older key of DATA_KEYS is sealed under the newest, as a cron expression in UTC.',
    make: 'minute hour day month weekday',
  }),
  auditRetentionDays: setting('AUDIT_RETENTION_DAYS', format.wholeNumber(0, 36_500), '365', {
    doc: 'How long entries of the audit log are kept, in days; 0 keeps them for ever.',
    make: 'a whole number from 0 to 36500',
  }),
  logLevel: setting(
    'LOG_LEVEL',
    format.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    {
      doc: 'The least important lines that the log still gets.',
      make: 'fatal, error, warn, info, debug, trace or silent',
    },
  ),
  metricsPort: setting('METRICS_PORT', format.wholeNumber(1, 65_535), null, {
    doc: 'The port at which Prometheus reads /metrics; never that of PORT.',
    make: 'a free port that the outside cannot reach',
    absent: 'no metrics',
  }),
  metricsHost: setting('METRICS_HOST', format.line, '127.0.0.1', {
    doc: 'The network address of METRICS_PORT.',
    make: '0.0.0.0 in a container whose port only Prometheus reaches',
  }),
  readyPendingMinutes: setting('READY_PENDING_MINUTES', format.wholeNumber(1, 10_080), '60', {
    doc: 'How long events may wait for the deliver job before /readyz says no; every node says it then.',
    make: 'a whole number of minutes',
  }),
  stopDrainSeconds: setting('STOP_DRAIN_SECONDS', format.wholeNumber(0, 600), null, {
    doc: 'How long a server that was told to stop goes on answering, not ready any more, until the load balancer has seen it.',
    make: 'more than your load balancer takes from one look at /readyz to the last that it counts',
    absent: '5 in production, otherwise 0',
  }),
  demoPort: setting('DEMO_PORT', format.wholeNumber(1, 65_535), '3001', {
    doc: 'The port of the demo relying app of npm start.',
    make: 'a free port',
  }),
  mailboxPort: setting('MAILBOX_PORT', format.wholeNumber(1, 65_535), '3002', {
    doc: 'The port of the development mailbox of npm start.',
    make: 'a free port',
  }),
} as const;
