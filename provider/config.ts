/**
 * Every setting once: its name, format, default, meaning and how to make one. The only reader of the process's
 * environment. The table in the docs is generated from here (docs/generate.ts).
 */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { InvalidSettings, type SettingProblem } from './invalid-settings.ts';
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

type Definitions = typeof settingDefinitions;
type ValueOf<Definition> =
  Definition extends Setting<infer Value, infer Fallback>
    ? Value | (Fallback extends string ? never : null)
    : never;

/** All settings, read. What production requires is null only outside production. */
export interface Settings
  extends Readonly<{ [Key in keyof Omit<Definitions, 'issuer'>]: ValueOf<Definitions[Key]> }> {
  /** The issuer's origin. */
  readonly issuer: string;
  /** False in production: NODE_ENV says so, or the issuer is https. Only then may anything be missing. */
  readonly isDevelopment: boolean;
  /** The issuer is this machine itself, so only its own browsers reach it. */
  readonly isLoopbackIssuer: boolean;
  /** Cookies are `__Host-` and Secure: the issuer is https. */
  readonly secureCookies: boolean;
  /** The embedded store, not a MongoDB. */
  readonly usesEmbeddedStore: boolean;
}

/**
 * Reads and checks all settings. An empty one counts as absent.
 * @throws {InvalidSettings} `invalid_settings`, listing all that is missing or wrong
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const isDevelopment = isDevelopmentEnvironment(env);
  const problems = findProblems(env, isDevelopment);
  if (problems.length > 0) throw new InvalidSettings(problems);

  function value<Value>(definition: Setting<Value, string>): Value;
  function value<Value>(definition: Setting<Value, null>): Value | null;
  function value<Value>({ name, schema, fallback }: Setting<Value, string | null>): Value | null {
    const text = textOf(env, name) ?? fallback;
    return text === null ? null : schema.parse(text);
  }
  const definitions = settingDefinitions;
  const port = value(definitions.port);
  const issuer = value(definitions.issuer) ?? `http://localhost:${port}`;
  const mongodbUri = value(definitions.mongodbUri);
  return {
    nodeEnv: value(definitions.nodeEnv),
    issuer,
    host: value(definitions.host),
    port,
    trustedProxies: value(definitions.trustedProxies),
    mongodbUri,
    dataDirectory: value(definitions.dataDirectory),
    cookieKeys: value(definitions.cookieKeys),
    signingKeys: value(definitions.signingKeys),
    dataKeys: value(definitions.dataKeys),
    hashKey: value(definitions.hashKey),
    smtpUrl: value(definitions.smtpUrl),
    mailFrom: value(definitions.mailFrom),
    smsUrl: value(definitions.smsUrl),
    voiceUrl: value(definitions.voiceUrl),
    webhookSecret: value(definitions.webhookSecret),
    serviceName: value(definitions.serviceName),
    helpdeskUrl: value(definitions.helpdeskUrl),
    argon2MemoryKib: value(definitions.argon2MemoryKib),
    argon2Passes: value(definitions.argon2Passes),
    jobMarkSchedule: value(definitions.jobMarkSchedule),
    jobSyncSchedule: value(definitions.jobSyncSchedule),
    jobRemindSchedule: value(definitions.jobRemindSchedule),
    jobSnapshotSchedule: value(definitions.jobSnapshotSchedule),
    jobDeliverSchedule: value(definitions.jobDeliverSchedule),
    jobImportSchedule: value(definitions.jobImportSchedule),
    jobPurgeSchedule: value(definitions.jobPurgeSchedule),
    jobRotateKeysSchedule: value(definitions.jobRotateKeysSchedule),
    auditRetentionDays: value(definitions.auditRetentionDays),
    logLevel: value(definitions.logLevel),
    metricsPort: value(definitions.metricsPort),
    metricsHost: value(definitions.metricsHost),
    readyPendingMinutes: value(definitions.readyPendingMinutes),
    stopDrainSeconds: value(definitions.stopDrainSeconds),
    demoPort: value(definitions.demoPort),
    mailboxPort: value(definitions.mailboxPort),
    isDevelopment,
    isLoopbackIssuer: format.isLoopback(new URL(issuer).hostname),
    secureCookies: issuer.startsWith('https:'),
    usesEmbeddedStore: mongodbUri === null,
  };
}

/** OWASP's equal choices all come to this: 7168 KiB × 5 passes. @see OWASP Password Storage Cheat Sheet, Argon2id */
const leastArgon2Work = 35_840;

