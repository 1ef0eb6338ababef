/** Admins at the same time: nobody overwrites what somebody else has done meanwhile, and nobody who is not there is touched. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ActingAdmin } from '../../../security-info/admin/acting-admin.ts';
import { createPeopleDesk } from '../../../security-info/admin/create-people-desk.ts';
import type { AdminErrand, PeopleDesk } from '../../../security-info/admin/people-desk.ts';
import { openDesk, outcomeOf, type TestDesk } from '../operations/open-desk.ts';

let at: TestDesk;
let people: PeopleDesk;
beforeEach(async () => {
  at = await openDesk();
  people = createPeopleDesk(at.portsOn(at.models), { published: () => undefined });
});
afterEach(() => at.models.close());

const by: ActingAdmin = {
  actor: 'admin:grace',
  accountId: 'grace',
  callerAddress: '192.0.2.7',
  clientId: 'console',
};
const errand = { by, accountId: 'ada' };

/** Ada with an address, and all that was said about it forgotten. */
async function adaWithMail(): Promise<void> {
  await at.registerEmail(at.visit('first'));
  await at.eventTypes();
}

describe('somebody else’s change in between', () => {
  type Act = (of: PeopleDesk, on: AdminErrand, methodId: string) => Promise<unknown>;
  const acts: readonly (readonly [string, Act])[] = [
    ['filling in', (of, on) => of.prefill(on, { type: 'email', address: 'x@home.example' })],
    ['removing', (of, on, id) => of.removeMethod(on, id)],
    ['reporting lost', (of, on, id) => of.reportLost(on, id)],
    ['requiring registration', (of, on) => of.requireRegistration(on)],
    ['requiring reconfirmation', (of, on) => of.requireReconfirmation(on)],
    ['taking that back', (of, on) => of.cancelReconfirmation(on)],
    ['issuing a pass', (of, on) => of.issueAccessPass(on, 1)],
    ['revoking a pass', (of, on) => of.revokeAccessPass(on)],
    ['granting time', (of, on) => of.grantSnooze(on, { times: 1, days: 1 })],
    ['lifting a lock-out', (of, on) => of.unlock(on)],
  ];

  test.each(acts)('%s is refused when it was not seen, and goes on when it was', async (_, act) => {
    await adaWithMail();
    at.locked.add('ada');
    const { tag } = await people.read('ada');
    await people.requireReconfirmation({ by, accountId: 'ada' });
    const before = await at.read();
    const id = await at.methodId('email');
    expect(await outcomeOf(act(people, { ...errand, expectedTag: tag }, id))).toBe('changed_meanwhile');
    expect(await at.read()).toEqual(before);
    expect(at.locked.has('ada')).toBe(true);
    const fresh = (await people.read('ada')).tag;
    expect(await outcomeOf(act(people, { ...errand, expectedTag: fresh }, id))).toBe('done');
  });

  test('of several at once who saw the same, one alone goes on', async () => {
    await adaWithMail();
    const { tag } = await people.read('ada');
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => outcomeOf(people.issueAccessPass({ ...errand, expectedTag: tag }, 1))),
    );
    expect(outcomes.filter((one) => one === 'done')).toHaveLength(1);
    expect((await at.read()).pendingEvents).toHaveLength(1);
  });
});

test('nobody who is not there is touched', async () => {
  const nobody = { by, accountId: 'nobody' };
  const outcomes = await Promise.all(
    [
      people.read('nobody'),
      people.readMethods(by, 'nobody'),
      people.unlock(nobody),
      people.issueAccessPass(nobody, 1),
      people.setExcluded(nobody, true),
      people.requireRegistration(nobody),
    ].map(outcomeOf),
  );
  expect(new Set(outcomes)).toEqual(new Set(['person_not_found']));
  expect(await at.eventTypes()).toEqual([]);
});

describe('exclusion', () => {
  test('is the default policy’s list, with before and after in the log, and once', async () => {
    expect(await people.setExcluded(errand, true)).toBe(true);
    expect(await people.setExcluded(errand, true)).toBe(false);
    expect(await people.read('ada')).toMatchObject({
      isExcluded: true,
      status: { kind: 'out_of_scope', reason: 'excluded_account' },
    });
    const [event, ...others] = await at.models.connection.collection('audit_events').find().toArray();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'policy_changed', actor: 'admin:grace', reason: 'account_excluded' });
    expect(await people.setExcluded(errand, false)).toBe(true);
    expect((await people.read('ada')).isExcluded).toBe(false);
  });

  test('of two by two admins at once keeps both', async () => {
    const other = createPeopleDesk(at.portsOn(at.models.anotherNode()), { published: () => undefined });
    await Promise.all([
      people.setExcluded(errand, true),
      other.setExcluded({ by: { ...by, actor: 'admin:joan' }, accountId: 'bob' }, true),
    ]);
    const { defaultPolicy } = await at.models.anotherNode().policies.latest();
    expect([...defaultPolicy.excludedAccounts].sort()).toEqual(['ada', 'bob']);
    expect((await at.eventTypes()).filter((type) => type === 'policy_changed')).toHaveLength(2);
  });
});
