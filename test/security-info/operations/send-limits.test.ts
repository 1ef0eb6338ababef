/** How many codes go out, on real stores with a moving clock: for an account, an address, a caller, a country, a day. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SecurityInfoError } from '../../../security-info/errors.ts';
import type { MethodType } from '../../../security-info/record.ts';
import { keepThrottleSeconds, sendLimits } from '../../../security-info/throttles.ts';
import { everything } from './each-method.ts';
import { openDesk, type TestDesk, tally } from './open-desk.ts';
import { all, type Sending, sendingOn } from './sending.ts';

const hour = 3_600;
let t: TestDesk;
let sending: Sending;
beforeEach(async () => {
  t = await openDesk();
  sending = sendingOn(t);
  await t.setPolicy(everything);
});
afterEach(() => t.models.close());

/** How many went out. */
function sentCount(): number {
  return t.sent.length + t.toPhones.length;
}

describe('for one account', () => {
  test('ten codes go out in an hour, whatever the sign-in, the tab, the type or the address', async () => {
    const types: MethodType[] = ['email', 'mobile_phone', 'alternate_phone'];
    const outcomes = await sending.sendTimes(12, () =>
      sending.send({ type: types[sending.count() % 3] ?? 'email' }),
    );
    expect(outcomes).toEqual([...all(10), 'too_many_sends', 'too_many_sends']);
    t.models.clock.advance(hour - 1);
    expect(await sending.send()).toBe('too_many_sends');
    t.models.clock.advance(1);
    expect(await sending.send()).toBe('done');
    expect(await sending.send({}, { visit: sending.visitOf('bob') })).toBe('done');
  });

  test('twenty go out in a day, whatever the hours', async () => {
    for (let round = 0; round < 4; round += 1) {
      expect(await sending.sendTimes(5)).toEqual(all(5));
      t.models.clock.advance(4 * hour);
    }
    expect(await sending.send()).toBe('too_many_sends');
    t.models.clock.advance(8 * hour - 1);
    expect(await sending.send()).toBe('too_many_sends');
    t.models.clock.advance(1);
    expect(await sending.sendTimes(6)).toEqual([...all(5), 'too_many_sends']);
  });

  test('the moment that a refusal names is one at which the next goes out', async () => {
    await sending.sendTimes(10);
    t.models.clock.advance(2 * hour);
    await sending.sendTimes(10);
    const refusal = await t.desk
      .beginRegistration(sending.visitOf(), 'email', { address: sending.another('email') }, null)
      .catch((error: unknown) => error);
    const until = refusal instanceof SecurityInfoError ? refusal.values['until'] : null;
    if (!(until instanceof Date)) throw new Error('a refusal must say until when');
    t.models.clock.advance((until.getTime() - t.models.clock.now().getTime()) / 1000);
    expect(await sending.send()).toBe('done');
  });

  test('fourteen at once on two nodes are ten', async () => {
    const nodes = [t.desk, t.deskWith(t.models.anotherNode())];
    const outcomes = await tally(
      14,
      (index) =>
        nodes[index % 2]?.beginRegistration(
          sending.visitOf(),
          'email',
          { address: sending.another('email') },
          null,
        ) ?? Promise.reject(new Error('there are two nodes')),
    );
    expect(outcomes).toEqual({ done: 10, too_many_sends: 4 });
    expect(sentCount()).toBe(10);
  });

  test('what one kind of caller has used up is open to the others', async () => {
    await sending.sendTimes(11, () =>
      sending.send({}, { visit: sending.visitOf('ada', { caller: 'stranger' }) }),
    );
    expect(await sending.send({}, { visit: sending.visitOf('ada', { caller: 'stranger' }) })).toBe(
      'too_many_sends',
    );
    expect(await sending.send({}, { visit: sending.visitOf('ada', { caller: 'known_browser' }) })).toBe(
      'done',
    );
    expect(await sending.send({}, { visit: sending.visitOf('ada', { caller: 'signed_in' }) })).toBe('done');
  });
});

