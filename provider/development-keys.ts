/**
 * The keys of a deployment: those of the settings, and outside production, where one is missing, one that is made
 * once and kept in the data directory, so that what it signed and sealed survives a restart.
 */
import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { generateKeyMaterial } from '../models/field-encryption.ts';
import type { Clock } from '../security-info/ports.ts';
import type { Settings } from './config.ts';
import type { DataKey, SigningKeys } from './setting-formats.ts';
import * as format from './setting-formats.ts';

/** Every key of a deployment, the newest of each kind first. */
export interface DeploymentKeys {
  /** Sign cookies. */
  readonly cookieKeys: readonly string[];
  /** Sign tokens. */
  readonly signingKeys: SigningKeys;
  /** Seal addresses and secrets in the store. */
  readonly dataKeys: readonly DataKey[];
  /** 32 bytes: the root of look-up digests, one-time codes and form tokens. */
  readonly hashKey: Buffer;
}

/** Fresh keys, as the settings of those names are written. */
export interface WrittenKeys {
  readonly COOKIE_KEYS: string;
  readonly SIGNING_KEYS: string;
  readonly DATA_KEYS: string;
  readonly HASH_KEY: string;
}

/** The file in the data directory that holds them. */
export const developmentKeysFile = 'development-keys.json';

const writtenKeys = z.object({
  COOKIE_KEYS: format.cookieKeys,
  SIGNING_KEYS: format.signingKeys,
  DATA_KEYS: format.dataKeys,
  HASH_KEY: format.hashKey,
});

/**
 * Makes a fresh set: signing keys for RS256 (2048 bits) and ES256, the rest 32 random bytes each.
 * @param now names the day in the data key's id
 */
export function makeKeys(now: Date): WrittenKeys {
  const { dataKey, hashKey } = generateKeyMaterial(now);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const keys = [
    { ...rsa, alg: 'RS256', use: 'sig', kid: keyId(rsa.n) },
    { ...ec, alg: 'ES256', use: 'sig', kid: keyId(ec.x) },
  ];
  return {
    COOKIE_KEYS: randomBytes(32).toString('base64url'),
    SIGNING_KEYS: JSON.stringify({ keys }),
    DATA_KEYS: `${dataKey.id}:${dataKey.key}`,
    HASH_KEY: hashKey,
  };
}

function keyId(publicPart: string | undefined): string {
  return createHash('sha256')
    .update(publicPart ?? '')
    .digest('base64url')
    .slice(0, 16);
}

/**
 * The keys that the data directory holds, made there when it holds none; only its owner can read them.
 * @throws {Error} when the file is there but is not one of ours: what is sealed could not be opened with new keys
 */
export async function loadOrMakeDevelopmentKeys(directory: string, clock: Clock): Promise<DeploymentKeys> {
  const path = join(directory, developmentKeysFile);
  const text = (await readIfThere(path)) ?? (await makeFile(directory, path, clock));
  const parsed = writtenKeys.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new Error(
      `${path} is damaged. Put it back, or delete the whole folder ${directory} to start afresh.`,
    );
  }
  const { data } = parsed;
  return {
    cookieKeys: data.COOKIE_KEYS,
    signingKeys: data.SIGNING_KEYS,
    dataKeys: data.DATA_KEYS,
    hashKey: data.HASH_KEY,
  };
}

/**
 * The keys to run with: the settings' own, and in development what they lack from the data directory.
 * @throws {Error} as `loadOrMakeDevelopmentKeys`
 */
export async function deploymentKeys(settings: Settings, clock: Clock): Promise<DeploymentKeys> {
  const { cookieKeys, signingKeys, dataKeys, hashKey } = settings;
  if (cookieKeys && signingKeys && dataKeys && hashKey) return { cookieKeys, signingKeys, dataKeys, hashKey };
  const made = await loadOrMakeDevelopmentKeys(settings.dataDirectory, clock);
  return {
    cookieKeys: cookieKeys ?? made.cookieKeys,
    signingKeys: signingKeys ?? made.signingKeys,
    dataKeys: dataKeys ?? made.dataKeys,
    hashKey: hashKey ?? made.hashKey,
  };
}

/** Two processes that start at once must end up with one set: the first to link its file wins, the other reads it. */
async function makeFile(directory: string, path: string, clock: Clock): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = join(directory, `${developmentKeysFile}.${randomUUID()}`);
  try {
    await writeFile(draft, `${JSON.stringify(makeKeys(clock.now()), null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    await link(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, 'utf8');
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
