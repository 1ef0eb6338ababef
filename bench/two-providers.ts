/**
 * Two servers on one store in one process that differ in the interaction policy alone: with the prompt, and the
 * library's own. What is measured on them is the caller's matter.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { interactionPolicy, Provider } from 'oidc-provider';
import { pino } from 'pino';
import { createInteractions, type ProtocolPages } from '../interactions/app.ts';
import { createAdapterFactory } from '../provider/adapter.ts';
import { createApp } from '../provider/app.ts';
import { type Composition, openComposition } from '../provider/composition.ts';
import { readSettings } from '../provider/config.ts';
import { createInteractionSeam } from '../provider/interaction-seam.ts';
import { createJointReads } from '../provider/joint-reads.ts';
import { listen } from '../provider/listen.ts';
import { createOidcConfiguration, passwordAcr } from '../provider/oidc.ts';
import { packageFolder } from '../provider/package-folder.ts';
import { createDesk } from '../security-info/operations/create-desk.ts';
import { createOwnDesk } from '../security-info/operations/create-own-desk.ts';
import { createSignInDesk } from '../security-info/operations/create-sign-in-desk.ts';
import { createResetDesk } from '../security-info/operations/reset/create-reset-desk.ts';
import { openTestStore } from '../test/store.ts';
import { twoMethods } from './population.ts';
import { type BenchClient, type Credentials, metadataOf } from './sign-in-client.ts';

/** The client of both. */
export const benchClient: BenchClient = { id: 'bench', secret: randomUUID() + randomUUID() };

/** Both servers, and what counts their use of the store. */
export interface TwoProviders {
  readonly withPrompt: string;
  readonly without: string;
  /** Commands sent to the store so far, by `kind collection`. */
  commands(): ReadonlyMap<string, number>;
  /** Somebody with all that the policy asks for, or with nothing. */
  person(options?: { readonly hasMethods?: boolean }): Promise<Credentials>;
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port to be had on 127.0.0.1');
  return address.port;
}

/** Counts what every connection made from now on sends. */
function countCommands(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const { MongoClient } = mongoose.mongo;
  const connect = MongoClient.prototype.connect;
  MongoClient.prototype.connect = function connectCounted(this: InstanceType<typeof MongoClient>) {
    // Not in the driver's types; the connections that it is about to make read it.
    Object.assign(this, { monitorCommands: true });
    this.on('commandStarted', ({ command, commandName }) => {
      const key = `${commandName} ${command[commandName]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
    return connect.call(this);
  };
  return counts;
}

/** One server on a composition, as provider/main.ts makes it, with the policy that is given. */
async function serve(composition: Composition, hasPrompt: boolean) {
  const { ports, connection, clients, log, translators, published } = composition;
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const settings = readSettings({ NODE_ENV: 'test', PORT: String(port) });
  const joint = createJointReads(connection, ports.keys);
  let pages: ProtocolPages | undefined;
  const configuration = createOidcConfiguration({
    adapter: createAdapterFactory(connection, clients, joint),
    joint,
    keys: composition.deploymentKeys,
    issuer,
    isHttps: settings.secureCookies,
    mayFetchLoopback: false,
    directory: composition.directory,
    ports,
    pages: () => {
      if (pages === undefined) throw new Error('the pages are not made yet');
      return pages;
    },
  });
  const provider = new Provider(issuer, {
    ...configuration,
    interactions: {
      ...configuration.interactions,
      ...(hasPrompt ? {} : { policy: interactionPolicy.base() }),
    },
  });
  const deskOptions = { serviceName: settings.serviceName, published, questionWords: () => [] };
  const interactions = createInteractions({
    viewsFolder: packageFolder('views'),
    publicFolder: packageFolder('public'),
    translators,
    serviceName: settings.serviceName,
    helpdeskUrl: settings.helpdeskUrl,
    issuer,
    keys: ports.keys,
    clock: ports.clock,
    directory: composition.directory,
    seam: createInteractionSeam(provider, passwordAcr, ports),
    desk: createDesk(ports, deskOptions),
    ownDesk: createOwnDesk(ports, deskOptions),
    signInDesk: createSignInDesk(ports, deskOptions),
    resetDesk: createResetDesk(ports, { ...deskOptions, inBackground: composition.inBackground }),
    log,
  });
  pages = interactions.protocolPages;
  const app = createApp({
    provider,
    interactions: interactions.middleware,
    issuer,
    trustedProxies: 0,
    isHealthy: async () => true,
    onError: (error) => log.error({ err: error }, 'request failed'),
    notFound: (ctx) => interactions.protocolPages.notFound(ctx),
  });
  const listening = await listen(app.callback(), { host: 'localhost', port, setting: 'PORT' });
  return { issuer, close: () => listening.close(500) };
}

/** Starts both on an empty store: MONGODB_URI's server, else an embedded store. */
export async function openTwoProviders(): Promise<TwoProviders> {
  const counts = countCommands();
  const store = await openTestStore();
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const settings = readSettings({ NODE_ENV: 'test', MONGODB_URI: store.uri, DATA_DIRECTORY: directory });
  const composition = await openComposition(settings, { log: pino({ level: 'error' }) });
  await composition.clients.add(metadataOf(benchClient));
  const [withPrompt, without] = [await serve(composition, true), await serve(composition, false)];
  return {
    withPrompt: withPrompt.issuer,
    without: without.issuer,
    commands: () => new Map(counts),
    async person({ hasMethods = true } = {}) {
      const loginName = `bench-${randomUUID().slice(0, 8)}`;
      const password = randomUUID();
      const account = await composition.directory.create({
        loginName,
        displayName: 'Bench',
        mailbox: `${loginName}@work.example`,
        isAdmin: false,
        groups: [],
        password,
        mustChangePassword: false,
      });
      if (!hasMethods) return { loginName, password };
      const at = composition.ports.clock.now();
      const methods = twoMethods(composition.ports.keys, account.id, at);
      await composition.ports.records.change(account.id, (record) => ({
        next: { ...record, methods, firstMethodAt: at, oldestConfirmedAt: at },
        events: [],
        result: undefined,
      }));
      return { loginName, password };
    },
    async close() {
      await Promise.all([withPrompt.close(), without.close()]);
      await composition.close();
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
