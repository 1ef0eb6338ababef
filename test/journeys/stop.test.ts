/** A real server in production's manner is told to stop: it says so first, and finishes what it has begun. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openComposition } from '../../provider/composition.ts';
import { readSettings } from '../../provider/config.ts';
import { makeKeys } from '../../provider/development-keys.ts';
import { type Relay, startRelay } from '../delivery/relay.ts';
import { openTestStore, type TestStore } from '../store.ts';
import { createRelyingParty } from './relying-party.ts';
import { type ServerProcess, serverProcess } from './server-process.ts';
import { Visitor } from './visitor.ts';
import { freePort, testPassword } from './world.ts';

const redirectUri = 'http://localhost:1/callback';
const client = { clientId: 'app', clientSecret: 'a secret of the test, long enough for anybody' };
let folder: string;
let store: TestStore;
let relay: Relay;
let server: ServerProcess;
let environment: Record<string, string>;
/** What the relay does not answer yet. */
const held: (() => void)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stop-'));
  store = await openTestStore();
  relay = await startRelay({
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on('end', () => held.push(() => done()));
    },
  });
  environment = {
    NODE_ENV: 'production',
    PORT: String(await freePort()),
    MONGODB_URI: store.uri,
    DATA_DIRECTORY: folder,
    SMTP_URL: relay.url,
    MAIL_FROM: 'no-reply@service.example',
    STOP_DRAIN_SECONDS: '1',
    ...makeKeys(new Date()),
  };
  environment['ISSUER'] = `http://localhost:${environment['PORT']}`;
  const composition = await openComposition(readSettings(environment));
  await composition.directory.create({
    ...{ loginName: 'ada', displayName: 'Ada', mailbox: 'ada@work.example', isAdmin: false },
    password: testPassword,
  });
  await composition.clients.add({
    client_id: client.clientId,
    client_secret: client.clientSecret,
    redirect_uris: [redirectUri],
    first_party: true,
  });
  await composition.close();
  server = serverProcess(environment);
});
afterAll(async () => {
  await server.kill();
  await relay.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

test('SIGTERM: not ready at once, still answering, then closed, and the open request gets its answer', async () => {
  await server.start();
  const issuer = environment['ISSUER'] ?? '';
  const status = (path: string) =>
    fetch(issuer + path).then(
      (answer) => answer.status,
      () => 'closed',
    );
  const party = await createRelyingParty({ issuer, ...client, redirectUri });
  const visitor = new Visitor({ ends: (url) => url.port === '1' });
  await visitor.open((await party.request()).url);
  await visitor.submit('/sign-in', { loginName: 'ada', password: testPassword });
  await visitor.follow('/add/email');
  const slow = visitor.submit('/add/email', { address: 'ada@home.example' }, { manual: true });
  await expect.poll(() => held.length).toBe(1);
  expect(await status('/readyz')).toBe(200);

  const ended = server.stop();
  await expect.poll(() => status('/readyz')).toBe(503);
  const stillThere = await fetch(`${issuer}/.well-known/openid-configuration`);
  expect([stillThere.status, stillThere.headers.get('connection')]).toEqual([200, 'close']);
  await expect.poll(() => status('/readyz')).toBe('closed');

  for (const release of held.splice(0)) release();
  const page = await slow;
  expect([page.status, page.headers.get('location')]).toEqual([303, expect.stringMatching(/\/code$/)]);
  // A notice may be on its way too; the relay takes it.
  const releasing = setInterval(() => held.splice(0).forEach((release) => void release()), 20);
  expect(await ended).toBe(0);
  clearInterval(releasing);
  const said = server.log.map((line) => JSON.parse(line).msg);
  expect(said.indexOf('stopping')).toBeGreaterThan(-1);
  expect(said.at(-1)).toBe('stopped');
});

test('with the keys of another deployment it does not start, and names the setting', async () => {
  const { HASH_KEY, DATA_KEYS } = makeKeys(new Date());
  await expect(serverProcess({ ...environment, HASH_KEY }).start()).rejects.toThrow(
    /HASH_KEY is not the one/,
  );
  await expect(serverProcess({ ...environment, DATA_KEYS }).start()).rejects.toThrow(
    /DATA_KEYS lacks the key/,
  );
});
