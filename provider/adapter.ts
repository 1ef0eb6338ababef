/**
 * node-oidc-provider's storage on MongoDB: plain collections of the connection, for what it costs per sign-in.
 * The collections and their indexes are models/oidc-document.ts's, the clients ClientStore's.
 */
import { createHash } from 'node:crypto';
import type { Connection } from 'mongoose';
import { type Adapter, type AdapterFactory, errors } from 'oidc-provider';
import type { ClientStore } from '../models/client.ts';
import { isBearerModel, type OidcDocument, oidcCollection } from '../models/oidc-document.ts';
import { alive, type JointReads } from './joint-reads.ts';
import { sparing } from './sparing-adapter.ts';

/**
 * Seconds that clocks may differ by: what has expired is kept so much longer, and judged by the library. Hand the
 * same number to its `clockTolerance`.
 */
export const clockToleranceSeconds = 15;

/** The part of a document that is read. */
type Found = Pick<OidcDocument, 'payload' | 'expiresAt'>;
const projection = { _id: 0, payload: 1, expiresAt: 1 } as const;

function expiryAfter(seconds: number): Date {
  return new Date(Date.now() + (seconds + clockToleranceSeconds) * 1000);
}

function createModelAdapter(connection: Connection, model: string, joint: JointReads | undefined): Adapter {
  const collection = connection.collection<OidcDocument>(oidcCollection(model).name);
  const isBearer = isBearerModel(model);
  // No key: the ids are long and random, so nothing can be found by trying.
  const idOf = (id: string): string => (isBearer ? createHash('sha256').update(id).digest('base64url') : id);

  const adapter: Adapter = {
    async upsert(id, given, expiresIn) {
      const { jti: _, ...withoutId } = given;
      const payload = isBearer ? withoutId : given;
      await collection.updateOne(
        { _id: idOf(id) },
        expiresIn === undefined
          ? { $set: { payload }, $unset: { expiresAt: 1 } }
          : { $set: { payload, expiresAt: expiryAfter(expiresIn) } },
        { upsert: true },
      );
    },

    async find(id) {
      const payload = alive(await collection.findOne<Found>({ _id: idOf(id) }, { projection }));
      return isBearer && payload !== undefined ? { ...payload, jti: id } : payload;
    },

    async findByUserCode(userCode) {
      return alive(await collection.findOne<Found>({ 'payload.userCode': userCode }, { projection }));
    },

    /** Two resumes at once may leave two sessions with one uid: the one written last is the one in use. */
    async findByUid(uid) {
      return alive(
        await collection.findOne<Found>({ 'payload.uid': uid }, { projection, sort: { expiresAt: -1 } }),
      );
    },

    /**
     * Atomic: of two redemptions of one code at the same time one must lose, and the library's own look at
     * `consumed` comes too early to tell. @see RFC 6749 §4.1.2, RFC 9700 §4.14.2
     */
    async consume(id) {
      const { matchedCount } = await collection.updateOne(
        { _id: idOf(id), 'payload.consumed': { $exists: false } },
        { $set: { 'payload.consumed': Math.floor(Date.now() / 1000) } },
      );
      if (matchedCount === 0) throw new errors.InvalidGrant('it was used already');
    },

    async destroy(id) {
      await collection.deleteOne({ _id: idOf(id) });
    },

    async revokeByGrantId(grantId) {
      await collection.deleteMany({ 'payload.grantId': grantId });
    },
  };
  return sparing(model, adapter, {
    take: async (id) => alive(await collection.findOneAndDelete({ _id: idOf(id) }, { projection })),

    async consume(id, condition) {
      const payload = alive(
        await collection.findOneAndUpdate(
          { _id: idOf(id), 'payload.consumed': { $exists: false }, ...condition },
          { $set: { 'payload.consumed': Math.floor(Date.now() / 1000) } },
          { projection, returnDocument: 'before' },
        ),
      );
      return payload === undefined ? undefined : { ...payload, jti: id };
    },

    async update(id, payload, expiresIn) {
      const { matchedCount } = await collection.updateOne(
        { _id: idOf(id) },
        { $set: { payload, expiresAt: expiryAfter(expiresIn) } },
      );
      return matchedCount === 1;
    },

    joint,
  });
}

/** Clients are read here and kept elsewhere: the library writes them only where dynamic registration is on. */
function createClientAdapter(clients: Pick<ClientStore, 'find'>): Adapter {
  const refuse = async (): Promise<never> => {
    throw new TypeError('clients are added and removed by the ClientStore only');
  };
  return {
    find: (clientId) => clients.find(clientId),
    upsert: refuse,
    findByUserCode: refuse,
    findByUid: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: refuse,
  };
}

/**
 * Makes node-oidc-provider's `adapter`.
 * @param joint what a redemption reads ahead with; absent where the accounts are a host's
 */
export function createAdapterFactory(
  connection: Connection,
  clients: Pick<ClientStore, 'find'>,
  joint?: JointReads,
): AdapterFactory {
  return (model) =>
    model === 'Client' ? createClientAdapter(clients) : createModelAdapter(connection, model, joint);
}
