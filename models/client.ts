/**
 * `clients`: the relying apps of this deployment, with their secrets sealed. Whether the metadata makes sense as a
 * whole is node-oidc-provider's to judge.
 */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import type { Clock, DataKeys } from '../security-info/ports.ts';
import { isDuplicateKey } from './duplicate-key.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

/** The id of this deployment's own page: its client is built in (provider/own-client.ts), and no app may have it. */
export const ownClientId = 'security-info';

/** The id of this deployment's console: its client is built in, too. */
export const consoleClientId = 'security-info-console';
const builtInClientIds: ReadonlySet<string> = new Set([ownClientId, consoleClientId]);

/** How old a cached client may be. */
const CACHE_MILLISECONDS = 4_000;
/** Clients in the cache at most; real ones only, so this is a bound on memory and no more. */
const CACHE_ENTRIES = 1_000;

/**
 * OpenID Connect client metadata, with what this provider adds to it.
 * @see OpenID Connect Dynamic Client Registration 1.0 §2
 */
export const clientMetadataSchema = z.looseObject({
  // Visible ASCII (RFC 6749 appendix A.1), without what has a meaning in the names of fields.
  client_id: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[\x21-\x23\x25-\x7e]+$/),
  /** In clear here, for client_secret_basic and client_secret_jwt; sealed in the store. */
  client_secret: z.string().min(16).max(1024).optional(),
  client_name: z.string().min(1).max(200).optional(),
  redirect_uris: z.array(z.string().max(2048)).max(100).default([]),
  post_logout_redirect_uris: z.array(z.string().max(2048)).max(100).default([]),
  /** Nobody is asked for security info at this client. */
  security_info_exempt: z.boolean().default(false),
  /** Whether prompt=none passes during the grace days. */
  security_info_silent: z.enum(['grace', 'strict']).default('grace'),
  /** The deployment's own app: no consent is asked. */
  first_party: z.boolean().default(false),
});

/** A client's metadata. */
export type ClientMetadata = z.infer<typeof clientMetadataSchema>;
/** A client's metadata as it is added: what has a default may be left out. */
export type NewClientMetadata = z.input<typeof clientMetadataSchema>;

/** A client as it is stored. */
export interface StoredClient {
  /** The client_id. */
  readonly _id: string;
  /** All metadata but the id and the secret. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly secretCiphertext: string | null;
  readonly createdAt: Date;
}

const schema = new Schema<StoredClient>(
  {
    _id: { type: String, required: true },
    metadata: { type: Schema.Types.Mixed, required: true },
    secretCiphertext: String,
    createdAt: { type: Date, required: true },
  },
  schemaOptions,
);

/** The collection of clients; read by id, or whole. */
export const clients: CollectionSchema<StoredClient> = { name: 'clients', schema };

const storedClient = z.object({
  _id: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  secretCiphertext: z.string().nullable().default(null),
});

/** `client_id_taken`: a client with this id is there already. */
export class ClientIdTaken extends Error {
  readonly code = 'client_id_taken';
  constructor() {
    super('A client with this id is there already.');
    this.name = 'ClientIdTaken';
  }
}

/** The relying apps. A change reaches every node within 5 seconds. */
export interface ClientStore {
  /** Every client in the order of their ids, without their secrets. */
  list(): Promise<readonly ClientMetadata[]>;
  /** One client with its secret; may be some seconds old. Undefined where there is none. */
  find(clientId: string): Promise<ClientMetadata | undefined>;
  /**
   * Adds a client.
   * @throws {ClientIdTaken} `client_id_taken`
   * @throws {ZodError} when the metadata is malformed
   */
  add(metadata: NewClientMetadata): Promise<ClientMetadata>;
  /** Removes a client. @returns false where there was none */
  remove(clientId: string): Promise<boolean>;
}

/** What a client's secret is sealed with. */
export function secretContext(clientId: string): string {
  return `client:${clientId}:secret`;
}

/** Makes the client store on a connection. */
export function createClientStore(
  connection: Connection,
  { clock, keys }: { readonly clock: Clock; readonly keys: DataKeys },
): ClientStore {
  const model = modelOn(connection, clients);
  const cache = new Map<string, { readonly since: number; readonly client: ClientMetadata }>();

  function read(document: unknown, withSecret: boolean): ClientMetadata {
    const { _id, metadata, secretCiphertext } = storedClient.parse(document);
    const secret =
      withSecret && secretCiphertext !== null ? keys.open(secretCiphertext, secretContext(_id)) : undefined;
    return clientMetadataSchema.parse({
      ...metadata,
      client_id: _id,
      ...(secret === undefined ? {} : { client_secret: secret }),
    });
  }

  return {
    async list() {
      const documents = await model.find().sort({ _id: 1 }).lean();
      return documents.map((document) => read(document, false));
    },

    async find(clientId) {
      const now = clock.now().getTime();
      const entry = cache.get(clientId);
      if (entry !== undefined && now >= entry.since && now - entry.since < CACHE_MILLISECONDS) {
        return structuredClone(entry.client);
      }
      cache.delete(clientId);
      const document = await model.findById(clientId).lean();
      // A client that is not there is not remembered: whoever asks for random ids fills no memory.
      if (document === null) return undefined;
      const client = read(document, true);
      if (cache.size >= CACHE_ENTRIES) cache.clear();
      cache.set(clientId, { since: now, client });
      return structuredClone(client);
    },

    async add(input) {
      const client = clientMetadataSchema.parse(input);
      if (builtInClientIds.has(client.client_id)) throw new ClientIdTaken();
      const { client_id: _id, client_secret: secret, ...metadata } = client;
      const secretCiphertext = secret === undefined ? null : keys.seal(secret, secretContext(_id));
      try {
        await model.create([{ _id, metadata, secretCiphertext, createdAt: clock.now() }]);
      } catch (error) {
        if (isDuplicateKey(error)) throw new ClientIdTaken();
        throw error;
      }
      return client;
    },

    async remove(clientId) {
      const { deletedCount } = await model.deleteOne({ _id: clientId });
      cache.delete(clientId);
      return deletedCount === 1;
    },
  };
}
