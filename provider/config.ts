/** Reads and checks all settings: the only reader of the process's environment. Which there are is setting-definitions.ts's. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { InvalidSettings, type SettingProblem } from './invalid-settings.ts';
import { type Setting, settingDefinitions } from './setting-definitions.ts';
import * as format from './setting-formats.ts';

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
