/** What an admin does to one person, on a real store: the state after it, the event with who did it, and who is told. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ActingAdmin } from '../../../security-info/admin/acting-admin.ts';
import { createPeopleDesk } from '../../../security-info/admin/create-people-desk.ts';
import type { PeopleDesk } from '../../../security-info/admin/people-desk.ts';
import type { DomainEvent } from '../../../security-info/events.ts';
import { takesProof } from '../../../security-info/permission.ts';
import { openNoticeAddress } from '../../../security-info/sealing.ts';
import { passwordThrottleKey, takePasswordTry } from '../../../security-info/throttles.ts';
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
  device: 'Firefox, Linux',
};
const errand = { by, accountId: 'ada' };
const phone = { type: 'mobile_phone', address: '+12025550123' } as const;

/** Ada with an address and an app, and all that was said about it forgotten. */
async function adaWithMethods(): Promise<{ readonly secret: string }> {
  const visit = at.visit('first');
  await at.registerEmail(visit);
  const secret = await at.registerApp(visit);
  await at.eventTypes();
  at.models.clock.advance(30);
  return { secret };
}

/** The events that lie in the record, newest last. */
async function events(): Promise<readonly DomainEvent[]> {
  return (await at.read()).pendingEvents;
}

/** The only event of this act, by whom it is, and whom it tells. */
async function theEvent(): Promise<{
  readonly type: string;
  readonly told: readonly string[];
  readonly mayUndo: boolean;
}> {
  const [event, ...others] = await events();
  if (event === undefined) throw new Error('nothing was said of it');
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    accountId: 'ada',
    actor: 'admin:grace',
    clientId: 'console',
    callerAddress: '192.0.2.7',
    device: 'Firefox, Linux',
    result: 'success',
    at: at.models.clock.now(),
  });
  const told = event.notify.map(({ addressCiphertext }) =>
    openNoticeAddress(at.models.keys, event.id, addressCiphertext),
  );
  return {
    type: event.type,
    told: told.sort(),
    mayUndo: event.notify.some(({ mayUndo }) => mayUndo === true),
  };
}

const own = ['ada@work.example'];
const known = ['ada@home.example', 'ada@work.example'];

describe('filling in', () => {
  beforeEach(() => at.setPolicy({ methods: ['mobile_phone', 'email', 'authenticator_app', 'office_phone'] }));

  test('tells every address that was known and not the new one; the same again changes nothing', async () => {
    await adaWithMethods();
    const { methodId, isChanged } = await people.prefill(errand, phone);
    expect(isChanged).toBe(true);
    expect(await theEvent()).toEqual({ type: 'method_prefilled', told: known, mayUndo: false });
    expect(await people.prefill(errand, phone)).toEqual({ methodId, isChanged: false });
    expect((await events()).length).toBe(1);
    const methods = await people.readMethods(by, 'ada');
    expect(methods).toContainEqual(
      expect.objectContaining({ id: methodId, address: '+12025550123', verifiedAt: null }),
    );
  });

  test('is judged as the method’s own form is', async () => {
    expect(await outcomeOf(people.prefill(errand, { type: 'email', address: 'ada@work.example' }))).toBe(
      'invalid_input',
    );
    expect(await outcomeOf(people.prefill(errand, { ...phone, address: '12' }))).toBe('invalid_input');
    expect(await outcomeOf(people.prefill(errand, { ...phone, country: 'XX' }))).toBe('invalid_input');
    expect(await outcomeOf(people.prefill(errand, { type: 'authenticator_app', address: 'x' }))).toBe(
      'method_not_offered',
    );
    await at.setPolicy({ methods: ['email', 'authenticator_app'] });
    expect(await outcomeOf(people.prefill(errand, phone))).toBe('method_not_offered');
    expect(await events()).toEqual([]);
  });
});

