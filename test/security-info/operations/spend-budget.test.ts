/** The day's budgets of the whole service, on real stores: what is refused, what stays open, when an admin is told. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Policy } from '../../../security-info/policy.ts';
import { defaultPolicy } from '../../../security-info/policy.ts';
import { begin, everything } from './each-method.ts';
import { openDesk, outcomeOf, type TestDesk, tally } from './open-desk.ts';
import { all, type Destination, type Sending, sendingOn } from './sending.ts';

const halfDay = 43_200;
const unavailable = 'sender_unavailable';
let t: TestDesk;
let sending: Sending;
/** It is noon: the day ends in twelve hours. */
beforeEach(async () => {
  t = await openDesk();
  sending = sendingOn(t);
});
afterEach(() => t.models.close());

function setBudgets(budgets: Partial<Policy>): Promise<void> {
  return t.setPolicy({ ...everything, ...budgets });
}

const sms = (): Destination => ({ type: 'mobile_phone' });
const call = (): Destination => ({ type: 'mobile_phone', channel: 'voice' });
const mail = (): Destination => ({ type: 'email' });
/** Each by an account of its own, whose own limits have nothing to do with it. */
const sendAll = (times: number, to: Destination) =>
  sending.sendTimes(times, () => sending.send(to, { visit: sending.visitOf(`user${sending.count()}`) }));

/** The alarms that were raised, with what they are about. */
async function alarms(): Promise<string[]> {
  const events = await t.models.connection.collection('audit_events').find().toArray();
  return events
    .filter(({ type }) => ['send_budget_low', 'send_budget_spent'].includes(String(type)))
    .map(({ type, reason }) => `${type} ${reason}`)
    .sort();
}

describe('once the day’s', () => {
  test.each([
    ['SMS', { smsPerDay: 2 }, sms(), [call(), mail()]],
    ['calls', { callsPerDay: 2 }, call(), [sms(), mail()]],
    ['mails', { mailCodesPerDay: 2 }, mail(), [sms(), call()]],
  ])('%s are spent, no other goes out before midnight, and the other ways are open', async (...row) => {
    const [, budgets, spent, open] = row;
    await setBudgets(budgets);
    expect(await sendAll(4, spent)).toEqual(['done', 'done', unavailable, unavailable]);
    for (const other of open) expect(await sendAll(1, other)).toEqual(['done']);
    t.models.clock.advance(halfDay - 1);
    expect(await sendAll(1, spent)).toEqual([unavailable]);
    t.models.clock.advance(1);
    expect(await sendAll(3, spent)).toEqual(['done', 'done', unavailable]);
    expect(t.sent.length + t.toPhones.length).toBe(6);
  });

  test('messages to one country are spent, neither SMS nor calls go there, and other countries are open', async () => {
    await setBudgets({ phoneMessagesPerCountryPerDay: 2 });
    expect(await sendAll(1, sms())).toEqual(['done']);
    expect(await sendAll(1, call())).toEqual(['done']);
    expect(await sendAll(1, sms())).toEqual([unavailable]);
    expect(await sendAll(1, call())).toEqual([unavailable]);
    expect(await sendAll(1, { ...sms(), address: '+61491570006' })).toEqual(['done']);
    expect(await sendAll(1, mail())).toEqual(['done']);
    t.models.clock.advance(halfDay);
    expect(await sendAll(1, sms())).toEqual(['done']);
  });

  test('SMS are spent, a code that has arrived stays right', async () => {
    await setBudgets({ smsPerDay: 1 });
    const visit = t.visit();
    const begun = await begin(t, visit, 'mobile_phone');
    const resend = t.desk.resendDraftCode(visit, 'mobile_phone', begun.draft.id);
    expect(await outcomeOf(resend)).toBe(unavailable);
    expect(await outcomeOf(begun.finish())).toBe('done');
  });
});

describe('a budget', () => {
  test('of none is no message', async () => {
    await setBudgets({ smsPerDay: 0, callsPerDay: 0, mailCodesPerDay: 0 });
    for (const to of [sms(), call(), mail()])
      expect(await sendAll(2, to)).toEqual([unavailable, unavailable]);
    expect(t.sent.length + t.toPhones.length).toBe(0);
  });

  test('is the default policy’s, whatever the policy of a group says', async () => {
    await setBudgets({ smsPerDay: 1 });
    const ofGroup = {
      ...defaultPolicy(),
      ...everything,
      id: 'staff',
      appliesToGroups: ['staff'],
      smsPerDay: 99,
    };
    await t.models.policies.save(ofGroup, 0, []);
    const account = t.accounts.get('ada');
    if (account === undefined) throw new Error('ada is there');
    t.accounts.set('ada', { ...account, groups: ['staff'] });
    expect(await sending.sendTimes(2, () => sending.send(sms()))).toEqual(['done', unavailable]);
  });

  test('that is raised in the course of a day is open again, by as much', async () => {
    await setBudgets({ smsPerDay: 1 });
    expect(await sendAll(2, sms())).toEqual(['done', unavailable]);
    await setBudgets({ smsPerDay: 3 });
    expect(await sendAll(3, sms())).toEqual(['done', 'done', unavailable]);
    expect((await alarms()).filter((alarm) => alarm === 'send_budget_spent sms')).toHaveLength(2);
  });

  test('is taken from by two nodes at once to the last message, and no further', async () => {
    await setBudgets({ smsPerDay: 7 });
    const nodes = [t.desk, t.deskWith(t.models.anotherNode())];
    const outcomes = await tally(12, (index) => {
      const desk = nodes[index % 2] ?? t.desk;
      const number = sending.another('mobile_phone');
      return desk.beginRegistration(sending.visitOf(`user${index}`), 'mobile_phone', { number }, null);
    });
    expect(outcomes).toEqual({ done: 7, [unavailable]: 5 });
    expect(t.toPhones).toHaveLength(7);
    expect(await alarms()).toEqual(['send_budget_low sms', 'send_budget_spent sms']);
  });
});

describe('an alarm', () => {
  test('is raised at four fifths and when all is spent, once each, and anew the next day', async () => {
    await setBudgets({ smsPerDay: 10, phoneMessagesPerCountryPerDay: 5 });
    await sendAll(3, sms());
    expect(await alarms()).toEqual([]);
    await sendAll(1, sms());
    expect(await alarms()).toEqual(['send_budget_low country:FR']);
    expect(await sendAll(3, sms())).toEqual(['done', unavailable, unavailable]);
    expect(await alarms()).toEqual(['send_budget_low country:FR', 'send_budget_spent country:FR']);
    t.models.clock.advance(halfDay);
    expect(await sendAll(5, sms())).toEqual(all(5));
    expect(await alarms()).toHaveLength(4);
  });

  test('is of the service, and names neither an account nor an address', async () => {
    await setBudgets({ mailCodesPerDay: 1 });
    await sendAll(1, { ...mail(), address: 'somebody@home.example' });
    const events = await t.models.connection.collection('audit_events').find().toArray();
    const alarm = events.find(({ type }) => type === 'send_budget_spent');
    expect(alarm).toMatchObject({
      accountId: null,
      actor: 'job:send-budget',
      reason: 'mail',
      result: 'failure',
    });
    expect(JSON.stringify(alarm)).not.toContain('somebody');
  });
});
