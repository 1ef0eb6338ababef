/**
 * Several nodes as they are run: server processes on one store behind a proxy that hands each request to the next of
 * them, and people who know the proxy only.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as forward, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Composition, openComposition } from '../../provider/composition.ts';
import { readSettings } from '../../provider/config.ts';
import { makeKeys } from '../../provider/development-keys.ts';
import { type Relay, startRelay } from '../delivery/relay.ts';
import { type GivenMethod, giveMethods } from './given-methods.ts';
import { createRelyingParty, type RelyingParty } from './relying-party.ts';
import { type ServerProcess, serverProcess } from './server-process.ts';
import { Visitor } from './visitor.ts';
import { freePort, mailedCodeIn, type Person, testPassword } from './world.ts';

const redirectUri = 'http://localhost:1/callback';

/** What is running. */
export interface Cluster {
  readonly issuer: string;
  /** On the same store, as the command line has it. */
  readonly composition: Composition;
  readonly nodes: readonly ServerProcess[];
  readonly relay: Relay;
  readonly app: RelyingParty;
  readonly clock: { now(): Date };
  /** How many requests each node has got. */
  readonly served: readonly number[];
  /** Hands every request to this node from now on; to each in turn with null. */
  only(node: number | null): void;
  person(methods?: readonly GivenMethod[]): Promise<Person>;
  visitor(): Visitor;
  mailedCode(address: string): string;
  close(): Promise<void>;
}

/** Starts so many nodes on a store. */
export async function openCluster(
  mongodbUri: string,
  count: number,
  extra: Readonly<Record<string, string>> = {},
): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-'));
  const relay = await startRelay();
  const ports = await Promise.all(Array.from({ length: count + 1 }, freePort));
  const [proxyPort = 0, ...nodePorts] = ports;
  const issuer = `http://localhost:${proxyPort}`;
  const environment = {
    NODE_ENV: 'development',
    ISSUER: issuer,
    TRUST_PROXY: 'on',
    MONGODB_URI: mongodbUri,
    DATA_DIRECTORY: folder,
    SMTP_URL: relay.url,
    MAIL_FROM: 'no-reply@service.example',
    ARGON2_MEMORY_KIB: '7168',
    ARGON2_PASSES: '5',
    ...makeKeys(new Date()),
    ...extra,
  };
  const composition = await openComposition(readSettings({ ...environment, LOG_LEVEL: 'silent' }));
  const clientId = 'app';
  const clientSecret = 'a secret of the test, long enough for anybody';
  await composition.clients.add({
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [redirectUri],
    first_party: true,
  });
  const nodes = nodePorts.map((port) => serverProcess({ ...environment, PORT: String(port) }));
  await Promise.all(nodes.map((node) => node.start()));
  const served = nodePorts.map(() => 0);
  let turn = 0;
  let only: number | null = null;
  const proxy = startProxy(() => {
    turn = (turn + 1) % nodePorts.length;
    const node = only ?? turn;
    served[node] = (served[node] ?? 0) + 1;
    return nodePorts[node] ?? 0;
  });
  proxy.listen(proxyPort, '127.0.0.1');
  await once(proxy, 'listening');
  let people = 0;

  return {
    issuer,
    composition,
    nodes,
    relay,
    app: await createRelyingParty({ issuer, clientId, clientSecret, redirectUri }),
    clock: { now: () => new Date() },
    served,
    only: (node) => {
      only = node;
    },
    visitor: () => new Visitor({ ends: (url) => url.port === '1' }),
    mailedCode: (address) => mailedCodeIn(relay, address),
    async person(asked = []) {
      people += 1;
      const account = await composition.directory.create({
        loginName: `person${people}`,
        displayName: `Person Number ${people}`,
        mailbox: `person${people}@work.example`,
        isAdmin: false,
        password: testPassword,
      });
      const { methods, ...given } = await giveMethods(asked, account, people, composition.ports);
      if (methods.length > 0) {
        await composition.ports.records.change(account.id, (record) => ({
          next: { ...record, methods, firstMethodAt: new Date() },
          events: [],
          result: undefined,
        }));
      }
      return { account, password: testPassword, ...given };
    },
    async close() {
      proxy.closeAllConnections();
      proxy.close();
      await Promise.all(nodes.map((node) => node.kill()));
      await composition.close();
      await relay.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A proxy as plain as can be; each request on a connection of its own. */
function startProxy(nextPort: () => number): Server {
  return createServer((request, response) => {
    const headers = { ...request.headers, 'x-forwarded-for': request.socket.remoteAddress ?? '' };
    const { method, url } = request;
    const target = { host: '127.0.0.1', port: nextPort(), method, path: url, headers, agent: false as const };
    const onward = forward(target, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    request.pipe(onward);
  });
}
