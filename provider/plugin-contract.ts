/** What a host brings to security info, and what it mounts of it. The making of it is plugin.ts's. */
import type { Middleware } from 'koa';
import type { FindAccount, interactionPolicy, Provider } from 'oidc-provider';
import type { Job } from '../jobs/job.ts';
import type { JobLog } from '../jobs/tick.ts';
import type { DataKeyRing } from '../models/field-encryption.ts';
import type { CampaignPorts } from '../security-info/admin/campaign-members.ts';
import type { ReportSnapshotStore } from '../security-info/admin/report-snapshot.ts';
import type { AccountDirectory, Clock, MailSender, PhoneSender, Ports } from '../security-info/ports.ts';
import type { RobotChallenge } from '../security-info/robot-challenge.ts';

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
  /** The host's own page that opens the security info, named in reminders; without it they name none. */
  readonly ownPageUrl?: string;
}

/** When the jobs run, each as a cron expression in UTC; every night, and delivering every minute, unless told otherwise. */
export interface JobSchedules {
  readonly mark?: string;
  readonly deliver?: string;
  readonly remind?: string;
  readonly sync?: string;
  readonly snapshot?: string;
}

/** When the jobs run, as cron expressions in UTC; as the settings of the same names where absent. */
export interface JobSchedules {
  readonly mark?: string;
  readonly deliver?: string;
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
  /**
   * Password reset and unlock at `/reset`, to be linked from the host's own sign-in page.
   * @param robotChallenge the host's own way to tell people from programs
   */
  resetPages(robotChallenge?: RobotChallenge): Middleware;
  readonly jobs: readonly Job[];
  /** Runs the jobs by their schedules, in UTC; each tick on one node. */
  startJobs(schedules?: JobSchedules): { stop(): Promise<void> };
  /** What `createCampaign` and its neighbours of this package work on, for pages of the host's own. */
  readonly campaigns: CampaignPorts;
  /** Each day's coverage numbers. */
  readonly snapshots: Pick<ReportSnapshotStore, 'list'>;
  /** The stores and all else that the domain works on, for programs of the host's own. */
  readonly ports: Ports;
  close(): Promise<void>;
}