describe('a method that is lost', () => {
  test('is gone, is not told itself, and what it had replaced goes with it', async () => {
    await adaWithMethods();
    const visit = at.visit('later');
    await at.proveEmail(visit);
    await at.registerEmail(visit, 'new@home.example', await at.methodId('email'));
    await at.eventTypes();
    expect((await at.read()).methods).toHaveLength(3);
    await people.reportLost(errand, await at.methodId('email'));
    expect((await at.read()).methods.map(({ type }) => type)).toEqual(['authenticator_app']);
    // The one that it had replaced may be whose it always was: it is told.
    expect(await theEvent()).toEqual({ type: 'method_lost', told: known, mayUndo: false });
    expect((await events())[0]?.methodType).toBe('email');
  });

  test('proves nothing afterwards, in a sign-in neither that had proved it already', async () => {
    await adaWithMethods();
    const visit = at.visit('before');
    await at.proveEmail(visit);
    const lost = await at.methodId('email');
    await people.reportLost(errand, lost);
    expect(await outcomeOf(at.desk.sendProofCode(visit, lost))).toBe('method_not_found');
    const removal = at.desk.beginRegistration(visit, 'email', { address: 'thief@elsewhere.example' }, null);
    expect(await outcomeOf(removal)).toBe('proof_required');
  });

  test('does not reopen first registration when it was the last', async () => {
    await adaWithMethods();
    await people.reportLost(errand, await at.methodId('email'));
    await people.removeMethod(errand, await at.methodId('authenticator_app'));
    const record = await at.read();
    expect(record.methods).toEqual([]);
    expect(takesProof(record)).toBe(true);
    const begun = at.desk.beginRegistration(at.visit('again'), 'email', { address: 'a@b.example' }, null);
    expect(await outcomeOf(begun)).toBe('proof_required');
  });

  test('that is only removed is told itself', async () => {
    await adaWithMethods();
    await people.removeMethod(errand, await at.methodId('email'));
    expect(await theEvent()).toEqual({ type: 'method_removed', told: known, mayUndo: false });
    expect(await outcomeOf(people.removeMethod(errand, 'nobody'))).toBe('method_not_found');
    expect(await outcomeOf(people.reportLost(errand, ''))).toBe('method_not_found');
  });
});

describe('registration required again', () => {
  test('takes every method out of the count, deletes none, and each still proves', async () => {
    const { secret } = await adaWithMethods();
    expect((await people.read('ada')).status.kind).toBe('satisfied');
    expect(await people.requireRegistration(errand)).toBe(2);
    const view = await people.read('ada');
    expect(view).toMatchObject({ counted: 0, status: { kind: 'registration_required', missing: 2 } });
    expect(view.methods.map(({ mustBeProvedAnew }) => mustBeProvedAnew)).toEqual([true, true]);
    expect(await theEvent()).toEqual({ type: 'registration_required_again', told: own, mayUndo: false });
    at.models.clock.advance(60);
    await at.desk.prove(at.visit('next'), await at.methodId('authenticator_app'), at.appCode(secret));
    expect(await people.read('ada')).toMatchObject({ counted: 1 });
    await at.proveEmail(at.visit('next'));
    expect((await people.read('ada')).status.kind).toBe('satisfied');
  });

  test('asks nothing of the record of somebody who has nothing, and says so', async () => {
    expect(await people.requireRegistration(errand)).toBe(0);
    expect((await at.read()).firstMethodAt).toBeNull();
  });
});

describe('a reconfirmation that an admin wants', () => {
  test('is due at once, whatever was put off, and can be taken back', async () => {
    await adaWithMethods();
    await at.setPolicy({ reconfirmAfterDays: 30, snoozes: 3 });
    at.models.clock.advance(31 * 86_400);
    await at.desk.snooze(at.visit('later'));
    await at.eventTypes();
    expect((await people.read('ada')).status.kind).toBe('snoozed');
    await people.requireReconfirmation(errand);
    expect(await people.read('ada')).toMatchObject({
      mark: { by: 'admin' },
      status: { kind: 'reconfirmation_due', reason: 'admin' },
    });
    expect(await theEvent()).toEqual({ type: 'reconfirmation_marked', told: own, mayUndo: false });
    expect(await outcomeOf(at.desk.snooze(at.visit('much later')))).toBe('snooze_not_allowed');
    await people.grantSnooze(errand, { times: 3, days: 30 });
    expect(await outcomeOf(at.desk.snooze(at.visit('still later')))).toBe('snooze_not_allowed');
    expect(await people.cancelReconfirmation(errand)).toBe(true);
    expect(await people.cancelReconfirmation(errand)).toBe(false);
    expect((await people.read('ada')).mark).toBeNull();
    expect((await events()).map(({ type }) => type)).toEqual([
      'reconfirmation_marked',
      'snooze_extended',
      'reconfirmation_unmarked',
    ]);
  });

  test('does not take away the mark of a campaign when it is taken back', async () => {
    await adaWithMethods();
    const mark = { by: 'campaign', at: at.models.clock.now() } as const;
    await at.models.records.change('ada', (record) => ({
      next: { ...record, mark },
      events: [],
      result: undefined,
    }));
    expect(await people.cancelReconfirmation(errand)).toBe(false);
    expect((await at.read()).mark).toEqual(mark);
  });
});

