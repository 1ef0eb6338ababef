/** The outbox at the command line: what was given up and why, never to where, and having it tried again. */
import { expect, test } from 'vitest';
import { run } from '../../cli/run.ts';
import type { DeadLetter } from '../../security-info/dead-letters.ts';
import { ada } from '../security-info/sample-record.ts';
import { createHost, createWorld, now } from './deployment.ts';

const letter: DeadLetter = {
  key: 'e1.0',
  claimId: '',
  state: 'dead',
  tries: 130,
  lastError: 'sender_unavailable EENVELOPE',
  createdAt: now,
  sentAt: null,
  diedAt: now,
  recipient: { channel: 'mail', addressCiphertext: 'k1.sealed', locale: 'fr' },
  event: {
    id: 'e1',
    type: 'password_changed',
    at: now,
    accountId: 'ada',
    actor: 'user',
    result: 'success',
    reason: null,
    methodType: null,
    notify: [],
    callerAddress: '198.51.100.7',
    clientId: null,
  },
};

function worldWith(...dead: readonly DeadLetter[]) {
  const world = createWorld({ dead });
  world.accounts.set('ada', { ...ada({ id: 'ada', loginName: 'ada.l' }), password: null });
  return world;
}

async function outcome(line: readonly string[], world = worldWith(letter)) {
  const host = createHost(async () => world.deployment);
  const code = await run(line, host);
  return { code, printed: host.printed.join(), told: host.told.join(), steps: world.steps };
}

test('lists what each tells, whom, and why it did not go out; nothing of the address', async () => {
  const { code, printed } = await outcome(['outbox', 'list']);
  expect(code).toBe(0);
  expect(printed.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['NOTICE', 'TELLS', 'TO', 'BY', 'HAPPENED', 'TRIES', 'REASON'],
    ['e1.0', 'password_changed', 'ada.l', 'mail', '2026-03-01 12:00', '130', 'sender_unavailable EENVELOPE'],
  ]);
  const { printed: json } = await outcome(['outbox', 'list', '--json']);
  expect(JSON.parse(json)).toMatchObject([{ key: 'e1.0', accountId: 'ada', loginName: 'ada.l', tries: 130 }]);
  expect(json).not.toMatch(/sealed|198\.51/);
});

test('says that there is none', async () => {
  expect(await outcome(['outbox', 'list'], worldWith())).toMatchObject({
    code: 0,
    printed: 'No notice was given up.',
  });
});

test('has one tried again, or all of them', async () => {
  expect(await outcome(['outbox', 'retry', 'e1.0'])).toMatchObject({
    code: 0,
    printed: 'Queued: 1.',
    steps: ['retry e1.0'],
  });
  const all = await outcome(['outbox', 'retry', '--all', '--json']);
  expect([all.code, JSON.parse(all.printed)]).toEqual([0, { queued: 1 }]);
});

test.each([
  [['outbox', 'retry'], 2, 'Name notices, or give --all'],
  [['outbox', 'retry', 'e1.0', '--all'], 2, 'Name notices, or give --all'],
  [['outbox', 'retry', 'e1.0', 'e9.0'], 1, 'given up: e9.0. Queued: 1'],
])('%j is told what is wrong', async (line, code, message) => {
  const failed = await outcome(line);
  expect(failed.code).toBe(code);
  expect(failed.told).toContain(message);
});
