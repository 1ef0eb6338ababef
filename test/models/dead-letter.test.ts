/** The DeadLetterStore and BacklogStore ports on the store: what was given up is kept, listed, and tried again. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OutboxMessage } from '../../security-info/ports.ts';
import { emptyRecord } from '../../security-info/record.ts';
import { openModels, type TestModels, testEvent } from './open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

async function claimed(id: string): Promise<OutboxMessage> {
  const notify = [{ channel: 'mail', addressCiphertext: 'sealed', locale: 'fr' }] as const;
  await models.eventLog.insert([testEvent({ id, notify })]);
  const message = await models.outbox.claim(60);
  if (message === null) throw new Error('nothing was claimed');
  return message;
}

async function dead(...ids: readonly string[]): Promise<void> {
  for (const id of ids)
    expect(await models.deadLetters.bury(await claimed(id), 'no such mailbox')).toBe(true);
}

const keysOf = (messages: readonly OutboxMessage[]) => messages.map(({ key }) => key);

test('what was given up is kept with its reason, and claimed by nobody', async () => {
  await dead('e1');
  models.clock.advance(86_400);
  expect(await models.outbox.claim(60)).toBeNull();
  const { messages, nextCursor } = await models.deadLetters.listDead({ cursor: null, limit: 10 });
  expect(nextCursor).toBeNull();
  expect(messages).toMatchObject([
    { key: 'e1.0', state: 'dead', tries: 1, lastError: 'no such mailbox', event: { id: 'e1' } },
  ]);
  // Draining its event once more does not bring it back to life.
  await models.eventLog.insert([
    testEvent({ id: 'e1', notify: [{ channel: 'mail', addressCiphertext: 'sealed', locale: 'fr' }] }),
  ]);
  expect(await models.outbox.claim(60)).toBeNull();
});

test('whoever lost its claim buries nothing', async () => {
  const first = await claimed('e1');
  models.clock.advance(61);
  const second = await models.outbox.claim(60);
  expect(await models.deadLetters.bury(first, 'late')).toBe(false);
  expect(second).not.toBeNull();
  expect((await models.deadLetters.listDead({ cursor: null, limit: 10 })).messages).toEqual([]);
});

test('pages run through all of them, the latest first, also where they died at one moment', async () => {
  await dead('a', 'b', 'c');
  models.clock.advance(1);
  await dead('d');
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof models.deadLetters.listDead>> = await models.deadLetters.listDead({
      cursor,
      limit: 2,
    });
    seen.push(...keysOf(page.messages));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toEqual(['d.0', 'c.0', 'b.0', 'a.0']);
  for (const wrong of ['', 'x', '99999999999999999999:a', '12']) {
    expect(await models.deadLetters.listDead({ cursor: wrong, limit: 9 })).toMatchObject({
      nextCursor: null,
    });
  }
});

test('one is tried again as if it were new, once', async () => {
  await dead('e1', 'e2');
  models.clock.advance(3600);
  expect(await models.deadLetters.retryDead('e1.0')).toBe(true);
  expect(await models.deadLetters.retryDead('e1.0')).toBe(false);
  expect(await models.deadLetters.retryDead('nothing')).toBe(false);
  expect(await models.outbox.claim(60)).toMatchObject({
    key: 'e1.0',
    tries: 1,
    createdAt: models.clock.now(),
  });
  expect(await models.outbox.claim(60)).toBeNull();
  expect(keysOf((await models.deadLetters.listDead({ cursor: null, limit: 9 })).messages)).toEqual(['e2.0']);
});

test('all are tried again at once, and what is not dead is left alone', async () => {
  await dead('e1', 'e2');
  await models.outbox.markSent(await claimed('e3'));
  expect(await models.deadLetters.retryAllDead()).toBe(2);
  expect(await models.deadLetters.retryAllDead()).toBe(0);
  expect(
    keysOf((await models.outbox.list({ limit: 9 })).filter(({ state }) => state === 'queued')).sort(),
  ).toEqual(['e1.0', 'e2.0']);
});

test('counts what is on its way', async () => {
  await dead('e1');
  await models.outbox.markSent(await claimed('e2'));
  await claimed('e3');
  for (const id of ['ada', 'bob']) {
    await models.records.change(id, () => ({
      next: emptyRecord(id),
      events: [testEvent({ accountId: id })],
      result: undefined,
    }));
  }
  expect(await models.backlog.count()).toEqual({ undrained: 2, waiting: 1, dead: 1 });
});