describe('an access pass', () => {
  test('is shown once, is void when another is issued, and when it is revoked', async () => {
    await adaWithMethods();
    const first = await people.issueAccessPass(errand, 2);
    expect(first.expiresAt.getTime()).toBe(at.models.clock.now().getTime() + 2 * 3_600_000);
    expect(await theEvent()).toEqual({ type: 'access_pass_issued', told: own, mayUndo: false });
    const second = await people.issueAccessPass(errand, 2);
    expect(await outcomeOf(at.desk.useAccessPass(at.visit(), first.accessPass))).toBe('wrong_code');
    expect(JSON.stringify([await people.read('ada'), await at.read(), await at.models.dump()])).not.toContain(
      second.accessPass,
    );
    expect(await people.revokeAccessPass(errand)).toBe(true);
    expect(await outcomeOf(at.desk.useAccessPass(at.visit(), second.accessPass))).toBe('wrong_code');
    expect(await people.revokeAccessPass(errand)).toBe(false);
    expect((await events()).find(({ type }) => type === 'access_pass_revoked')?.actor).toBe('admin:grace');
  });

  test('ends the sign-in that has used it when it is revoked', async () => {
    await adaWithMethods();
    const visit = at.visit('with-pass');
    await at.desk.useAccessPass(visit, (await people.issueAccessPass(errand, 2)).accessPass);
    await people.revokeAccessPass(errand);
    expect((await at.desk.overview(visit)).proofNeeded).toBe(true);
  });

  test('of somebody else opens nothing here', async () => {
    const { accessPass } = await people.issueAccessPass({ by, accountId: 'bob' }, 1);
    expect(await outcomeOf(at.desk.useAccessPass(at.visit(), accessPass))).toBe('wrong_code');
  });
});

test('lifting a lock-out opens every counter, of passwords too, and the directory’s own lock', async () => {
  const { clock, throttles, records } = at.models;
  const now = clock.now();
  const full = Array.from({ length: 10 }, () => now);
  await records.change('ada', (record) => ({
    next: { ...record, wrongProofs: { stranger: full, known_browser: full, signed_in: full } },
    events: [],
    result: undefined,
  }));
  at.locked.add('ada');
  const callers = ['stranger', 'known_browser', 'signed_in'] as const;
  const tryAll = () =>
    Promise.all(
      callers.map((caller) =>
        outcomeOf(throttles.change(passwordThrottleKey('ada', caller), 60, takePasswordTry(now))),
      ),
    );
  for (let tries = 0; tries < 11; tries += 1) await tryAll();
  expect(await tryAll()).toEqual(callers.map(() => 'sign_in_delayed'));
  expect(Object.values((await people.read('ada')).closedUntilAt)).not.toContain(null);
  await people.unlock(errand);
  expect((await people.read('ada')).closedUntilAt).toEqual({
    stranger: null,
    known_browser: null,
    signed_in: null,
  });
  expect(at.locked.has('ada')).toBe(false);
  expect(await tryAll()).toEqual(callers.map(() => 'done'));
  expect(await theEvent()).toEqual({ type: 'account_unlocked', told: own, mayUndo: false });
});

test('a grant of ‘remind me later’ adds to what there is, and an earlier end takes nothing back', async () => {
  await people.grantSnooze(errand, { times: 2, days: 30 });
  expect(await theEvent()).toEqual({ type: 'snooze_extended', told: own, mayUndo: false });
  const { deadlineAt } = (await people.read('ada')).snooze ?? {};
  await people.grantSnooze(errand, { times: 1, days: 1 });
  const view = await people.read('ada');
  expect(view.snooze?.deadlineAt).toEqual(deadlineAt);
  expect((await at.read()).snooze?.extra).toBe(3);
});

test('reading numbers and addresses is in the audit log before the answer is given; reading the rest is not', async () => {
  await adaWithMethods();
  await people.read('ada');
  expect(await at.eventTypes()).not.toContain('method_address_read');
  const methods = await people.readMethods(by, 'ada');
  expect(methods.find(({ type }) => type === 'email')?.address).toBe('ada@home.example');
  const log = await at.models.connection.collection('audit_events').findOne({ type: 'method_address_read' });
  expect(log).toMatchObject({ accountId: 'ada', actor: 'admin:grace', callerAddress: '192.0.2.7' });
  expect(JSON.stringify(log)).not.toContain('home.example');
  const { secretCiphertext } =
    (await at.read()).methods.find(({ type }) => type === 'authenticator_app') ?? {};
  expect(secretCiphertext).toEqual(expect.any(String));
  expect(JSON.stringify(methods)).not.toContain(secretCiphertext);
});
