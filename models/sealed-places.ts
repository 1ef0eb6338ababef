/** Every place where sealed values lie for longer than minutes. A new one is an entry here. */
import type { Connection } from 'mongoose';
import { z } from 'zod';
import type { SealedPlace } from '../security-info/key-rotation.ts';
import { methodContext, noticeContext } from '../security-info/sealing.ts';
import { accounts, mailboxContext } from './account.ts';
import { clients, secretContext } from './client.ts';
import { developmentMailbox, mailboxMessageContext } from './development-mailbox.ts';
import type { SealingKeys } from './field-encryption.ts';
import { outbox } from './outbox.ts';
import { type Reseal, type SealedPlaceParts, sealedPlace } from './sealed-place.ts';
import { securityInfos } from './security-info-record.ts';

const ciphertext = z.string().nullable().optional();
const recipient = z.looseObject({ addressCiphertext: z.string() });
// Loose: whatever else lies in a method or an event goes back as it was.
const recordSchema = z.object({
  _id: z.string(),
  version: z.number(),
  methods: z
    .array(z.looseObject({ id: z.string(), addressCiphertext: ciphertext, secretCiphertext: ciphertext }))
    .default([]),
  pendingEvents: z
    .array(z.looseObject({ id: z.string(), notify: z.array(recipient).default([]) }))
    .default([]),
});
const messageSchema = z.object({ _id: z.string(), recipient, event: z.looseObject({ id: z.string() }) });

const records: SealedPlaceParts = {
  name: 'records',
  collection: securityInfos.name,
  paths: ['methods.addressCiphertext', 'methods.secretCiphertext', 'pendingEvents.notify.addressCiphertext'],
  write(document, reseal) {
    const { _id, version, methods, pendingEvents } = recordSchema.parse(document);
    const sealedMethod = (id: string, what: 'address' | 'secret', value: string | null | undefined) =>
      value == null ? value : reseal(value, methodContext(_id, id, what));
    const next = {
      methods: methods.map((method) => ({
        ...method,
        addressCiphertext: sealedMethod(method.id, 'address', method.addressCiphertext),
        secretCiphertext: sealedMethod(method.id, 'secret', method.secretCiphertext),
      })),
      pendingEvents: pendingEvents.map((event) => ({
        ...event,
        notify: event.notify.map((one) => ({
          ...one,
          addressCiphertext: reseal(one.addressCiphertext, noticeContext(event.id)),
        })),
      })),
    };
    return { filter: { _id, version }, update: { $set: next, $inc: { version: 1 } } };
  },
};

const messages: SealedPlaceParts = {
  name: 'outbox',
  collection: outbox.name,
  paths: ['recipient.addressCiphertext'],
  write(document, reseal) {
    const { _id, recipient: to, event } = messageSchema.parse(document);
    const path = 'recipient.addressCiphertext';
    const sealed = reseal(to.addressCiphertext, noticeContext(event.id));
    return { filter: { _id, [path]: to.addressCiphertext }, update: { $set: { [path]: sealed } } };
  },
};

/** Documents with one ciphertext, which is its own condition: whoever replaced it meanwhile sealed it anew. */
function single(
  name: string,
  collection: string,
  field: string,
  contextOf: (id: string) => string,
): SealedPlaceParts {
  const schema = z.looseObject({ _id: z.string(), [field]: z.string() });
  return {
    name,
    collection,
    paths: [field],
    write(document: unknown, reseal: Reseal) {
      const { _id, [field]: sealed } = schema.parse(document);
      const before = z.string().parse(sealed);
      return {
        filter: { _id, [field]: before },
        update: { $set: { [field]: reseal(before, contextOf(z.string().parse(_id))) } },
      };
    },
  };
}

/**
 * The places. Flows and cookies are not among them: what is sealed in them is gone after some minutes.
 * @param keys the keys of the deployment, which seal under the newest of them
 */
export function createSealedPlaces(connection: Connection, keys: SealingKeys): readonly SealedPlace[] {
  return [
    records,
    single('accounts', accounts.name, 'mailboxCiphertext', mailboxContext),
    single('clients', clients.name, 'secretCiphertext', secretContext),
    messages,
    single('mailbox', developmentMailbox.name, 'messageCiphertext', mailboxMessageContext),
  ].map((parts) => sealedPlace(connection, keys, parts));
}
