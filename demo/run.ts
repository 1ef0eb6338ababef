/**
 * The demo as a whole: the deployment with the demo's clients and accounts, the relying app, the mailbox. Says where
 * they are and runs until it is told to stop.
 */
import type { Settings } from '../provider/config.ts';
import { environment, readSettings } from '../provider/config.ts';
import { InvalidSettings } from '../provider/invalid-settings.ts';
import { startDeployment } from '../provider/main.ts';
import { packageFolder } from '../provider/package-folder.ts';
import { seedDemoClients } from './clients.ts';
import type { Listening } from './listen.ts';
import { listen } from './listen.ts';
import { createMailboxApp } from './mailbox/app.ts';
import { seedDemoPolicies } from './policies.ts';
import { findMissingPort } from './ports.ts';
import { demoProofs } from './proofs.ts';
import { createRelyingApp } from './relying-app/app.ts';
import { seedDemoAccounts } from './seed.ts';
import { describeDemo, describeMissingPort, describeNoDemo } from './terminal.ts';

/** Where the demo's words go. */
export interface Terminal {
  readonly say: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** What must be closed, the latest first. */
type Closing = () => Promise<void>;

/**
 * Runs the demo until SIGINT or SIGTERM.
 * @returns the exit code
 */
export async function runDemo(terminal: Terminal): Promise<number> {
  const settings = settingsOf(terminal);
  if (settings === undefined) return 1;
  if (!settings.isLoopbackIssuer || !settings.isDevelopment) {
    terminal.complain(describeNoDemo(settings.issuer));
    return 1;
  }
  const missing = await findMissingPort([
    { setting: 'PORT', port: settings.port },
    { setting: 'DEMO_PORT', port: settings.demoPort },
    { setting: 'MAILBOX_PORT', port: settings.mailboxPort },
  ]);
  if (missing) {
    terminal.complain(describeMissingPort(missing));
    return 1;
  }
  const stopped = untilStopped();
  const closings: Closing[] = [];
  try {
    terminal.say(await start(settings, closings));
    await stopped;
    return 0;
  } catch (error) {
    terminal.complain(whyNot(error));
    return 1;
  } finally {
    for (const close of closings.reverse()) await close();
  }
}

function settingsOf({ complain }: Terminal): Settings | undefined {
  try {
    return readSettings({ LOG_LEVEL: 'warn', ...environment() });
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    complain(error.message);
    return undefined;
  }
}

async function start(settings: Settings, closings: Closing[]): Promise<string> {
  const deployment = await startDeployment(settings);
  closings.push(() => deployment.close());
  const { composition } = deployment;
  const { keys, clock } = composition.ports;
  const folders = { viewsFolder: packageFolder('views'), publicFolder: packageFolder('public') };
  const shared = { ...folders, translators: composition.translators, clock };
  const demoUrl = `http://localhost:${settings.demoPort}`;
  const mailboxUrl = composition.mailboxStore === null ? null : `http://localhost:${settings.mailboxPort}`;
  // The caller has checked that the issuer is this machine.
  const hasDemoAccounts = settings.usesEmbeddedStore;
  if (hasDemoAccounts) {
    await seedDemoPolicies(composition.ports);
    await seedDemoAccounts(composition);
    // The console's charts would be empty until the night.
    const snapshot = composition.jobs.find(({ name }) => name === 'report-snapshot');
    if (snapshot !== undefined) {
      composition.inBackground((signal) => snapshot.run({ dryRun: false, onProgress: () => {}, signal }));
    }
  }

  const relyingApp = createRelyingApp({
    ...shared,
    origin: demoUrl,
    issuer: deployment.issuer,
    clients: await seedDemoClients(composition.clients, demoUrl),
    cookieKey: keys.hash('cookies', 'demo-app'),
    mailboxUrl,
  });
  closings.push(async () => relyingApp.close());
  closings.push(closingOf(await listen(relyingApp.app.callback(), settings.demoPort)));

  if (composition.mailboxStore !== null && mailboxUrl !== null) {
    const mailbox = createMailboxApp({
      ...shared,
      origin: mailboxUrl,
      store: composition.mailboxStore,
      proofs: async () => (hasDemoAccounts ? demoProofs(composition) : { authenticators: [], questions: [] }),
    });
    closings.push(closingOf(await listen(mailbox.callback(), settings.mailboxPort)));
  }
  const dataDirectory = settings.usesEmbeddedStore ? settings.dataDirectory : null;
  return describeDemo({ issuer: deployment.issuer, demoUrl, mailboxUrl, hasDemoAccounts, dataDirectory });
}

function closingOf(listening: Listening): Closing {
  return () => listening.close();
}

/** Resolves at the first signal; a second one ends the process at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
}

/** Errors with a code of their own are written for whoever reads the terminal; others need their stack. */
function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExplained = 'code' in error && typeof error.code === 'string' && /^[a-z_]+$/.test(error.code);
  return isExplained ? error.message : (error.stack ?? error.message);
}