describe('to one address', () => {
  test('five codes go in an hour and ten in a day, whichever account asks', async () => {
    const address = 'shared@home.example';
    let account = 0;
    const fromAnother = () => sending.send({ address }, { visit: sending.visitOf(`user${account++}`) });
    expect(await sending.sendTimes(6, fromAnother)).toEqual([...all(5), 'too_many_sends']);
    t.models.clock.advance(hour);
    expect(await sending.sendTimes(6, fromAnother)).toEqual([...all(5), 'too_many_sends']);
    t.models.clock.advance(22 * hour);
    expect(await fromAnother()).toBe('too_many_sends');
    t.models.clock.advance(hour);
    expect(await sending.sendTimes(6, fromAnother)).toEqual([...all(5), 'too_many_sends']);
  });

  test('of a telephone they are as many, by SMS and calls together, as whatever it is registered', async () => {
    const address = '+33612345678';
    const ways = [
      { type: 'mobile_phone', channel: 'sms' },
      { type: 'mobile_phone', channel: 'voice' },
      { type: 'alternate_phone', channel: 'sms' },
    ] as const;
    const outcomes = await sending.sendTimes(7, () =>
      sending.send({ ...ways[sending.count() % 3], address }),
    );
    expect(outcomes).toEqual([...all(5), 'too_many_sends', 'too_many_sends']);
  });
});

describe('from one network address', () => {
  test('fifty codes go out in an hour for strangers, whatever the accounts', async () => {
    let count = 0;
    const asker = { caller: 'stranger', callerAddress: '203.0.113.7' } as const;
    const fromThere = () => sending.send({}, { visit: sending.visitOf(`user${count++ % 8}`, asker) });
    expect(await sending.sendTimes(51, fromThere)).toEqual([...all(50), 'too_many_sends']);
    const elsewhere = { ...asker, callerAddress: '203.0.113.8' };
    expect(await sending.send({}, { visit: sending.visitOf('user9', elsewhere) })).toBe('done');
    t.models.clock.advance(hour);
    expect(await fromThere()).toBe('done');
  });

  test('five hundred go out in an hour for who has signed in', async () => {
    const callerAddress = '203.0.113.7';
    const [limit] = sendLimits({
      accountId: '',
      destinationHash: '',
      callerAddress,
      caller: 'signed_in',
    }).slice(-1);
    if (limit === undefined) throw new Error('there is a limit for the caller');
    const times = Array(499).fill(t.models.clock.now());
    await t.models.throttles.change(limit.key, keepThrottleSeconds, (throttle) => ({
      next: { ...throttle, times },
      events: [],
      result: undefined,
    }));
    const fromThere = (account: string) =>
      sending.send({}, { visit: sending.visitOf(account, { callerAddress }) });
    expect(await fromThere('one')).toBe('done');
    expect(await fromThere('two')).toBe('too_many_sends');
    t.models.clock.advance(hour);
    expect(await fromThere('two')).toBe('done');
  });
});

describe('what is not sent', () => {
  test('to an address that has had its share leaves the account all of its own', async () => {
    const address = 'often@home.example';
    expect(await sending.sendTimes(10, () => sending.send({ address }))).toEqual([
      ...all(5),
      ...Array(5).fill('too_many_sends'),
    ]);
    expect(sentCount()).toBe(5);
    expect(await sending.send({ type: 'mobile_phone' })).toBe('done');
  });

  test('since the day’s SMS are spent leaves the account and the number theirs, for a call', async () => {
    await t.setPolicy({ ...everything, smsPerDay: 0 });
    const address = '+33612345678';
    const type = 'mobile_phone';
    expect(await sending.sendTimes(5, () => sending.send({ type, address }))).toEqual(
      Array(5).fill('sender_unavailable'),
    );
    expect(await sending.send({ type, address, channel: 'voice' })).toBe('done');
  });

  test('since the day’s SMS are spent leaves its country the calls', async () => {
    await t.setPolicy({ ...everything, smsPerDay: 1, phoneMessagesPerCountryPerDay: 4 });
    const type = 'mobile_phone';
    const unavailable = Array(4).fill('sender_unavailable');
    expect(await sending.sendTimes(5, () => sending.send({ type }))).toEqual(['done', ...unavailable]);
    expect(await sending.sendTimes(3, () => sending.send({ type, channel: 'voice' }))).toEqual(all(3));
  });
});
