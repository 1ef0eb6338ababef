/** The AnswerHasher port: answers of security questions as they are stored, at the cost of passwords. */
import type { AnswerHasher } from '../security-info/ports.ts';
import { type Argon2Costs, createPasswordHasher } from './password-hash.ts';

/** Makes a hasher of answers. */
export function createAnswerHasher(costs: Argon2Costs): AnswerHasher {
  const hasher = createPasswordHasher(costs);
  return { hash: hasher.hash, check: hasher.check };
}
