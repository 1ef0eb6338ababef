/** The OutboxStore and LeaseStore ports on the store: one holder at a time, decided by the store. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openModels, type TestModels, testEvent } from './open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

const recipient = { channel: 'mail', addressCiphertext: 'sealed', locale: 'fr' } as const;

function queue(id: string, notices = 1): Promise<void> {
  return models.eventLog.insert([
    testEvent({ id, notify: Array.from({ length: notices }, () => recipient) }),
  ]);
}

test('each recipient of an event gets a message of their own, queued once', async () => {
  await queue('e1', 2);
  await queue('e1', 2);
  const messages = await models.outbox.list({ limit: 10 });
  expect(messages.map(({ key }) => key).sort()).toEqual(['e1.0', 'e1.1']);
  expect(messages[0]).toMatchObject({
    state: 'queued',
    tries: 0,
    recipient,
    event: { id: 'e1', notify: [] },
  });
});

test('ten nodes that claim at once share the messages, none twice', async () => {
  for (let index = 0; index < 5; index += 1) await queue(`e${index}`);
  const claims = await Promise.all(Array.from({ length: 10 }, () => models.anotherNode().outbox.claim(60)));
  const keys = claims.filter((claim) => claim !== null).map(({ key }) => key);
  expect(keys.sort()).toEqual(['e0.0', 'e1.0', 'e2.0', 'e3.0', 'e4.0']);
});

test('a sent message is not claimed again, and draining its event does not queue it again', async () => {
  await queue('e1');
  const claimed = await models.outbox.claim(60);
  expect(claimed).toMatchObject({ key: 'e1.0', state: 'sending', tries: 1 });
  expect(await models.outbox.markSent(claimed ?? { key: '', claimId: '' })).toBe(true);
  await queue('e1');
  models.clock.advance(3600);
  expect(await models.outbox.claim(60)).toBeNull();
  expect(await models.outbox.list({ limit: 10 })).toMatchObject([{ state: 'sent', lastError: null }]);
});

test('a claim that was not ended in time goes to another, and its first holder can end nothing', async () => {
  await queue('e1');
  const first = await models.outbox.claim(60);
  expect(await models.outbox.claim(60)).toBeNull();
  models.clock.advance(60);
  const second = await models.outbox.claim(60);
  expect(second).toMatchObject({ key: 'e1.0', tries: 2 });
  if (first === null || second === null) throw new Error('nothing was claimed');
  expect(await models.outbox.markSent(first)).toBe(false);
  expect(await models.outbox.putBack(first, { error: 'late', retryAt: models.clock.now() })).toBe(false);
  expect(await models.outbox.markSent(second)).toBe(true);
});

test('what was put back waits for its time and keeps the error, cut short', async () => {
  await queue('e1');
  const claimed = await models.outbox.claim(60);
  const retryAt = new Date(models.clock.now().getTime() + 300_000);
  await models.outbox.putBack(claimed ?? { key: '', claimId: '' }, { error: 'x'.repeat(500), retryAt });
  expect(await models.outbox.claim(60)).toBeNull();
  models.clock.advance(300);
  const again = await models.outbox.claim(60);
  expect(again?.lastError).toBe('x'.repeat(200));
});

test('of ten nodes one takes a tick, and nobody takes it again', async () => {
  const now = models.clock.now();
  const take = (holder: string) =>
    models.anotherNode().leases.take({ job: 'mark', tickAt: now, holder }, now, 60);
  const taken = await Promise.all(Array.from({ length: 10 }, (_, index) => take(String(index))));
  expect(taken.filter(Boolean)).toHaveLength(1);
  const lease = { job: 'mark', tickAt: now, holder: String(taken.indexOf(true)) };
  await models.leases.release(lease, true);
  expect(await take('late')).toBe(false);
});

test('the next tick waits until this one is released or its lease is over', async () => {
  const now = models.clock.now();
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  const first = { job: 'mark', tickAt: now, holder: 'a' };
  const next = { job: 'mark', tickAt: at(60), holder: 'b' };
  expect(await models.leases.take(first, now, 90)).toBe(true);
  expect(await models.leases.take(next, at(60), 90)).toBe(false);
  expect(await models.leases.renew(first, at(60), 90)).toBe(true);
  expect(await models.leases.take(next, at(149), 90)).toBe(false);
  expect(await models.leases.take(next, at(150), 90)).toBe(true);
  expect(await models.leases.renew(first, at(151), 90)).toBe(false);
  await models.leases.release(first, true);
  expect(await models.leases.take({ ...next, tickAt: at(120) }, at(152), 90)).toBe(false);
});
