/**
 * A whole deployment for a journey: a real provider over HTTP, a real store, a real SMTP relay, relying parties, and
 * people. What is faked is the time, and nothing else.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import { readSettings } from '../../provider/config.ts';
import { createLog } from '../../provider/log.ts';
import { type Deployment, startDeployment } from '../../provider/main.ts';
import { policySchema } from '../../security-info/policy.ts';
import type { Account } from '../../security-info/ports.ts';
import type { Mark, Method } from '../../security-info/record.ts';
import { startTwilioServer, type TwilioServer } from '../delivery/phone-gateway.ts';
import { type Relay, startRelay } from '../delivery/relay.ts';
import { openTestStore } from '../store.ts';
import { type Given, type GivenMethod, giveMethods } from './given-methods.ts';
import { createRelyingParty, type RelyingParty } from './relying-party.ts';
import { phoneCodeIn } from './telephone.ts';
import { Visitor } from './visitor.ts';

/** A clock that a test moves. */
export class TestClock {
  #offset = 0;
  now(): Date {
    return new Date(Date.now() + this.#offset);
  }
  advance(milliseconds: number): void {
    this.#offset += milliseconds;
  }
}

export type { GivenMethod } from './given-methods.ts';

/** Somebody with an account. */
export interface Person extends Omit<Given, 'methods'> {
  readonly account: Account;
  readonly password: string;
}

/** The password of every person. */
export const testPassword = 'a quiet river at noon';

/** What is running. */
export interface World {
  readonly deployment: Deployment;
  readonly clock: TestClock;
  readonly relay: Relay;
  /** What SMS and calls go to: a server that speaks Twilio's protocol. */
  readonly gateway: TwilioServer;
  readonly issuer: string;
  /** A confidential first-party client. */
  readonly app: RelyingParty;
  /** The newest log lines, whole. */
  readonly logLines: readonly string[];
  person(options?: {
    readonly methods?: readonly GivenMethod[];
    readonly mark?: Mark;
    readonly isAdmin?: boolean;
    readonly groups?: readonly string[];
    readonly mustChangePassword?: boolean;
  }): Promise<Person>;
  /** A further relying party. */
  client(metadata?: Readonly<Record<string, unknown>>): Promise<RelyingParty>;
  visitor(language?: string): Visitor;
  /** Changes settings of the default policy. */
  policy(change: Readonly<Record<string, unknown>>): Promise<void>;
  /** Makes a policy for some groups, or changes it; for the group of its own name unless told otherwise. */
  groupPolicy(id: string, change: Readonly<Record<string, unknown>>): Promise<void>;
  /** The newest code that was mailed to an address. */
  mailedCode(address: string): string;
  /** The newest code that went to a number in E.164, by SMS or by a call. */
  phoneCode(number: string): string;
  /** Ends the server as it is and starts it again on the same store. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A port of this machine that is free now. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The code that an authenticator app shows at a time. */
export function appCode(secret: string, now: Date): string {
  return generateSync({ strategy: 'totp', secret, epoch: Math.floor(now.getTime() / 1000) });
}

/** Opens a world. */
export async function openWorld(extra: Readonly<Record<string, string>> = {}): Promise<World> {
  const [store, relay, gateway] = await Promise.all([openTestStore(), startRelay(), startTwilioServer()]);
  const directory = mkdtempSync(join(tmpdir(), 'journey-'));
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const clock = new TestClock();
  const logLines: string[] = [];
  const log = createLog('info', { write: (line: string) => void logLines.push(line) });
  const settings = readSettings({
    NODE_ENV: 'test',
    PORT: String(port),
    MONGODB_URI: store.uri,
    DATA_DIRECTORY: directory,
    SMTP_URL: relay.url,
    MAIL_FROM: 'Sign-in <no-reply@service.example>',
    SMS_URL: gateway.smsUrl,
    VOICE_URL: gateway.voiceUrl,
    ARGON2_MEMORY_KIB: '7168',
    ARGON2_PASSES: '5',
    HELPDESK_URL: 'https://help.example/',
    ...extra,
  });
  let deployment = await startDeployment(settings, { clock, log });
  const redirectUri = 'http://localhost:1/callback';
  let people = 0;

  const clientOf = async (metadata: Readonly<Record<string, unknown>>): Promise<RelyingParty> => {
    const clientId = `client-${randomUUID().slice(0, 8)}`;
    const isPublic = metadata['token_endpoint_auth_method'] === 'none';
    const clientSecret = isPublic ? null : randomUUID() + randomUUID();
    await deployment.composition.clients.add({
      client_id: clientId,
      ...(clientSecret === null ? {} : { client_secret: clientSecret }),
      client_name: `App ${clientId}`,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      first_party: true,
      ...metadata,
    });
    return createRelyingParty({ issuer, clientId, clientSecret, redirectUri });
  };
  const app = await clientOf({});

  return {
    get deployment() {
      return deployment;
    },
    clock,
    relay,
    gateway,
    issuer,
    app,
    logLines,
    client: (metadata = {}) => clientOf(metadata),
    visitor: (language) =>
      new Visitor({
        ...(language === undefined ? {} : { language }),
        ends: (url) => url.href.startsWith(redirectUri) || url.port === '1',
      }),

    async person(options = {}) {
      people += 1;
      const { composition } = deployment;
      const { records } = composition.ports;
      const account = await composition.directory.create({
        loginName: `person${people}`,
        displayName: `Person Number ${people}`,
        mailbox: `person${people}@work.example`,
        isAdmin: options.isAdmin ?? false,
        groups: options.groups ?? [],
        password: testPassword,
        mustChangePassword: options.mustChangePassword ?? false,
      });
      const asked = options.methods ?? [];
      const { methods, ...given } = await giveMethods(asked, account, people, composition.ports);
      if (methods.length > 0 || options.mark !== undefined) {
        const confirmed = methods.flatMap(({ confirmedAt }) => (confirmedAt === null ? [] : [confirmedAt]));
        await records.change(account.id, (record) => ({
          next: {
            ...record,
            methods,
            mark: options.mark ?? null,
            firstMethodAt: firstMethodAt(methods, clock.now()),
            oldestConfirmedAt: confirmed.sort((a, b) => a.getTime() - b.getTime())[0] ?? null,
          },
          events: [],
          result: undefined,
        }));
      }
      return { account, password: testPassword, ...given };
    },

    async policy(change) {
      const { policies } = deployment.composition.ports;
      const { defaultPolicy } = await policies.latest();
      await policies.save(policySchema.parse({ ...defaultPolicy, ...change }), defaultPolicy.version, []);
    },

    async groupPolicy(id, change) {
      const { policies } = deployment.composition.ports;
      const before = (await policies.latest()).groupPolicies.find((policy) => policy.id === id);
      const next = policySchema.parse({ appliesToGroups: [id], ...before, ...change, id });
      await policies.save(next, before?.version ?? 0, []);
    },

    mailedCode: (address) => mailedCodeIn(relay, address),
    phoneCode: (number) => phoneCodeIn(gateway, number),

    async restart() {
      await deployment.close();
      deployment = await startDeployment(settings, { clock, log });
    },

    async close() {
      await deployment.close();
      await Promise.all([relay.close(), gateway.close()]);
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The newest code that was mailed to an address. */
export function mailedCodeIn(relay: Pick<Relay, 'messages'>, address: string): string {
  const codes = relay.messages
    .filter(({ recipients }) => recipients.includes(address))
    .flatMap(({ source }) => /\b\d{3}[ {2}]?\d{3}\b/.exec(bodyOf(source))?.[0] ?? []);
  const code = codes.at(-1);
  if (code === undefined) throw new Error(`no code was mailed to ${address}`);
  return code.replace(/\D/g, '');
}

/** What comes after the headers, whose numbers are no codes. */
function bodyOf(source: string): string {
  const text = /Content-Type: text\/plain[\s\S]*?\r?\n\r?\n([\s\S]*?)\r?\n--/.exec(source)?.[1] ?? source;
  return text.replace(/=\r?\n/g, '').replace(/=C2=A0|=E2=80=AF/g, ' ');
}

/** When the first of somebody's methods was there: when the oldest was proved, or now. */
function firstMethodAt(methods: readonly Method[], now: Date): Date | null {
  const times = methods.map(({ verifiedAt }) => (verifiedAt ?? now).getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}
