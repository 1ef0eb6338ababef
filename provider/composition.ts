/** Puts a deployment together: keys, store, senders, domain and jobs. Listening and schedules are main.ts's. */
import type { Connection } from 'mongoose';
import type { Logger } from 'pino';
import type { MailboxStore } from '../delivery/development-mailbox.ts';
import { deliver } from '../jobs/deliver.ts';
import type { Job } from '../jobs/job.ts';
import { type JobStatus, listJobs } from '../jobs/list-jobs.ts';
import { nodeName, type RunRecorder } from '../jobs/recorded-run.ts';
import type { ScheduledJob } from '../jobs/scheduler.ts';
import { loadTranslators, type Translators } from '../locales/translator.ts';
import { createAnswerHasher } from '../models/answer-hash.ts';
import type { ClientStore } from '../models/client.ts';
import { connectStore, ensureIndexes } from '../models/connection.ts';
import { createDataKeys } from '../models/field-encryption.ts';
import type { KeyCanary } from '../models/key-canary.ts';
import { createStores } from '../models/stores.ts';
import type { CampaignStore } from '../security-info/admin/campaign.ts';
import type { ReportSnapshotStore } from '../security-info/admin/report-snapshot.ts';
import type { DeadLetterStore } from '../security-info/dead-letters.ts';
import type { LeaseStore } from '../security-info/leases.ts';
import type { Clock, OutboxStore, Ports } from '../security-info/ports.ts';
import type { MarkingStore } from '../security-info/reconfirmation/marking-store.ts';
import { openNoticeAddress } from '../security-info/sealing.ts';
import { type AccountStore, createAccountDirectory } from './account-directory.ts';
import { createBackground } from './background.ts';
import type { Settings } from './config.ts';
import { type DeploymentKeys, deploymentKeys } from './development-keys.ts';
import { checkKeys } from './key-check.ts';
import { createLog } from './log.ts';
import { createMail } from './mail-sender.ts';
import { type Meter, noMeter } from './metrics/meter.ts';
import { meteredSender, meteredStores } from './metrics/metered.ts';
import { openStore } from './open-store.ts';
import { packageFolder } from './package-folder.ts';
import { createPhoneSenders } from './phone-senders.ts';
import { scheduledJobs } from './scheduled-jobs.ts';

/** A deployment without its server: what the pages, the jobs and the command line work on. */
export interface Composition {
  readonly settings: Settings;
  readonly deploymentKeys: DeploymentKeys;
  readonly ports: Ports;
  readonly directory: AccountStore;
  readonly clients: ClientStore;
  readonly outbox: OutboxStore;
  readonly deadLetters: DeadLetterStore;
  readonly leases: LeaseStore;
  readonly jobs: readonly Job[];
  /** The same with their schedules. */
  readonly scheduled: readonly ScheduledJob[];
  /** Where their runs are written down. */
  readonly recorder: RunRecorder;
  readonly listJobs: () => Promise<readonly JobStatus[]>;
  readonly campaigns: CampaignStore;
  readonly marking: MarkingStore;
  readonly snapshots: ReportSnapshotStore;
  readonly connection: Connection;
  readonly storeUri: string;
  /** Tells whether the keys are still those of the store. */
  readonly keyCanary: KeyCanary;
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
  /** Counts what happens; nothing is counted without one. */
  readonly meter?: Meter;
  /** A server that others connect to: it must not live in a store that ends with some other command. */
  readonly mustOwnStore?: boolean;
}

/**
 * Opens the store and makes everything on it.
 * @throws {StoreUnreachable} `store_unreachable`
 * @throws {StoreHeld | StoreInUse} `store_held`, `store_in_use`
 * @throws {InvalidSettings} `invalid_settings`, when the keys are not those that the store was filled with
 */
export async function openComposition(
  settings: Settings,
  options: CompositionOptions = {},
): Promise<Composition> {
  const clock = options.clock ?? { now: () => new Date() };
  const log = options.log ?? createLog(settings.logLevel);
  const meter = options.meter ?? noMeter;
  const keyring = await deploymentKeys(settings, clock);
  const store = await openStore(settings, options.mustOwnStore ?? false);
  let opened: Connection | undefined;
  try {
    const connection = await connectStore(store.uri);
    opened = connection;
    await ensureIndexes(connection);
    const keys = createDataKeys({ keys: keyring.dataKeys, hashKey: keyring.hashKey });
    const keyCanary = await checkKeys(connection, keys, { keys: keyring.dataKeys });
    const stores = meteredStores(createStores(connection, { keys, clock }), meter);
    const argon2 = { memoryKib: settings.argon2MemoryKib, passes: settings.argon2Passes };
    const directory = createAccountDirectory(connection, { clock, keys, argon2 });
    const translators = loadTranslators(packageFolder('locales'));
    const mail = createMail(settings, { translators, stores, clock, log });
    const mailboxStore = usesMailbox(settings) ? stores.mailbox : null;
    const phones = createPhoneSenders(settings, { translators, mailboxStore, clock, log });
    const answerHasher = createAnswerHasher(argon2);
    const senders = {
      mail: meteredSender(mail.sender, 'mail', meter),
      sms: meteredSender(phones.sms, 'sms', meter),
      voice: meteredSender(phones.voice, 'voice', meter),
    };
    const ports: Ports = { ...stores, ...senders, clock, directory, answerHasher, keys };
    const delivery = deliver({
      ...ports,
      ...stores,
      undoUrl: new URL('/security-info/undo', settings.issuer).href,
      openAddress: ({ event, recipient }) => openNoticeAddress(keys, event.id, recipient.addressCiphertext),
    });
    const scheduled = scheduledJobs(settings, {
      ports,
      stores,
      delivery,
      ownPageUrl: new URL('/security-info', settings.issuer).href,
    });
    const background = createBackground(log);
    return {
      settings,
      deploymentKeys: keyring,
      ports,
      directory,
      clients: stores.clients,
      outbox: stores.outbox,
      deadLetters: stores.deadLetters,
      leases: stores.leases,
      jobs: scheduled.map(({ job }) => job),
      scheduled,
      recorder: { runs: stores.jobRuns, node: nodeName() },
      listJobs: () => listJobs({ scheduled, runs: stores.jobRuns, clock }),
      snapshots: stores.snapshots,
      campaigns: stores.campaigns,
      marking: stores.marking,
      connection,
      storeUri: store.uri,
      keyCanary,
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
    await opened?.close();
    await store.close();
    throw error;
  }
}

/** In development what has no sender goes into the mailbox. */
function usesMailbox({ isDevelopment, smtpUrl, smsUrl, voiceUrl }: Settings): boolean {
  return isDevelopment && [smtpUrl, smsUrl, voiceUrl].includes(null);
}
