/**
 * Security info for a node-oidc-provider deployment that is there already: its own accounts, sign-in and consent
 * stay as they are. Opens the store and makes everything that the host has to mount.
 */
import type { Middleware } from 'koa';
import type { FindAccount, interactionPolicy, Provider } from 'oidc-provider';
import { createMailWriter } from '../delivery/mail-content.ts';
import { createSmtpMail } from '../delivery/smtp-mail.ts';
import { createSecurityInfoPages } from '../interactions/app.ts';
import { deliver } from '../jobs/deliver.ts';
import type { Job } from '../jobs/job.ts';
import { markReconfirmation } from '../jobs/mark-reconfirmation.ts';
import { startScheduler } from '../jobs/scheduler.ts';
import type { JobLog } from '../jobs/tick.ts';
import { loadTranslators, type Translators } from '../locales/translator.ts';
import { createAnswerHasher } from '../models/answer-hash.ts';
import { connectStore, ensureIndexes } from '../models/connection.ts';
import { createDataKeys, type DataKeyRing } from '../models/field-encryption.ts';
import { createStores } from '../models/stores.ts';
import { createDesk } from '../security-info/operations/create-desk.ts';
import { createOwnDesk } from '../security-info/operations/create-own-desk.ts';
import type { AccountDirectory, Clock, MailSender, PhoneSender, Ports } from '../security-info/ports.ts';
import { openNoticeAddress } from '../security-info/sealing.ts';
import { createBackground } from './background.ts';
import { createHelpdesk } from './helpdesk.ts';
import { addSecurityInfo } from './interaction-policy/create-policy.ts';
import { createInteractionSeam } from './interaction-seam.ts';
import { packageFolder } from './package-folder.ts';
import { createPhoneSenders, type PhoneSenders } from './phone-senders.ts';
import { createQuestionWords } from './question-words.ts';
import { guardFindAccount, isGoodToken } from './revocation.ts';
import * as format from './setting-formats.ts';

/** What the host brings. */
export interface SecurityInfoOptions {
  /** As given to the Provider. */
  readonly issuer: string;
  readonly mongodbUri: string;
  /** Made once (`npx oidc-security-info keys generate`), kept as long as the data. */
  readonly keys: DataKeyRing;
  /** The host's accounts. */
  readonly directory: AccountDirectory;
  /** A mail relay, or a sender of the host's own. */
  readonly mail: MailSender | { readonly smtpUrl: string; readonly from: string };
  /**
   * SMS and calls: gateways as the settings SMS_URL, VOICE_URL and WEBHOOK_SECRET write them, or senders of the host's
   * own. Without one, methods that need it are not on offer.
   */
  readonly phones?:
    | { readonly sms: PhoneSender; readonly voice: PhoneSender }
    | { readonly smsUrl?: string; readonly voiceUrl?: string; readonly webhookSecret?: string };
  /** Costs of digesting answers to security questions, as of a password; 19,456 KiB and 2 passes unless told otherwise. */
  readonly argon2?: { readonly memoryKib: number; readonly passes: number };
  /** What people call the service. */
  readonly serviceName: string;
  readonly helpdeskUrl?: string;
  /** Where failures are written; pino fits. */
  readonly log: JobLog & { error(details: Readonly<Record<string, unknown>>, message: string): void };
  readonly clock?: Clock;
}

/** What the host mounts. */
export interface SecurityInfo {
  /**
   * Adds the prompt, and what it needs of `login`, to the host's policy, in place.
   * @param acrValues what the host's sign-in can give; the provider's `acrValues`
   */
  addTo(
    policy: interactionPolicy.DefaultPolicy,
    acrValues?: readonly string[],
  ): interactionPolicy.DefaultPolicy;
  /** For the provider's `extraClientMetadata.properties`. */
  readonly clientMetadataProperties: readonly string[];
  /** The host's findAccount, which then refuses tokens from before the last change of the credentials. */
  guardFindAccount(findAccount: FindAccount): FindAccount;
  /** For `features.introspection.allowedPolicy`: false for a token that is revoked by date. */
  isGoodToken(token: unknown): Promise<boolean>;
  /**
   * The pages, to be mounted before the provider: they answer `/interaction/<uid>/security-info` and below, so the
   * host's `interactions.url` must be `/interaction/<uid>`, and send the browser there at the prompt `security_info`.
   */
  pages(provider: Provider): Middleware;
  readonly jobs: readonly Job[];
  /** Runs the jobs by their schedules, in UTC; each tick on one node. */
  startJobs(schedules?: { readonly mark?: string; readonly deliver?: string }): { stop(): Promise<void> };
  /** The stores and all else that the domain works on, for programs of the host's own. */
  readonly ports: Ports;
  close(): Promise<void>;
}

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
 */
export async function openSecurityInfo(options: SecurityInfoOptions): Promise<SecurityInfo> {
  const { issuer, directory, serviceName, log } = options;
  const clock = options.clock ?? { now: () => new Date() };
  const connection = await connectStore(options.mongodbUri);
  await ensureIndexes(connection);
  const keys = createDataKeys(options.keys);
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
    outbox: stores.outbox,
    openAddress: ({ event, recipient }) => openNoticeAddress(keys, event.id, recipient.addressCiphertext),
  });
  const marking = markReconfirmation(ports);
  const background = createBackground(log);
  const deskOptions = {
    serviceName,
    questionWords: createQuestionWords(translators),
    published: (accountId: string) => background.publish(accountId, stores.records, delivery),
  };

  return {
    ports,
    jobs: [marking, delivery],
    clientMetadataProperties: ['security_info_exempt', 'security_info_silent'],
    addTo: (policy, acrValues = []) => addSecurityInfo(policy, ports, acrValues),
    guardFindAccount: (findAccount) => guardFindAccount(findAccount, ports),
    isGoodToken: (token) => isGoodToken(token, directory, ports),
    pages: (provider) =>
      createSecurityInfoPages({
        viewsFolder,
        publicFolder: packageFolder('public'),
        translators,
        serviceName,
        helpdeskUrl,
        helpdeskOf: createHelpdesk(ports),
        issuer,
        keys,
        directory,
        log,
        seam: createInteractionSeam(provider, null, ports),
        clock,
        desk: createDesk(ports, deskOptions),
        ownDesk: createOwnDesk(ports, deskOptions),
      }),
    startJobs: (schedules = {}) =>
      startScheduler(
        [
          { job: marking, schedule: schedules.mark ?? '17 3 * * *', runsAtStart: false },
          { job: delivery, schedule: schedules.deliver ?? '* * * * *', runsAtStart: true },
        ],
        { clock, leases: stores.leases, log },
      ),
    close: async () => {
      await background.end();
      closeMail();
      await connection.close();
    },
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
