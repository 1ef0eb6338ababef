/**
 * Saves operations on the store within one request of node-oidc-provider: what its models ask for in two steps is done
 * in one, and what did not change is not written. Nothing is kept from one request to the next.
 */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Adapter, type AdapterPayload, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { JointReads } from './joint-reads.ts';

/** What the store does in one operation. */
export interface SparingOperations {
  /** Removes a document. @returns what it held */
  take(id: string): Promise<AdapterPayload | undefined>;
  /** Marks a document as consumed, once, and only where the condition holds. @returns what it held before */
  consume(id: string, condition: Readonly<Record<string, unknown>>): Promise<AdapterPayload | undefined>;
  /** Writes a document that is there. @returns false where it is gone */
  update(id: string, payload: AdapterPayload, expiresIn: number): Promise<boolean>;
  /** Reads ahead; absent where that cannot be. */
  readonly joint?: JointReads | undefined;
}

/** A live session is written anew when so much of its life has passed, at most an hour, or when it has changed. */
const renewedPart = 0.01;
const renewedSeconds = 3_600;

const resumeRoutes: ReadonlySet<string> = new Set(['resume', 'device_resume']);

/** An adapter of a model that does more in one operation; of most models as it is. */
export function sparing(model: string, adapter: Adapter, operations: SparingOperations): Adapter {
  switch (model) {
    case 'Session':
      return sessionAdapter(adapter, operations);
    case 'Grant':
      return { ...adapter, find: async (id) => readAhead(operations, 'Grant', id) ?? adapter.find(id) };
    case 'Interaction':
      return interactionAdapter(adapter, operations);
    case 'AuthorizationCode':
      return codeAdapter(adapter, operations);
    default:
      return adapter;
  }
}

/** What one request has done, by the ids that it did it to; nothing outside of the library's requests. */
class PerRequest<Value> {
  readonly #byRequest = new WeakMap<KoaContextWithOIDC, Map<string, Value>>();

  get(id: string): Value | undefined {
    const { ctx } = Provider;
    return ctx === undefined ? undefined : this.#byRequest.get(ctx)?.get(id);
  }

  set(id: string, value: Value): void {
    const { ctx } = Provider;
    if (ctx === undefined) return;
    const values = this.#byRequest.get(ctx) ?? new Map<string, Value>();
    this.#byRequest.set(ctx, values.set(id, value));
  }

  delete(id: string): void {
    if (Provider.ctx !== undefined) this.#byRequest.get(Provider.ctx)?.delete(id);
  }
}

/**
 * The library writes a session at each request to prolong it. One that is as it was read is written only when that
 * prolongs it by more than a little: and a session that another request has ended meanwhile stays ended.
 */
function sessionAdapter(adapter: Adapter, operations: SparingOperations): Adapter {
  const read = new PerRequest<AdapterPayload>();
  return {
    ...adapter,
    async find(id) {
      const payload = await adapter.find(id);
      // A copy: the library changes what lies within.
      if (payload) read.set(id, structuredClone(payload));
      return payload;
    },
    findByUid: async (uid) => readAhead(operations, 'Session', uid) ?? adapter.findByUid(uid),
    async upsert(id, payload, expiresIn) {
      const before = read.get(id);
      if (before !== undefined && isSame(before, payload) && isFresh(before, payload, expiresIn)) return;
      read.delete(id);
      await adapter.upsert(id, payload, expiresIn);
    },
    async destroy(id) {
      read.delete(id);
      await adapter.destroy(id);
    },
  };
}

function isSame({ exp: _, ...before }: AdapterPayload, { exp: __, ...after }: AdapterPayload): boolean {
  return isDeepStrictEqual(before, after);
}

function isFresh(before: AdapterPayload, after: AdapterPayload, expiresIn = 0): boolean {
  if (before.exp === undefined || after.exp === undefined) return false;
  const prolonged = after.exp - before.exp;
  return prolonged >= 0 && prolonged < Math.min(renewedPart * expiresIn, renewedSeconds);
}

/**
 * A resume reads its Interaction and destroys it: in one operation, so that of two resumes at once one wins. A result
 * is written into an Interaction that is there: one that was resumed meanwhile does not come back.
 */
function interactionAdapter(adapter: Adapter, operations: SparingOperations): Adapter {
  const taken = new PerRequest<true>();
  return {
    ...adapter,
    async find(id) {
      const route = Provider.ctx?.oidc?.route;
      if (route === undefined || !resumeRoutes.has(route)) return adapter.find(id);
      const payload = await operations.take(id);
      taken.set(id, true);
      return payload;
    },
    async upsert(id, payload, expiresIn) {
      if (payload.result === undefined || expiresIn === undefined || taken.get(id) === true) {
        taken.delete(id);
        return adapter.upsert(id, payload, expiresIn);
      }
      if (await operations.update(id, payload, expiresIn)) return;
      throw new errors.SessionNotFound('interaction session not found');
    },
    async destroy(id) {
      if (taken.get(id) !== true) await adapter.destroy(id);
    },
  };
}

/**
 * A redemption reads its code and consumes it: in one operation where the client, the redirect URI and the verifier
 * are the right ones. Any other attempt only reads: whoever got hold of a code cannot use it up for its client.
 * @see RFC 6749 §4.1.3, RFC 7636 §4.6
 */
function codeAdapter(adapter: Adapter, operations: SparingOperations): Adapter {
  const consumed = new PerRequest<true>();
  return {
    ...adapter,
    async find(id) {
      const condition = redemptionOf(Provider.ctx);
      const payload = condition === undefined ? undefined : await operations.consume(id, condition);
      if (payload === undefined) return adapter.find(id);
      consumed.set(id, true);
      await foresee(payload, operations);
      return payload;
    },
    async consume(id) {
      if (consumed.get(id) !== true) await adapter.consume(id);
    },
  };
}

function readAhead(
  { joint }: SparingOperations,
  model: 'Grant' | 'Session',
  key: string,
): AdapterPayload | undefined {
  const request = Provider.ctx?.oidc;
  return request === undefined ? undefined : joint?.take(request, model, key);
}

/** With its code a redemption tells what else it will read: its grant, session, account and record. */
async function foresee(
  { accountId, grantId, sessionUid }: AdapterPayload,
  { joint }: SparingOperations,
): Promise<void> {
  const request = Provider.ctx?.oidc;
  if (request !== undefined && accountId !== undefined)
    await joint?.of(request, accountId, { grantId, sessionUid });
}

/** What a code must hold to be redeemed by this request. */
function redemptionOf(ctx: KoaContextWithOIDC | undefined): Readonly<Record<string, unknown>> | undefined {
  const { client, params, route } = ctx?.oidc ?? {};
  if (route !== 'token' || client === undefined || params?.['grant_type'] !== 'authorization_code')
    return undefined;
  const { redirect_uri: redirectUri, code_verifier: verifier } = params;
  if (typeof redirectUri !== 'string') return undefined;
  return {
    'payload.clientId': client.clientId,
    'payload.redirectUri': redirectUri,
    'payload.exp': { $gt: Math.floor(Date.now() / 1000) },
    ...(typeof verifier === 'string'
      ? {
          'payload.codeChallengeMethod': 'S256',
          'payload.codeChallenge': createHash('sha256').update(verifier).digest('base64url'),
        }
      : { 'payload.codeChallenge': null }),
  };
}
