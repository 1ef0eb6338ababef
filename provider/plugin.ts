/**
 * Security info for a node-oidc-provider deployment that is there already: its own accounts, sign-in and consent
 * stay as they are. Opens the store and makes everything that the host has to mount.
 */
import { createMailWriter } from '../delivery/mail-content.ts';
import { createSmtpMail } from '../delivery/smtp-mail.ts';
import { createResetPages, createSecurityInfoPages } from '../interactions/app.ts';
import { deliver } from '../jobs/deliver.ts';
import { nodeName } from '../jobs/recorded-run.ts';
import { startScheduler } from '../jobs/scheduler.ts';
import { loadTranslators, type Translators } from '../locales/translator.ts';
import { createAnswerHasher } from '../models/answer-hash.ts';
import { connectStore, ensureIndexes } from '../models/connection.ts';
import { createDataKeys, type DataKeyRing } from '../models/field-encryption.ts';
import { createStores } from '../models/stores.ts';
import { createDesk } from '../security-info/operations/create-desk.ts';
import { createOwnDesk } from '../security-info/operations/create-own-desk.ts';
import { createResetDesk } from '../security-info/operations/reset/create-reset-desk.ts';
import type { Clock, MailSender, Ports } from '../security-info/ports.ts';
import { openNoticeAddress } from '../security-info/sealing.ts';
import { createBackground } from './background.ts';
import { createHelpdesk } from './helpdesk.ts';
import { addSecurityInfo } from './interaction-policy/create-policy.ts';
import { createInteractionSeam } from './interaction-seam.ts';
import { checkKeys } from './key-check.ts';
import { packageFolder } from './package-folder.ts';
import { createPhoneSenders, type PhoneSenders } from './phone-senders.ts';
import type { JobSchedules, SecurityInfo, SecurityInfoOptions } from './plugin-contract.ts';
import { createQuestionWords } from './question-words.ts';
import { guardFindAccount, isGoodToken } from './revocation.ts';
import { defaultJobSettings, type JobSettings, scheduledJobs } from './scheduled-jobs.ts';
import * as format from './setting-formats.ts';

/**
 * Reads keys as `npx oidc-security-info keys generate` writes them.
 * @throws {ZodError} when one is malformed; the message holds no key
 */
export function readDataKeys(written: {
  readonly DATA_KEYS: string;
  readonly HASH_KEY: string;
}): DataKeyRing {
  return {
    keys: format.dataKeys.parse(written.DATA_KEYS),
    hashKey: format.hashKey.parse(written.HASH_KEY),
  };
}

/**
 * Opens security info for a host.
 * @throws {StoreUnreachable} `store_unreachable`
 * @throws {InvalidSettings} `invalid_settings`, when the keys are not those that the store was filled with
 */
export async function openSecurityInfo(options: SecurityInfoOptions): Promise<SecurityInfo> {
  const { issuer, directory, serviceName, log } = options;
  const clock = options.clock ?? { now: () => new Date() };
  const connection = await connectStore(options.mongodbUri);
  await ensureIndexes(connection);
  const keys = createDataKeys(options.keys);
  try {
    await checkKeys(connection, keys, options.keys);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const stores = createStores(connection, { keys, clock });
  const translators = loadTranslators(packageFolder('locales'));
  const viewsFolder = packageFolder('views');
  const helpdeskUrl = options.helpdeskUrl ?? null;
  const { mail, closeMail } = senderOf(
    options,
    createMailWriter({ translators, viewsFolder, serviceName, helpdeskUrl }),
  );
  const answerHasher = createAnswerHasher(options.argon2 ?? { memoryKib: 19_456, passes: 2 });
  const phones = phonesOf(options, translators, clock);
  const ports: Ports = { ...stores, ...phones, clock, directory, mail, answerHasher, keys };
  const delivery = deliver({
    ...ports,
    ...stores,
    openAddress: ({ event, recipient }) => openNoticeAddress(keys, event.id, recipient.addressCiphertext),
  });
  const parts = { ports, stores, delivery, ownPageUrl: options.ownPageUrl ?? null };
  const scheduled = scheduledJobs(defaultJobSettings, parts);
  const background = createBackground(log);
  const deskOptions = {
    serviceName,
    questionWords: createQuestionWords(translators),
    published: (accountId: string) => background.publish(accountId, stores.records, delivery),
  };

  const pageOptions = {
    viewsFolder,
    publicFolder: packageFolder('public'),
    translators,
    serviceName,
    helpdeskUrl,
    helpdeskOf: createHelpdesk(ports),
    issuer,
    keys,
    log,
  };

  return {
    ports,
    jobs: scheduled.map(({ job }) => job),
    campaigns: { ...stores, ...ports },
    snapshots: stores.snapshots,
    clientMetadataProperties: ['security_info_exempt', 'security_info_silent'],
    addTo: (policy, acrValues = []) => addSecurityInfo(policy, ports, acrValues),
    guardFindAccount: (findAccount) => guardFindAccount(findAccount, ports),
    isGoodToken: (token) => isGoodToken(token, directory, ports),
    pages: (provider) =>
      createSecurityInfoPages({
        ...pageOptions,
        directory,
        seam: createInteractionSeam(provider, null, ports),
        clock,
        desk: createDesk(ports, deskOptions),
        ownDesk: createOwnDesk(ports, deskOptions),
      }),
    resetPages: (robotChallenge) =>
      createResetPages({
        ...pageOptions,
        clock,
        resetDesk: createResetDesk(ports, { ...deskOptions, inBackground: background.run }),
        ...(robotChallenge === undefined ? {} : { robotChallenge }),
      }),
    startJobs: (schedules = {}) =>
      startScheduler(scheduledJobs({ ...defaultJobSettings, ...settingsOf(schedules) }, parts), {
        clock,
        leases: stores.leases,
        log,
        runs: stores.jobRuns,
        node: nodeName(),
      }),
    close: async () => {
      await background.end();
      closeMail();
      await connection.close();
    },
  };
}

/** The settings of those schedules that are given. */
function settingsOf({
  mark,
  deliver: delivering,
  remind,
  sync,
  snapshot,
}: JobSchedules): Partial<JobSettings> {
  return {
    ...(mark === undefined ? {} : { jobMarkSchedule: mark }),
    ...(delivering === undefined ? {} : { jobDeliverSchedule: delivering }),
    ...(remind === undefined ? {} : { jobRemindSchedule: remind }),
    ...(sync === undefined ? {} : { jobSyncSchedule: sync }),
    ...(snapshot === undefined ? {} : { jobSnapshotSchedule: snapshot }),
  };
}

function senderOf(
  { mail }: SecurityInfoOptions,
  write: ReturnType<typeof createMailWriter>,
): { mail: MailSender; closeMail: () => void } {
  if (!('smtpUrl' in mail)) return { mail, closeMail: () => {} };
  const sender = createSmtpMail({ url: mail.smtpUrl, from: mail.from, write });
  return { mail: sender, closeMail: () => sender.close() };
}

function phonesOf(
  { phones = {}, serviceName, issuer, log }: SecurityInfoOptions,
  translators: Translators,
  clock: Clock,
): PhoneSenders {
  if ('sms' in phones) return phones;
  const { smsUrl = null, voiceUrl = null, webhookSecret = null } = phones;
  const settings = { smsUrl, voiceUrl, webhookSecret, serviceName, issuer, isDevelopment: false };
  const warn = (details: Readonly<Record<string, unknown>>, message: string): void =>
    log.error(details, message);
  return createPhoneSenders(settings, { translators, mailboxStore: null, clock, log: { warn } });
}
