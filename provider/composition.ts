/** Puts a deployment together: keys, store, senders, domain and jobs. Listening and schedules are main.ts's. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { type Logger, pino } from 'pino';
import { createDevelopmentMailbox, type MailboxStore } from '../delivery/development-mailbox.ts';
import { createMailWriter } from '../delivery/mail-content.ts';
import { createSmtpMail } from '../delivery/smtp-mail.ts';
import { unavailableMail } from '../delivery/unavailable-mail.ts';
import { type EmbeddedStore, openEmbeddedStore } from '../embedded/open.ts';
import { deliver } from '../jobs/deliver.ts';
import type { Job } from '../jobs/job.ts';
import { markReconfirmation } from '../jobs/mark-reconfirmation.ts';
import { loadTranslators, type Translators } from '../locales/translator.ts';
import { createAnswerHasher } from '../models/answer-hash.ts';
import type { ClientStore } from '../models/client.ts';
import { connectStore, ensureIndexes } from '../models/connection.ts';
import { createDataKeys } from '../models/field-encryption.ts';
import { createStores, type Stores } from '../models/stores.ts';
import type { IdempotencyStore } from '../security-info/admin/idempotency.ts';
import type { ImportStore } from '../security-info/admin/import/import-ports.ts';
import type { Clock, LeaseStore, MailSender, OutboxStore, Ports } from '../security-info/ports.ts';
import { openNoticeAddress } from '../security-info/sealing.ts';
import { type AccountStore, createAccountDirectory } from './account-directory.ts';
import { createBackground } from './background.ts';
import type { Settings } from './config.ts';
import { type DeploymentKeys, deploymentKeys } from './development-keys.ts';
import { packageFolder } from './package-folder.ts';
import { createPhoneSenders } from './phone-senders.ts';

const ownershipTries = 40;
const ownershipPauseMilliseconds = 250;

/** `store_in_use`: another server runs on the same data. */
export class StoreInUse extends Error {
  readonly code = 'store_in_use';
  constructor(directory: string) {
    super(
      `Another server runs on the data in ${directory}. Stop it, or set DATA_DIRECTORY to another folder; several servers need MONGODB_URI.`,
    );
    this.name = 'StoreInUse';
  }
}

/** A deployment without its server: what the pages, the jobs and the command line work on. */
export interface Composition {
  readonly settings: Settings;
  readonly deploymentKeys: DeploymentKeys;
  readonly ports: Ports;
  readonly directory: AccountStore;
  readonly clients: ClientStore;
  readonly outbox: OutboxStore;
  readonly leases: LeaseStore;
  readonly imports: ImportStore;
  readonly idempotency: IdempotencyStore;
  readonly jobs: readonly Job[];
  readonly connection: Connection;
  readonly storeUri: string;
  /** The development mailbox; null where everything really goes out. */
  readonly mailboxStore: MailboxStore | null;
  readonly translators: Translators;
  readonly log: Logger;
  /** To be called after each write that may have left events in a record: drains and delivers them, in the background. */
  readonly published: (accountId: string) => void;
  /** Runs work that no answer waits for. */
  readonly inBackground: (work: () => Promise<void>) => void;
  close(): Promise<void>;
}

/** What a test or an embedding program may bring itself. */
export interface CompositionOptions {
  readonly clock?: Clock;
  readonly log?: Logger;
  /** A server that others connect to: it must not live in a store that ends with some other command. */
  readonly mustOwnStore?: boolean;
}

/**
 * Opens the store and makes everything on it.
 * @throws {StoreUnreachable} `store_unreachable`
 * @throws {StoreHeld} `store_held`
 */
export async function openComposition(
  settings: Settings,
  options: CompositionOptions = {},
): Promise<Composition> {
  const clock = options.clock ?? { now: () => new Date() };
  const log = options.log ?? pino({ level: settings.logLevel });
  const keyring = await deploymentKeys(settings, clock);
  const store = await openStore(settings, options.mustOwnStore ?? false);
  try {
    const connection = await connectStore(store.uri);
    await ensureIndexes(connection);
    const keys = createDataKeys({ keys: keyring.dataKeys, hashKey: keyring.hashKey });
    const stores = createStores(connection, { keys, clock });
    const argon2 = { memoryKib: settings.argon2MemoryKib, passes: settings.argon2Passes };
    const directory = createAccountDirectory(connection, { clock, keys, argon2 });
    const translators = loadTranslators(packageFolder('locales'));
    const mail = createMail(settings, { translators, stores, clock, log });
    const mailboxStore = usesMailbox(settings) ? stores.mailbox : null;
    const phones = createPhoneSenders(settings, { translators, mailboxStore, clock, log });
    const answerHasher = createAnswerHasher(argon2);
    const ports: Ports = { ...stores, ...phones, clock, directory, mail: mail.sender, answerHasher, keys };
    const delivery = deliver({
      ...ports,
      outbox: stores.outbox,
      undoUrl: new URL('/security-info/undo', settings.issuer).href,
      openAddress: ({ event, recipient }) => openNoticeAddress(keys, event.id, recipient.addressCiphertext),
    });
    const background = createBackground(log);
    return {
      settings,
      deploymentKeys: keyring,
      ports,
      directory,
      clients: stores.clients,
      outbox: stores.outbox,
      leases: stores.leases,
      imports: stores.imports,
      idempotency: stores.idempotency,
      jobs: [markReconfirmation(ports), delivery],
      connection,
      storeUri: store.uri,
      mailboxStore,
      translators,
      log,
      inBackground: background.run,
      published: (accountId) => background.publish(accountId, stores.records, delivery),
      close: async () => {
        await background.end();
        mail.close();
        await connection.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openStore(
  { mongodbUri, dataDirectory }: Settings,
  mustOwn: boolean,
): Promise<Pick<EmbeddedStore, 'uri' | 'close'>> {
  if (mongodbUri !== null) return { uri: mongodbUri, close: async () => {} };
  for (let tries = 0; tries < ownershipTries; tries += 1) {
    const store = await openEmbeddedStore({ directory: dataDirectory });
    if (!mustOwn || store.role === 'owner') return store;
    // A command of the command line has it, and will end in a moment.
    await store.close();
    await delay(ownershipPauseMilliseconds);
  }
  throw new StoreInUse(dataDirectory);
}

/** In development what has no sender goes into the mailbox. */
function usesMailbox({ isDevelopment, smtpUrl, smsUrl, voiceUrl }: Settings): boolean {
  return isDevelopment && [smtpUrl, smsUrl, voiceUrl].includes(null);
}

function createMail(
  settings: Settings,
  {
    translators,
    stores,
    clock,
    log,
  }: { translators: Translators; stores: Stores; clock: Clock; log: Logger },
): { sender: MailSender; close: () => void } {
  const { serviceName, helpdeskUrl, smtpUrl, mailFrom } = settings;
  const write = createMailWriter({
    translators,
    viewsFolder: packageFolder('views'),
    serviceName,
    helpdeskUrl,
  });
  const from = mailFrom ?? `${serviceName} <no-reply@localhost.invalid>`;
  if (smtpUrl !== null) {
    const sender = createSmtpMail({
      url: smtpUrl,
      from,
      write,
      report: (failure) => log.warn({ failure }, 'mail was not accepted'),
    });
    return { sender, close: () => sender.close() };
  }
  if (!settings.isDevelopment) return { sender: unavailableMail, close: () => {} };
  const sender = createDevelopmentMailbox({ store: stores.mailbox, write, clock, from });
  return { sender, close: () => {} };
}
