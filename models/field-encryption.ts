/**
 * The DataKeys port: seals what must not lie in the store in clear, digests what must be compared, derives codes.
 * Which value gets which context or purpose is its caller's; where the keys come from is the configuration's.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { DataKeys } from '../security-info/ports.ts';

/** A key for sealing, by the id that each ciphertext carries. */
export interface DataKey {
  /** 1 to 32 of `A-Z a-z 0-9 _ -`; never used again for another key. */
  readonly id: string;
  /** 32 random bytes. */
  readonly key: Uint8Array;
}

/** The keys of a deployment. */
export interface DataKeyRing {
  /** Newest first: the first one seals, all of them open. */
  readonly keys: readonly DataKey[];
  /** 32 random bytes that outlive every rotation: digests and codes come from it and must stay what they are. */
  readonly hashKey: Uint8Array;
}

/** The DataKeys port, and by which key it seals. */
export interface SealingKeys extends DataKeys {
  readonly newestKeyId: string;
}

const KEY_BYTES = 32;
/** Half of it derives the message's key, half is the IV of AES-GCM. */
const NONCE_BYTES = 24;
const TAG_BYTES = 16;
const CODE_DIGITS = 6;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** Bytes that no other list of parts has: each part comes with its length. */
function lengthPrefixed(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/**
 * A key for one message. With one key and random 96-bit IVs, AES-GCM may seal 2^32 messages; the store of a busy
 * deployment passes that within a year. With a key per message that bound is out of reach.
 * @see NIST SP 800-38D §8.3, NIST SP 800-108r1 §4.1
 */
function messageKey(key: Uint8Array, nonce: Buffer): Buffer {
  return createHmac('sha256', key)
    .update('oidc-security-info seal v1')
    .update(nonce.subarray(0, NONCE_BYTES / 2))
    .digest();
}

function purposeKey(root: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root, '', `oidc-security-info ${purpose} v1`, KEY_BYTES));
}

function checkRing({ keys, hashKey }: DataKeyRing): void {
  if (keys.length === 0) throw new TypeError('at least one data key is needed');
  for (const { id, key } of keys) {
    if (!KEY_ID.test(id)) throw new TypeError('the id of a data key is 1 to 32 of A-Z a-z 0-9 _ -');
    if (key.length !== KEY_BYTES) throw new TypeError(`data key "${id}" is not ${KEY_BYTES} bytes long`);
    if (Buffer.from(key).equals(hashKey)) throw new TypeError(`data key "${id}" is the hash key`);
  }
  if (new Set(keys.map(({ id }) => id)).size !== keys.length)
    throw new TypeError('two data keys have one id');
  if (hashKey.length !== KEY_BYTES) throw new TypeError(`the hash key is not ${KEY_BYTES} bytes long`);
}

/**
 * Makes the DataKeys of a deployment.
 * @throws {TypeError} when a key has the wrong length, or an id is malformed or used twice
 */
export function createDataKeys(ring: DataKeyRing): SealingKeys {
  checkRing(ring);
  const [newest] = ring.keys;
  if (newest === undefined) throw new TypeError('at least one data key is needed');
  const byId = new Map(ring.keys.map(({ id, key }) => [id, key]));
  const hashKey = purposeKey(ring.hashKey, 'hash');
  const codeKey = purposeKey(ring.hashKey, 'code');

  return {
    newestKeyId: newest.id,

    seal(plaintext, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(
        'aes-256-gcm',
        messageKey(newest.key, nonce),
        nonce.subarray(NONCE_BYTES / 2),
        {
          authTagLength: TAG_BYTES,
        },
      );
      cipher.setAAD(Buffer.from(context, 'utf8'));
      const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return [
        newest.id,
        ...[nonce, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url')),
      ].join('.');
    },

    open(ciphertext, context) {
      const [id = '', ...parts] = ciphertext.split('.');
      const [nonce, sealed, tag] = parts.map((part) => Buffer.from(part, 'base64url'));
      if (
        parts.length !== 3 ||
        nonce?.length !== NONCE_BYTES ||
        tag?.length !== TAG_BYTES ||
        sealed === undefined
      ) {
        throw new Error('a sealed value is malformed');
      }
      const key = byId.get(id);
      if (key === undefined) throw new Error('a sealed value names a data key that is not configured');
      const decipher = createDecipheriv(
        'aes-256-gcm',
        messageKey(key, nonce),
        nonce.subarray(NONCE_BYTES / 2),
        {
          authTagLength: TAG_BYTES,
        },
      );
      decipher.setAAD(Buffer.from(context, 'utf8'));
      decipher.setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
      } catch {
        throw new Error('a sealed value does not open: it was changed, or belongs elsewhere');
      }
    },

    hash(value, purpose) {
      return createHmac('sha256', hashKey)
        .update(lengthPrefixed([purpose, value]))
        .digest('base64url');
    },

    deriveCode(parts) {
      const digest = createHmac('sha256', codeKey).update(lengthPrefixed(parts)).digest();
      // RFC 4226 §5.3: the low four bits of the last byte say where the 31 bits are taken from.
      const offset = digest.readUInt8(digest.length - 1) & 0x0f;
      const number = digest.readUInt32BE(offset) & 0x7fffffff;
      return String(number % 10 ** CODE_DIGITS).padStart(CODE_DIGITS, '0');
    },
  };
}

/** Whether a sealed value was sealed by the newest key; false where it waits to be sealed anew. */
export function isSealedByNewest(ciphertext: string, ring: Pick<DataKeyRing, 'keys'>): boolean {
  return ciphertext.slice(0, ciphertext.indexOf('.')) === ring.keys[0]?.id;
}

/** A fresh data key and a fresh hash key, as `keys generate` prints them: base64url, with an id that names the day. */
export function generateKeyMaterial(now: Date): {
  readonly dataKey: { readonly id: string; readonly key: string };
  readonly hashKey: string;
} {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  return {
    dataKey: {
      id: `k${day}-${randomBytes(2).toString('hex')}`,
      key: randomBytes(KEY_BYTES).toString('base64url'),
    },
    hashKey: randomBytes(KEY_BYTES).toString('base64url'),
  };
}
