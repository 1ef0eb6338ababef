/** A method that was proved once and that no code can reach now: what a review asks of it, so that nobody is stuck. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Desk } from '../../../security-info/desk.ts';
import { everything, fillIn, type Present, register } from './each-method.ts';
import { openDesk, outcomeOf, type TestDesk } from './open-desk.ts';

const proved = { ...everything, review: 'prove' as const };

let t: TestDesk;
let office: Present;
beforeEach(async () => {
  t = await openDesk();
  await t.setPolicy(proved);
  office = await register(t, t.visit('first'), 'office_phone');
  t.models.clock.advance(180 * 86_400);
});
afterEach(() => t.models.close());

const withoutVoice = (): Desk =>
  t.deskWith({ voice: { isAvailable: false, send: async () => expect.unreachable() } });

describe.each<[string, () => Promise<Desk>]>([
  ['no call can be made', async () => withoutVoice()],
  [
    'its country was left out',
    async () => {
      await t.setPolicy({ ...proved, phoneCountries: ['AU'] });
      return t.desk;
    },
  ],
])('where %s', (_, unreachable) => {
  test('the review is over with ‘looks good’, though it asks for proof', async () => {
    const desk = await unreachable();
    const visit = t.visit('review');
    const before = await desk.overview(visit);
    expect(before).toMatchObject({ status: { kind: 'reconfirmation_due' }, canFinish: false });
    expect(before.methods).toMatchObject([{ reviewBy: 'acknowledge', isReachable: false }]);
    expect(await outcomeOf(desk.finish(visit))).toBe('not_finished');
    await desk.acknowledge(visit, office.id);
    expect(await outcomeOf(desk.finish(visit))).toBe('done');
    const { status } = await desk.overview(t.visit('next'));
    expect(status.kind).toBe('satisfied');
    expect(await office.read()).toMatchObject({ confirmedAt: t.models.clock.now() });
    expect((await office.read()).verifiedAt).not.toEqual(t.models.clock.now());
  });

  test('what a code does reach still takes a proof', async () => {
    await office.prove(t.visit('before'));
    const app = await register(t, t.visit('before'), 'authenticator_app');
    t.models.clock.advance(180 * 86_400);
    const desk = await unreachable();
    const visit = t.visit('review');
    await desk.acknowledge(visit, office.id);
    expect(await outcomeOf(desk.acknowledge(visit, app.id))).toBe('proof_required');
    expect(await outcomeOf(desk.finish(visit))).toBe('not_finished');
    await desk.prove(visit, app.id, await app.right(visit));
    expect(await outcomeOf(desk.finish(visit))).toBe('done');
  });
});

test('as soon as a call reaches it again, ‘looks good’ is not enough', async () => {
  expect((await t.desk.overview(t.visit())).methods).toMatchObject([{ reviewBy: 'prove' }]);
  expect(await outcomeOf(t.desk.acknowledge(t.visit(), office.id))).toBe('proof_required');
});

test('what was only filled in does not count by looking good', async () => {
  await t.setPolicy({ ...proved, methodsToRegister: 2 });
  const mobile = await fillIn(t, 'mobile_phone');
  await t.setPolicy({ ...proved, methodsToRegister: 2, phoneCountries: ['AU'] });
  expect(await outcomeOf(t.desk.acknowledge(t.visit(), mobile.id))).toBe('method_not_found');
  expect((await t.desk.overview(t.visit())).status.kind).toBe('registration_required');
});

test('an admin who wants the phone proved anew is not content with ‘looks good’', async () => {
  await t.models.records.change('ada', (record) => ({
    next: {
      ...record,
      methods: record.methods.map((method) => ({ ...method, proveAnewAt: t.models.clock.now() })),
    },
    events: [],
    result: undefined,
  }));
  expect(await outcomeOf(withoutVoice().acknowledge(t.visit(), office.id))).toBe('method_not_found');
});
