/** The daily snapshot on a store: what it counts, and that it counts a day once. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportSnapshot } from '../../jobs/report-snapshot.ts';
import type { Stores } from '../../models/stores.ts';
import { maximumWrongProofs } from '../../security-info/wrong-proofs.ts';
import { openModels, type TestModels, testEvent } from '../models/open-models.ts';
import { emailMethod } from '../security-info/sample-record.ts';
import { createHost, day, runJob, savePolicy, seed, type TestHost } from './bulk.ts';

let models: TestModels;
let host: TestHost;

beforeEach(async () => {
  models = await openModels();
  host = createHost();
  await savePolicy(models, { snoozes: 3 });
});
afterEach(() => models.close());

const at = (days: number): Date => new Date(models.clock.now().getTime() + days * day);
const sender = { isAvailable: true, send: () => Promise.reject(new Error('not used')) };

function run(stores: Stores = models) {
  return runJob(
    reportSnapshot({
      ...{ ...stores, clock: models.clock, directory: host.directory },
      ...{ mail: sender, sms: sender, voice: sender, pauseMilliseconds: 0 },
    }),
  );
}
const all = () => models.snapshots.list({ from: '2000-01-01', to: '2999-12-31' });

async function change(id: string, fields: Record<string, unknown>): Promise<void> {
  await models.connection
    .collection<{ _id: string }>('security_infos')
    .updateOne({ _id: id }, { $set: fields });
}

test('counts who is asked, registered, able to reset, due, put off and locked, and by method', async () => {
  for (const id of ['fresh', 'soon', 'late', 'marked', 'snoozed', 'one', 'locked']) host.add(id);
  await seed(models, [
    { id: 'fresh', confirmedAt: at(-10) },
    { id: 'soon', confirmedAt: at(-160) },
    { id: 'late', confirmedAt: at(-190), mark: { by: 'interval', at: at(-5) } },
    { id: 'marked', confirmedAt: at(-10), mark: { by: 'campaign', at: at(-5) } },
    { id: 'snoozed', confirmedAt: at(-190) },
    { id: 'one', confirmedAt: at(-10) },
    { id: 'locked', confirmedAt: at(-10) },
  ]);
  const snooze = { missing: 0, used: 1, extra: 0, deadlineAt: at(9), flowId: null, untilAt: at(1) };
  await change('snoozed', { snooze: { reason: 'reconfirmation_due', ...snooze } });
  await change('one', {
    methods: [emailMethod({ verifiedAt: at(-1), confirmedAt: at(-1), coolingOffUntilAt: at(1) })],
  });
  const wrong = Array.from({ length: maximumWrongProofs }, () => at(-0.1));
  await change('locked', { wrongProofs: { stranger: wrong, known_browser: [], signed_in: [] } });
  host.add('bare');
  host.add('disabled', { isDisabled: true });
  host.add('excluded', { groups: ['robots'] });
  await savePolicy(models, { excludedGroups: ['robots'] });
  expect(await run()).toEqual({ accounts: 10, snapshots: 1 });
  expect(await all()).toEqual([
    {
      day: '2096-03-01',
      takenAt: models.clock.now(),
      ...{ accounts: 9, inScope: 8, registered: 6, capable: 6, due: 1, overdue: 3, snoozed: 1, locked: 1 },
      byMethod: {
        ...{ authenticator_app: 6, mobile_phone: 0, alternate_phone: 0, office_phone: 0, email: 7 },
        security_questions: 0,
      },
      // One of them was confirmed 160 days ago, of 180; what was confirmed 10 days ago is due after the 90 days.
      dueByDay: Array.from({ length: 90 }, (_, ahead) => (ahead === 20 ? 1 : 0)),
      ...{ interrupted: 0, failed: 0, events: [] },
    },
  ]);
});

test('counts the events of the day before, and of no other', async () => {
  const yesterday = new Date('2096-02-29T00:00:00Z');
  const today = new Date('2096-03-01T00:00:00Z');
  const event = (
    type: 'registration_finished' | 'registration_snoozed' | 'proof_refused',
    when: Date,
    result = true,
  ) => testEvent({ type, at: when, result: result ? 'success' : 'failure' });
  await models.eventLog.insert([
    event('registration_finished', new Date(yesterday.getTime() - 1)),
    event('registration_finished', yesterday),
    event('registration_snoozed', new Date(today.getTime() - 1)),
    event('proof_refused', yesterday, false),
    event('proof_refused', yesterday, false),
    event('registration_finished', today),
  ]);
  await run();
  expect(await all()).toMatchObject([
    {
      ...{ interrupted: 2, failed: 2 },
      events: [
        { type: 'proof_refused', success: 0, failure: 2 },
        { type: 'registration_finished', success: 1, failure: 0 },
        { type: 'registration_snoozed', success: 1, failure: 0 },
      ],
    },
  ]);
});

test('a day is counted once, by whichever node was first; the next day has its own', async () => {
  host.add('ada');
  await seed(models, [{ id: 'ada', confirmedAt: at(-10) }]);
  const [one, other] = await Promise.all([run(), run(models.anotherNode())]);
  expect(Number(one['snapshots']) + Number(other['snapshots'])).toBe(1);
  host.add('bob');
  expect(await run()).toEqual({ accounts: 0, snapshots: 0 });
  models.clock.advance(day / 1000);
  expect(await run()).toEqual({ accounts: 2, snapshots: 1 });
  expect((await all()).map(({ day: of, accounts }) => [of, accounts])).toEqual([
    ['2096-03-01', 1],
    ['2096-03-02', 2],
  ]);
  expect(await models.snapshots.list({ from: '2096-03-02', to: '2096-03-05' })).toHaveLength(1);
});
