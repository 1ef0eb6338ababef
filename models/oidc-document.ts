/**
 * The collections of node-oidc-provider's models, with their indexes. What is read and written in them is
 * provider/adapter.ts's. Clients have a collection of their own, client.ts.
 */
import { Schema } from 'mongoose';
import { type CollectionSchema, schemaOptions } from './schema-options.ts';

/** A document of node-oidc-provider. */
export interface OidcDocument {
  /** What the library finds it by; for bearer values their digest. */
  readonly _id: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Unset where it does not expire. */
  readonly expiresAt?: Date;
}

type Index = readonly [key: Record<string, 1 | -1>, options?: { readonly unique: true }];

const byGrant: Index = [{ 'payload.grantId': 1 }];

/** Every model of node-oidc-provider but Client, with what it is found by apart from its id. */
const indexesByModel = {
  Session: [[{ 'payload.uid': 1, expiresAt: -1 }]],
  Interaction: [],
  Grant: [],
  AuthorizationCode: [byGrant],
  AccessToken: [byGrant],
  RefreshToken: [byGrant],
  DeviceCode: [byGrant, [{ 'payload.userCode': 1 }, { unique: true }]],
  BackchannelAuthenticationRequest: [byGrant],
  PreAuthorizedCode: [byGrant],
  ClientCredentials: [],
  PushedAuthorizationRequest: [],
  ReplayDetection: [],
  InitialAccessToken: [],
  RegistrationAccessToken: [],
} as const satisfies Record<string, readonly Index[]>;

function collectionOf(model: string, indexes: readonly Index[]): CollectionSchema<OidcDocument> {
  const schema = new Schema<OidcDocument>(
    {
      _id: { type: String, required: true },
      payload: { type: Schema.Types.Mixed, required: true },
      expiresAt: Date,
    },
    schemaOptions,
  );
  schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  for (const [key, options] of indexes) schema.index(key, options ?? {});
  return { name: `oidc${model.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`, schema };
}

const byModel: ReadonlyMap<string, CollectionSchema<OidcDocument>> = new Map(
  Object.entries(indexesByModel).map(([model, indexes]) => [model, collectionOf(model, indexes)]),
);

/** All of them: the library makes its models lazily, the indexes must be there before. */
export const oidcCollections: readonly CollectionSchema<OidcDocument>[] = [...byModel.values()];

/** Models whose id is what a bearer shows: a dump of the store must not hold one that still works. */
const bearerModels: ReadonlySet<string> = new Set([
  'AuthorizationCode',
  'AccessToken',
  'RefreshToken',
  'PreAuthorizedCode',
  'ClientCredentials',
  'InitialAccessToken',
  'RegistrationAccessToken',
]);

/** Whether a model's ids are stored as digests. Sessions are not: their cookies are signed. */
export function isBearerModel(model: string): boolean {
  return bearerModels.has(model);
}

/** The collection of a model. @throws {TypeError} when this release does not know the model */
export function oidcCollection(model: string): CollectionSchema<OidcDocument> {
  const collection = byModel.get(model);
  if (collection === undefined) throw new TypeError(`no collection for the model ${model}`);
  return collection;
}
