/** Passwords as they are stored: argon2id. Whose they are is provider/account-directory.ts's. */
import { randomBytes } from 'node:crypto';
import { hash, parseOptions, verify } from '@node-rs/argon2';

/** Costs of a hash. @see OWASP Password Storage Cheat Sheet, Argon2id */
export interface Argon2Costs {
  readonly memoryKib: number;
  readonly passes: number;
}

/** Hashes and checks passwords at one cost. */
export interface PasswordHasher {
  /** @returns argon2id in PHC format */
  hash(password: string): Promise<string>;
  /** Takes as long for null, which no password matches, as for a hash. */
  check(stored: string | null, password: string): Promise<boolean>;
  /** True where a hash was made at another cost. */
  isOutdated(stored: string): boolean;
}

/** What a person types may come in several Unicode forms. @see NIST SP 800-63B-4 §3.1.1.2 */
function normalised(password: string): string {
  return password.normalize('NFKC');
}

/** Makes a hasher. */
export function createPasswordHasher({ memoryKib, passes }: Argon2Costs): PasswordHasher {
  const options = { memoryCost: memoryKib, timeCost: passes, parallelism: 1 };
  // At once, or the first unknown name would take longer than the next. Nobody knows what it is the hash of.
  const unmatchedHash = hash(randomBytes(32), options);

  return {
    hash: (password) => hash(normalised(password), options),

    async check(stored, password) {
      const isRight = await verify(stored ?? (await unmatchedHash), normalised(password));
      return stored !== null && isRight;
    },

    isOutdated(stored) {
      const { memoryCost, timeCost, parallelism } = parseOptions(stored);
      return memoryCost !== memoryKib || timeCost !== passes || parallelism !== options.parallelism;
    },
  };
}
