/** The server is killed between any two requests, and in the middle of some: nothing acknowledged is lost. */
import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openComposition } from '../../provider/composition.ts';
import { readSettings, type Settings } from '../../provider/config.ts';
import { isVerified, type SecurityInfoRecord } from '../../security-info/record.ts';
import { type Relay, startRelay } from '../delivery/relay.ts';
import { openTestStore, type TestStore } from '../store.ts';
import { createRelyingParty, type RelyingParty } from './relying-party.ts';
import { type ServerProcess, serverProcess } from './server-process.ts';
import { secretOnPage } from './steps.ts';
import { Visitor } from './visitor.ts';
import { appCode, freePort, mailedCodeIn, testPassword } from './world.ts';

const redirectUri = 'http://localhost:1/callback';
const clientId = 'app';
const clientSecret = randomUUID();
let folder: string;
let store: TestStore | undefined;
let relay: Relay;
let settings: Settings;
let server: ServerProcess;
let party: RelyingParty;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'killed-'));
  relay = await startRelay();
  // On a real MongoDB where there is one; else each start opens the embedded store of the folder by itself.
  if (process.env['MONGODB_URI']) store = await openTestStore();
  const environment = {
    NODE_ENV: 'development',
    PORT: String(await freePort()),
    DATA_DIRECTORY: join(folder, 'data'),
    SMTP_URL: relay.url,
    MAIL_FROM: 'no-reply@service.example',
    LOG_LEVEL: 'silent',
    ...(store === undefined ? {} : { MONGODB_URI: store.uri }),
  };
  settings = readSettings(environment);
  server = serverProcess(environment);
  await withComposition(async ({ clients }) => {
    await clients.add({
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      first_party: true,
    });
  });
});
afterAll(async () => {
  await server.kill();
  await relay.close();
  await store?.close();
  rmSync(folder, { recursive: true, force: true });
});

type Composition = Awaited<ReturnType<typeof openComposition>>;

async function withComposition<Result>(
  work: (composition: Composition) => Promise<Result>,
  clock = { now: () => new Date() },
): Promise<Result> {
  const composition = await openComposition(settings, { clock });
  try {
    return await work(composition);
  } finally {
    await composition.close();
  }
}

async function newPerson(loginName: string): Promise<string> {
  return withComposition(async ({ directory }) => {
    const mailbox = `${loginName}@work.example`;
    const made = { loginName, displayName: loginName, mailbox, isAdmin: false, password: testPassword };
    return (await directory.create(made)).id;
  });
}

function recordOf(accountId: string): Promise<SecurityInfoRecord> {
  return withComposition(({ ports }) => ports.records.read(accountId));
}

async function restart(): Promise<void> {
  await server.kill();
  await server.start();
}

async function beginSignIn(loginName: string) {
  party = await createRelyingParty({ issuer: settings.issuer, clientId, clientSecret, redirectUri });
  const visitor = new Visitor({ ends: (url) => url.port === '1' });
  const pending = await party.request();
  return { visitor, pending, password: { loginName, password: testPassword } };
}

test('a kill after each request loses nothing: the journey goes on where it was', async () => {
  const accountId = await newPerson('between');
  const address = 'between@home.example';
  await server.start();
  const { visitor, pending, password } = await beginSignIn('between');
  let secret = '';
  const steps: readonly (() => Promise<unknown>)[] = [
    () => visitor.open(pending.url),
    () => visitor.submit('/sign-in', password),
    () => visitor.follow('/add/email'),
    () => visitor.submit('/add/email', { address }),
    () => visitor.submit('/add/email/code', { code: mailedCodeIn(relay, address) }),
    () => visitor.follow('/add/authenticator_app'),
    () => visitor.submit('/add/authenticator_app'),
    () => {
      secret = secretOnPage(visitor);
      return visitor.submit('/add/authenticator_app/code', { code: appCode(secret, new Date()) });
    },
    () => visitor.submit('/finish'),
  ];
  for (const step of steps) {
    await step();
    await restart();
  }
  const tokens = await party.redeem(pending, visitor.page.url);
  expect(tokens.claims()?.sub).toBe(accountId);
  await server.kill();
  const record = await recordOf(accountId);
  expect(
    record.methods
      .filter(isVerified)
      .map(({ type }) => type)
      .sort(),
  ).toEqual(['authenticator_app', 'email']);
}, 90_000);

test('a kill in the middle of a request leaves a method registered or not, never half', async () => {
  for (let round = 0; round < 6; round += 1) {
    const name = `middle${round}`;
    const address = `${name}@home.example`;
    const accountId = await newPerson(name);
    await server.start();
    const { visitor, pending, password } = await beginSignIn(name);
    await visitor.open(pending.url);
    await visitor.submit('/sign-in', password);
    await visitor.follow('/add/email');
    await visitor.submit('/add/email', { address });
    const code = mailedCodeIn(relay, address);
    const { page } = visitor;
    const answered = visitor.submit('/add/email/code', { code }).then(
      () => true,
      () => false,
    );
    await delay(randomInt(40));
    await server.kill();
    const isAcknowledged = await answered;
    const { methods } = await recordOf(accountId);
    expect(methods.length).toBeLessThanOrEqual(1);
    if (isAcknowledged) expect(methods).toHaveLength(1);
    for (const method of methods) {
      expect(isVerified(method) && method.confirmedAt !== null && method.addressCiphertext !== null).toBe(
        true,
      );
    }
    await server.start();
    // The form once more, as a person does whose page did not come: it succeeds, whatever became of the first.
    visitor.page = page;
    await visitor.submit('/add/email/code', { code });
    expect(visitor.page.url.search).toBe('?done=registered');
    await server.kill();
    expect((await recordOf(accountId)).methods).toHaveLength(1);
  }
}, 120_000);

test('what was to be told is told once the server is there again, and the audit log has it once', async () => {
  // Later, when what a killed server had claimed may be taken by another.
  const later = { now: () => new Date(Date.now() + 600_000) };
  const entries = await withComposition(async ({ jobs, connection }) => {
    const delivery = jobs.find(({ name }) => name === 'deliver');
    await delivery?.run({ dryRun: false, onProgress: () => {}, signal: new AbortController().signal });
    return connection.collection('audit_events').find({ type: 'method_registered' }).toArray();
  }, later);
  const told = relay.messages.filter(({ recipients }) => recipients.includes('between@work.example'));
  expect(told.length).toBeGreaterThanOrEqual(2);
  const perAccount = new Map<string, number>();
  for (const { accountId } of entries) perAccount.set(accountId, (perAccount.get(accountId) ?? 0) + 1);
  expect([...perAccount.values()].sort()).toEqual([1, 1, 1, 1, 1, 1, 2]);
});