/** Development is what has no https issuer and is reached from this machine only, unless NODE_ENV says otherwise. */
function isDevelopmentEnvironment(env: Readonly<Record<string, string | undefined>>): boolean {
  if (textOf(env, 'NODE_ENV') === 'production') return false;
  const issuer = textOf(env, 'ISSUER');
  if (issuer === undefined || !URL.canParse(issuer)) return true;
  const { protocol, hostname } = new URL(issuer);
  return protocol !== 'https:' && format.isLoopback(hostname);
}

function findProblems(
  env: Readonly<Record<string, string | undefined>>,
  isDevelopment: boolean,
): readonly SettingProblem[] {
  const problems: SettingProblem[] = [];
  for (const { name, schema, fallback, isRequiredInProduction, make } of Object.values(settingDefinitions)) {
    const text = textOf(env, name) ?? fallback;
    if (text === null) {
      if (isRequiredInProduction && !isDevelopment) problems.push({ name, problem: 'is missing', make });
      continue;
    }
    const issue = schema.safeParse(text).error?.issues[0];
    if (issue) problems.push({ name, problem: issue.message, make });
  }
  return [...problems, ...findProblemsTogether(env)];
}

/** What is wrong with settings that are right one by one. */
function findProblemsTogether(env: Readonly<Record<string, string | undefined>>): readonly SettingProblem[] {
  const { argon2MemoryKib, argon2Passes, dataKeys, hashKey, webhookSecret } = settingDefinitions;
  const problems: SettingProblem[] = [];
  const memory = argon2MemoryKib.schema.safeParse(
    textOf(env, argon2MemoryKib.name) ?? argon2MemoryKib.fallback,
  );
  const passes = argon2Passes.schema.safeParse(textOf(env, argon2Passes.name) ?? argon2Passes.fallback);
  if (memory.success && passes.success && memory.data * passes.data < leastArgon2Work) {
    problems.push({
      name: argon2Passes.name,
      problem: `times ${argon2MemoryKib.name} falls below ${leastArgon2Work}: passwords would be too cheap to guess`,
      make: '19456 KiB with 2 passes, or 7168 KiB with 5',
    });
  }
  const sealing = dataKeys.schema.safeParse(textOf(env, dataKeys.name));
  const digesting = hashKey.schema.safeParse(textOf(env, hashKey.name));
  if (sealing.success && digesting.success && sealing.data.some(({ key }) => key.equals(digesting.data))) {
    problems.push({ name: hashKey.name, problem: `is one of ${dataKeys.name}`, make: hashKey.make });
  }
  if (namesWebhook(env) && textOf(env, webhookSecret.name) === undefined) {
    const problem = 'is missing: the webhook is signed with it';
    problems.push({ name: webhookSecret.name, problem, make: webhookSecret.make });
  }
  return problems;
}

function namesWebhook(env: Readonly<Record<string, string | undefined>>): boolean {
  const { smsUrl, voiceUrl } = settingDefinitions;
  return [smsUrl, voiceUrl].some(({ name, schema }) =>
    /^https?:/i.test(schema.safeParse(textOf(env, name)).data ?? ''),
  );
}

function textOf(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

/** The process's environment, on top of what the file `.env` of the working directory says. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return { ...environmentFile('.env'), ...process.env };
}

function environmentFile(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}
