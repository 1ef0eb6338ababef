/** What is sealed under which context, and digested for which purpose: the one place that spells them. */
import { z } from 'zod';
import type { Draft } from './methods/contract.ts';
import { contractOf } from './methods/registry.ts';
import type { DataKeys } from './ports.ts';
import type { Method, MethodType } from './record.ts';
import { channels, methodTypes } from './record.ts';

/** The context that an address or a secret of a method is sealed with. */
export function methodContext(accountId: string, methodId: string, what: 'address' | 'secret'): string {
  return `${accountId}:${methodId}:${what}`;
}

/** Seals the address of a method, so that it opens for this method of this account only. */
export function sealAddress(keys: DataKeys, accountId: string, methodId: string, address: string): string {
  return keys.seal(address, methodContext(accountId, methodId, 'address'));
}

/** Opens a method's address; null where it has none. @throws {Error} when its key is gone */
export function openAddress(keys: DataKeys, accountId: string, method: Method): string | null {
  if (method.addressCiphertext === null) return null;
  return keys.open(method.addressCiphertext, methodContext(accountId, method.id, 'address'));
}

/** Seals the shared secret of a method. */
export function sealSecret(keys: DataKeys, accountId: string, methodId: string, secret: string): string {
  return keys.seal(secret, methodContext(accountId, methodId, 'secret'));
}

/** Opens a method's shared secret; null where it has none. @throws {Error} when its key is gone */
export function openSecret(keys: DataKeys, accountId: string, method: Method): string | null {
  if (method.secretCiphertext === null) return null;
  return keys.open(method.secretCiphertext, methodContext(accountId, method.id, 'secret'));
}

/** The digest by which two addresses of one mailbox or line are known as one; sends are counted by it too. */
export function addressHash(keys: DataKeys, type: MethodType, address: string): string {
  const { purpose, value } = contractOf(type).identity(address);
  return keys.hash(value, purpose);
}

/** The digest that a code is bound to: this very spelling. */
export function destinationHash(keys: DataKeys, address: string): string {
  return keys.hash(address, 'destination');
}

/** The context that the address of a notice is sealed with. */
export function noticeContext(eventId: string): string {
  return `notice:${eventId}`;
}

/** Seals the address that a notice goes to; it opens for this event only. */
export function sealNoticeAddress(keys: DataKeys, eventId: string, address: string): string {
  return keys.seal(address, noticeContext(eventId));
}

/** Opens the address that a notice goes to. @throws {Error} when its key is gone */
export function openNoticeAddress(keys: DataKeys, eventId: string, ciphertext: string): string {
  return keys.open(ciphertext, noticeContext(eventId));
}

/** A draft as it lies sealed in its flow. */
export interface OpenDraft extends Draft {
  readonly type: MethodType;
  /** The method that it takes the place of, or null. */
  readonly replaces: string | null;
}

const openDraft = z.object({
  type: z.enum(methodTypes),
  replaces: z.string().nullable(),
  address: z.string().nullable(),
  secret: z.string().nullable(),
  name: z.string().nullable(),
  channel: z.enum(channels).nullable().default(null),
  answers: z
    .array(z.object({ questionId: z.string(), customText: z.string().nullable(), answer: z.string() }))
    .default([]),
});

/** Seals a draft for its flow. */
export function sealDraft(keys: DataKeys, flowId: string, draftId: string, draft: OpenDraft): string {
  return keys.seal(JSON.stringify(openDraft.parse(draft)), `${flowId}:${draftId}:draft`);
}

/** Opens a draft of a flow. @throws {Error} when its key is gone */
export function unsealDraft(
  keys: DataKeys,
  flowId: string,
  draftId: string,
  draftCiphertext: string,
): OpenDraft {
  return openDraft.parse(JSON.parse(keys.open(draftCiphertext, `${flowId}:${draftId}:draft`)));
}
