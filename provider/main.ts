/** This deployment: reads the environment, connects, listens, schedules, and ends on a signal. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Provider } from 'oidc-provider';
import { createInteractions, type ProtocolPages } from '../interactions/app.ts';
import type { PageOptions } from '../interactions/shell/contract.ts';
import { startScheduler } from '../jobs/scheduler.ts';
import { ownClientId } from '../models/client.ts';
import { createDesk } from '../security-info/operations/create-desk.ts';
import { createOwnDesk } from '../security-info/operations/create-own-desk.ts';
import { createSignInDesk } from '../security-info/operations/create-sign-in-desk.ts';
import { createUndoDesk } from '../security-info/operations/create-undo-desk.ts';
import { createResetDesk } from '../security-info/operations/reset/create-reset-desk.ts';
import { createAdapterFactory } from './adapter.ts';
import { createApp } from './app.ts';
import { type Composition, type CompositionOptions, openComposition } from './composition.ts';
import type { Settings } from './config.ts';
import { environment, readSettings } from './config.ts';
import { createAdmin } from './create-admin.ts';
import { createHelpdesk } from './helpdesk.ts';
import { createInteractionSeam } from './interaction-seam.ts';
import { createJointReads } from './joint-reads.ts';
import { noMeter } from './metrics/meter.ts';
import { createPrometheusMeter } from './metrics/prometheus.ts';
import { createOidcConfiguration, passwordAcr } from './oidc.ts';
import { createOperation, type Operation } from './operation.ts';
import { withOwnClient } from './own-client.ts';
import { packageFolder } from './package-folder.ts';
import { createQuestionWords } from './question-words.ts';

/** A deployment that answers requests. */
export interface Deployment {
  readonly issuer: string;
  readonly composition: Composition;
  readonly provider: Provider;
  /** Ends requests, jobs and connections, in this order. A second call waits for the first. */
  close(): Promise<void>;
}

/**
 * Starts a deployment.
 * @throws {StoreUnreachable | StoreHeld | PortTaken} each with a message for whoever starts it
 */
export async function startDeployment(
  settings: Settings,
  options: CompositionOptions = {},
): Promise<Deployment> {
  const counters = settings.metricsPort === null ? null : createPrometheusMeter();
  const meter = options.meter ?? counters?.meter ?? noMeter;
  const composition = await openComposition(settings, { ...options, meter, mustOwnStore: true });
  try {
    const operation = createOperation(composition, { meter, counters });
    const { provider, app } = createServerApp(composition, operation);
    const listening = await operation.serve(app.callback());
    const scheduler = startScheduler(operation.meteredJobs(composition.scheduled), {
      ...composition.recorder,
      clock: composition.ports.clock,
      leases: composition.leases,
      log: composition.log,
    });
    composition.log.info({ issuer: settings.issuer, port: settings.port }, 'listening');
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      await Promise.all([operation.stop(listening), scheduler.stop()]);
      await composition.close();
    };
    return {
      issuer: settings.issuer,
      composition,
      provider,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await composition.close();
    throw error;
  }
}

function createServerApp(composition: Composition, { readiness, interrupted }: Operation) {
  const { settings, ports, connection, clients, log, published } = composition;
  const { issuer, serviceName } = settings;
  const joint = createJointReads(connection, ports.keys);
  let pages: ProtocolPages | undefined;
  const provider = new Provider(
    settings.issuer,
    createOidcConfiguration({
      adapter: createAdapterFactory(connection, withOwnClient(clients, { issuer, name: serviceName }), joint),
      joint,
      keys: composition.deploymentKeys,
      issuer,
      isHttps: settings.secureCookies,
      mayFetchLoopback: settings.isDevelopment && settings.isLoopbackIssuer,
      directory: composition.directory,
      ports,
      pages: () => {
        if (pages === undefined) throw new Error('the pages are not made yet');
        return pages;
      },
    }),
  );
  provider.on('backchannel.error', (_ctx, _error, { clientId }) =>
    log.warn({ clientId }, 'an app could not be told of a sign-out'),
  );
  provider.on('interaction.started', (_ctx, prompt) => interrupted(prompt));
  provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'request failed'));
  const deskOptions = {
    serviceName: settings.serviceName,
    published,
    questionWords: createQuestionWords(composition.translators),
  };
  const pageOptions: PageOptions = {
    viewsFolder: packageFolder('views'),
    publicFolder: packageFolder('public'),
    translators: composition.translators,
    serviceName: settings.serviceName,
    helpdeskUrl: settings.helpdeskUrl,
    helpdeskOf: createHelpdesk(ports),
    issuer: settings.issuer,
    keys: ports.keys,
    ownPageUrl: new URL('/security-info', issuer).href,
  };
  const interactions = createInteractions({
    ...pageOptions,
    clock: ports.clock,
    directory: composition.directory,
    seam: createInteractionSeam(provider, passwordAcr, ports),
    desk: createDesk(ports, deskOptions),
    ownDesk: createOwnDesk(ports, deskOptions),
    signInDesk: createSignInDesk(ports, deskOptions),
    resetDesk: createResetDesk(ports, { ...deskOptions, inBackground: composition.inBackground }),
    log,
    ownClientId,
    undoDesk: createUndoDesk(ports, deskOptions),
  });
  pages = interactions.protocolPages;
  const admin = createAdmin(composition, provider, pageOptions);
  const app = createApp({
    provider,
    interactions: (ctx, next) => admin(ctx, () => interactions.middleware(ctx, next)),
    issuer: settings.issuer,
    trustedProxies: settings.trustedProxies,
    isHealthy: () => answers(composition),
    readiness,
    onError: (error) => log.error({ err: error }, 'request failed'),
    notFound: (ctx) => interactions.protocolPages.notFound(ctx),
  });
  return { provider, app };
}

async function answers({ connection }: Composition): Promise<boolean> {
  try {
    await connection.db?.command({ ping: 1 }, { timeoutMS: 2_000 });
    return true;
  } catch {
    return false;
  }
}

/** `npm run serve`: the deployment by itself, until SIGINT or SIGTERM. */
async function serve(): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  try {
    const deployment = await startDeployment(readSettings(environment()));
    await stopped;
    await deployment.close();
  } catch (error) {
    // Errors with a code of their own say what to do; others need their stack.
    const isExplained = error instanceof Error && 'code' in error && typeof error.code === 'string';
    process.stderr.write(
      `${error instanceof Error ? (isExplained ? error.message : error.stack) : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}

const entry = process.argv[1];
if (entry !== undefined && realpathSync(entry) === fileURLToPath(import.meta.url)) await serve();
