/** The JobRunStore and LeaseStore ports on the store: what is told of runs, and who goes on with what was left. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openModels, type TestModels } from './open-models.ts';

let models: TestModels;
beforeEach(async () => {
  models = await openModels();
});
afterEach(() => models.close());

const run = { job: 'purge', node: 'here/1', cause: 'schedule' } as const;

test('a run is told as it goes, the newest first, and each job apart', async () => {
  const { jobRuns, clock } = models;
  const startedAt = clock.now();
  await jobRuns.begin({ ...run, id: 'one' });
  expect(await jobRuns.list('purge', 5)).toEqual([
    { ...run, id: 'one', startedAt, endedAt: null, result: 'running', error: null, counts: {} },
  ]);
  await jobRuns.progress('one', { records: 3 });
  expect(await jobRuns.list('purge', 5)).toMatchObject([{ counts: { records: 3 } }]);
  clock.advance(60);
  await jobRuns.end('one', { result: 'failed', error: 'contended', counts: { records: 4 } });
  await jobRuns.begin({ ...run, id: 'two' });
  await jobRuns.begin({ ...run, id: 'other', job: 'deliver' });
  expect(await jobRuns.list('purge', 5)).toMatchObject([
    { id: 'two', result: 'running' },
    { id: 'one', result: 'failed', error: 'contended', endedAt: clock.now(), counts: { records: 4 } },
  ]);
  expect(await jobRuns.list('purge', 1)).toHaveLength(1);
});

test('progress that comes late changes nothing of a run that has ended', async () => {
  const { jobRuns } = models;
  await jobRuns.begin({ ...run, id: 'one' });
  await jobRuns.end('one', { result: 'done', error: null, counts: { records: 4 } });
  await jobRuns.progress('one', { records: 3 });
  expect(await jobRuns.list('purge', 1)).toMatchObject([{ result: 'done', counts: { records: 4 } }]);
});

test('a run without a sign of life is told as ended with its process', async () => {
  const { jobRuns, clock } = models;
  await jobRuns.begin({ ...run, id: 'one' });
  clock.advance(170);
  await jobRuns.progress('one', { records: 3 });
  const aliveAt = clock.now();
  clock.advance(180);
  expect(await jobRuns.list('purge', 1)).toMatchObject([{ result: 'running' }]);
  clock.advance(1);
  const lost = { result: 'failed', error: 'process_ended', endedAt: aliveAt, counts: { records: 3 } };
  expect(await jobRuns.list('purge', 1)).toMatchObject([lost]);
});

test('tells when a job was last done, whatever came after', async () => {
  const { jobRuns, clock } = models;
  expect(await jobRuns.lastDoneAt('purge')).toBeNull();
  await jobRuns.begin({ ...run, id: 'one' });
  await jobRuns.end('one', { result: 'done', error: null, counts: {} });
  const doneAt = clock.now();
  clock.advance(60);
  await jobRuns.begin({ ...run, id: 'two' });
  await jobRuns.end('two', { result: 'failed', error: 'unexpected', counts: {} });
  expect(await jobRuns.lastDoneAt('purge')).toEqual(doneAt);
});

test('a lease that was left is taken over by one of ten, and only as it was seen', async () => {
  const now = models.clock.now();
  const lease = { job: 'purge', tickAt: now, holder: 'dead' };
  await models.leases.take(lease, now, 60);
  const [seen] = await models.leases.running();
  if (seen === undefined) throw new Error('nothing runs');
  expect(seen).toEqual({ ...lease, expiresAt: new Date(now.getTime() + 60_000) });
  await models.leases.renew(lease, new Date(now.getTime() + 1), 60);
  expect(await models.leases.takeOver(seen, 'quick', now, 60)).toBe(false);
  const [again = seen] = await models.leases.running();
  const taken = await Promise.all(
    Array.from({ length: 10 }, (_, place) =>
      models.anotherNode().leases.takeOver(again, String(place), now, 60),
    ),
  );
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect(await models.leases.renew(lease, now, 60)).toBe(false);
  await models.leases.release({ ...lease, holder: String(taken.indexOf(true)) }, true);
  expect(await models.leases.running()).toEqual([]);
});

test('a tick that is released with work left lets the next one begin, and can be taken over', async () => {
  const now = models.clock.now();
  const lease = { job: 'purge', tickAt: now, holder: 'stopped' };
  await models.leases.take(lease, now, 60);
  await models.leases.release(lease, false);
  const [left] = await models.leases.running();
  if (left === undefined) throw new Error('nothing is left');
  const next = { job: 'purge', tickAt: new Date(now.getTime() + 1), holder: 'next' };
  expect(await models.leases.take(next, next.tickAt, 60)).toBe(true);
  expect(await models.leases.takeOver(left, 'late', now, 60)).toBe(false);
});

test('the ticks of a new job begin once; a holder whose clock is ahead keeps nobody waiting', async () => {
  const now = models.clock.now();
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  await models.leases.begin('purge', now);
  await models.leases.begin('purge', at(600));
  expect(await models.leases.take({ job: 'purge', tickAt: now, holder: 'a' }, now, 60)).toBe(false);
  const ahead = { job: 'purge', tickAt: at(60), holder: 'ahead' };
  expect(await models.leases.take(ahead, at(3600), 60)).toBe(true);
  await models.leases.release(ahead, true);
  expect(await models.leases.take({ job: 'purge', tickAt: at(120), holder: 'b' }, at(120), 60)).toBe(true);
});
