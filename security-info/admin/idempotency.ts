/**
 * Requests that may be sent twice and are carried out once: the first answer under a key is kept, sealed, and given
 * again. Which requests need a key is the admin API's.
 * @see draft-ietf-httpapi-idempotency-key-header-07
 */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { IdempotencyKeyInUse, IdempotencyKeyReused } from '../errors.ts';
import type { Clock, DataKeys } from '../ports.ts';

/** How long an answer is kept, in seconds. */
export const idempotencySeconds = 86_400;
/** How long a request may take before its node is taken for dead, in seconds: from then on it is carried out anew. */
export const longestRequestSeconds = 600;

/** A key as clients may send it: 1 to 255 visible ASCII characters, in quotes or without. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/)
  .transform((key) => /^"(.+)"$/.exec(key)?.[1] ?? key);

/** An answer as it is given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is under a key: taken just now, still being answered, answered; or another request was sent. */
export type IdempotencyClaim =
  | { readonly kind: 'taken' }
  | { readonly kind: 'running' }
  | { readonly kind: 'answered'; readonly claimId: string; readonly answerCiphertext: string }
  | { readonly kind: 'other_request' };

/** The keys. */
export interface IdempotencyStore {
  /** Takes a key in one write, or says what is there. */
  claim(
    claim: { readonly id: string; readonly claimId: string; readonly requestDigest: string },
    times: { readonly now: Date; readonly claimableAt: Date; readonly expiresAt: Date },
  ): Promise<IdempotencyClaim>;
  /** Keeps the answer; nothing happens where the claim was lost. */
  keep(claim: { readonly id: string; readonly claimId: string }, answerCiphertext: string): Promise<void>;
  /** Forgets the key, so that the request can be sent again; nothing happens where the claim was lost. */
  forget(claim: { readonly id: string; readonly claimId: string }): Promise<void>;
}

/** What is asked for once. */
export interface OnceRequest {
  readonly key: string;
  /** Who asks: one's keys are nobody else's. */
  readonly actor: string;
  /** Of everything that makes the request what it is, see `digestRequest`. */
  readonly requestDigest: string;
}

/** The digest of what a request asks for. */
export function digestRequest(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/**
 * Carries a request out, or gives the answer that it had before. Where the work fails, or answers with a status of 500
 * or more, nothing is kept and it can be sent again.
 * @throws {IdempotencyKeyInUse} `idempotency_key_in_use`, while the first request is being answered
 * @throws {IdempotencyKeyReused} `idempotency_key_reused`, for another request under the same key
 */
export async function answerOnce(
  {
    idempotency,
    keys,
    clock,
  }: {
    readonly idempotency: IdempotencyStore;
    readonly keys: DataKeys;
    readonly clock: Clock;
  },
  { key, actor, requestDigest }: OnceRequest,
  work: () => Promise<KeptAnswer>,
): Promise<KeptAnswer & { readonly isRepeated: boolean }> {
  // Not as it was sent: a client may make its keys of what it sends.
  const id = keys.hash(JSON.stringify([actor, key]), 'idempotency');
  const digest = keys.hash(requestDigest, 'idempotency-request');
  const claimId = randomUUID();
  const now = clock.now();
  const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
  const found = await idempotency.claim(
    { id, claimId, requestDigest: digest },
    { now, claimableAt: after(longestRequestSeconds), expiresAt: after(idempotencySeconds) },
  );
  if (found.kind === 'other_request') throw new IdempotencyKeyReused();
  if (found.kind === 'running') throw new IdempotencyKeyInUse();
  if (found.kind === 'answered') {
    const opened = keys.open(found.answerCiphertext, context(id, found.claimId));
    return { ...keptAnswer.parse(JSON.parse(opened)), isRepeated: true };
  }
  try {
    const answer = await work();
    if (answer.status >= 500) await idempotency.forget({ id, claimId });
    else await idempotency.keep({ id, claimId }, keys.seal(JSON.stringify(answer), context(id, claimId)));
    return { ...answer, isRepeated: false };
  } catch (error) {
    await idempotency.forget({ id, claimId });
    throw error;
  }
}

const keptAnswer = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

function context(id: string, claimId: string): string {
  return `idempotency:${id}:${claimId}`;
}
