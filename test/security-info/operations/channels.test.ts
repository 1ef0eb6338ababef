/** How a code goes out on real stores: by the way that was chosen, once for each time, and what is left where it did not. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SenderUnavailable } from '../../../security-info/errors.ts';
import { addressOf, begin, everything, fillIn, proofsOf, register, sentCode, wentTo } from './each-method.ts';
import { openDesk, outcomeOf, type TestDesk, tally } from './open-desk.ts';

let t: TestDesk;
beforeEach(async () => {
  t = await openDesk();
  await t.setPolicy(everything);
});
afterEach(() => t.models.close());

const number = addressOf('mobile_phone');

/** Something that can be waited for, and when it has happened. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

function setDown(isDown: boolean): void {
  t.mail.isDown = isDown;
  t.gateway.isDown = isDown;
}

describe.each(['mobile_phone', 'alternate_phone'] as const)('a code to the %s', (type) => {
  test('stays the same when a call is chosen after an SMS, and amr says how it went out last', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, type);
    const first = begun.right();
    const after = await t.desk.resendDraftCode(visit, type, begun.draft.id, 'voice');
    expect(after.channel).toBe('voice');
    expect(begun.right()).toBe(first);
    expect(wentTo(t, addressOf(type))).toEqual(['sms', 'voice']);
    await begun.finish();
    expect(await proofsOf(t, visit)).toMatchObject([{ amr: 'tel' }]);
  });

  test('to prove it stays the same too, in whatever sign-in the call is chosen', async () => {
    const method = await register(t, t.visit('first'), type);
    t.models.clock.advance(3_600);
    await t.desk.sendProofCode(t.visit('one'), method.id, 'sms');
    const code = t.codeTo(addressOf(type) ?? '');
    const view = await t.desk.sendProofCode(t.visit('two'), method.id, 'voice');
    expect(view).toMatchObject({ channel: 'voice', channels: ['sms', 'voice'] });
    expect(t.codeTo(addressOf(type) ?? '')).toBe(code);
    await t.desk.prove(t.visit('one'), method.id, code);
    expect(await proofsOf(t, t.visit('one'))).toMatchObject([{ amr: 'tel' }]);
  });

  test('is shown as gone out by the way that was chosen last, on the page that is opened next', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, type);
    await t.desk.resendDraftCode(visit, type, begun.draft.id, 'voice');
    expect((await t.desk.readDraft(visit, type)).channel).toBe('voice');
  });

  test('goes the way that it went last, where it is sent again without a choice', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, type);
    await t.desk.resendDraftCode(visit, type, begun.draft.id, 'voice');
    await t.desk.resendDraftCode(visit, type, begun.draft.id);
    expect(wentTo(t, addressOf(type))).toEqual(['sms', 'voice', 'voice']);
  });

  test('goes by none but the ways that the policy allows', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, type);
    await t.setPolicy({ ...everything, phoneChannels: ['voice'] });
    for (const channel of ['sms', 'mail', 'toString', null]) {
      await t.desk.resendDraftCode(visit, type, begun.draft.id, channel);
    }
    expect(wentTo(t, addressOf(type))).toEqual(['sms', 'voice', 'voice', 'voice', 'voice']);
    expect(t.sent).toEqual([]);
  });
});

test('a code goes to no country that the policy has left out since, registered or filled in', async () => {
  const mobile = await register(t, t.visit('first'), 'mobile_phone');
  const office = await fillIn(t, 'office_phone');
  await t.setPolicy({ ...everything, phoneCountries: ['AU'] });
  for (const { id } of [mobile, office]) {
    expect(await outcomeOf(t.desk.sendProofCode(t.visit(), id))).toBe('destination_not_allowed');
  }
  expect(t.toPhones).toHaveLength(1);
});

describe('a message', () => {
  test.each(sentCode)('to %s is handed over once, and not again where that failed', async (type) => {
    const method = await register(t, t.visit('first'), type);
    t.models.clock.advance(3_600);
    let times = 0;
    t.gateway.answer = async () => {
      times += 1;
      throw new SenderUnavailable();
    };
    if (type === 'email') t.mail.isDown = true;
    const before = wentTo(t, addressOf(type));
    expect(await outcomeOf(t.desk.sendProofCode(t.visit(), method.id))).toBe('sender_unavailable');
    expect(times).toBe(type === 'email' ? 0 : 1);
    expect(wentTo(t, addressOf(type))).toEqual(before);
  });

  test('of two clicks at once on “send” is one for each, and both have the same code', async () => {
    const method = await register(t, t.visit('first'), 'mobile_phone');
    t.models.clock.advance(3_600);
    expect(await tally(2, () => t.desk.sendProofCode(t.visit(), method.id))).toEqual({ done: 2 });
    const [one, two] = t.toPhones.slice(-2).map(({ message }) => message.kind === 'code' && message.code);
    expect(one).toBe(two);
    expect((await t.read()).challenges).toMatchObject([{ sends: 2 }]);
  });
});

describe('with the gateway down', () => {
  test.each(sentCode)(
    'no code that never went out to %s is waited for, and the next one is right',
    async (type) => {
      const method = await register(t, t.visit('first'), type);
      t.models.clock.advance(3_600);
      setDown(true);
      const visit = t.visit('now');
      expect(await outcomeOf(t.desk.sendProofCode(visit, method.id))).toBe('sender_unavailable');
      expect((await t.read()).challenges).toEqual([]);
      expect((await t.desk.readProof(visit, method.id)).isSent).toBe(false);
      setDown(false);
      await method.prove(visit);
      expect(await t.eventTypes()).toContain('code_not_sent');
    },
  );

  test('a draft stays, and its code can be sent by another way or later', async () => {
    const visit = t.visit();
    setDown(true);
    expect(await outcomeOf(begin(t, visit, 'mobile_phone'))).toBe('sender_unavailable');
    expect((await t.read()).challenges).toEqual([]);
    setDown(false);
    const { id } = await t.desk.readDraft(visit, 'mobile_phone');
    await t.desk.resendDraftCode(visit, 'mobile_phone', id, 'voice');
    await t.desk.finishRegistration(visit, 'mobile_phone', id, t.codeTo(number ?? ''));
    expect(wentTo(t, number)).toEqual(['voice']);
    expect((await t.read()).methods).toHaveLength(1);
  });

  test('a code that has arrived stays right, however often sending it again fails', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, 'mobile_phone');
    setDown(true);
    const resend = () => t.desk.resendDraftCode(visit, 'mobile_phone', begun.draft.id);
    expect(await tally(2, resend)).toEqual({ sender_unavailable: 2 });
    expect(await outcomeOf(begun.finish())).toBe('done');
  });

  test('a code that came by SMS is not said to have come by the call that failed', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, 'mobile_phone');
    setDown(true);
    const call = t.desk.resendDraftCode(visit, 'mobile_phone', begun.draft.id, 'voice');
    expect(await outcomeOf(call)).toBe('sender_unavailable');
    await begun.finish();
    expect(await proofsOf(t, visit)).toMatchObject([{ amr: 'sms' }]);
  });

  test('a code that is about to expire is not lost to a new one that never went out', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, 'mobile_phone');
    // Less than two minutes are left: what is sent now is a new code.
    t.models.clock.advance(200);
    setDown(true);
    const resend = t.desk.resendDraftCode(visit, 'mobile_phone', begun.draft.id);
    expect(await outcomeOf(resend)).toBe('sender_unavailable');
    expect(await outcomeOf(begun.finish())).toBe('done');
  });

  test('of two clicks at once, the first of which fails, the code that arrived is right', async () => {
    const method = await register(t, t.visit('first'), 'mobile_phone');
    t.models.clock.advance(3_600);
    const second = gate();
    let times = 0;
    t.gateway.answer = async () => {
      times += 1;
      if (times > 1) return second.open();
      await second.opened;
      throw new SenderUnavailable();
    };
    const visit = t.visit('now');
    const outcomes = await tally(2, () => t.desk.sendProofCode(visit, method.id));
    expect(outcomes).toEqual({ done: 1, sender_unavailable: 1 });
    expect(await outcomeOf(t.desk.prove(visit, method.id, t.codeTo(number ?? '')))).toBe('done');
  });

  /** Lets two messages come, and then refuses both. */
  function refuseTwo(): void {
    const second = gate();
    let times = 0;
    t.gateway.answer = async () => {
      times += 1;
      if (times > 1) second.open();
      await second.opened;
      throw new SenderUnavailable();
    };
  }

  test('a code that came by SMS is not said to have come by two calls at once that both failed', async () => {
    const visit = t.visit();
    const begun = await begin(t, visit, 'mobile_phone');
    refuseTwo();
    const call = () => t.desk.resendDraftCode(visit, 'mobile_phone', begun.draft.id, 'voice');
    expect(await tally(2, call)).toEqual({ sender_unavailable: 2 });
    await begun.finish();
    expect(await proofsOf(t, visit)).toMatchObject([{ amr: 'sms' }]);
  });

  test('of two clicks at once, both of which fail, no code is waited for', async () => {
    const method = await register(t, t.visit('first'), 'mobile_phone');
    t.models.clock.advance(3_600);
    refuseTwo();
    const visit = t.visit('now');
    const outcomes = await tally(2, () => t.desk.sendProofCode(visit, method.id));
    expect(outcomes).toEqual({ sender_unavailable: 2 });
    expect((await t.read()).challenges).toEqual([]);
  });
});

describe('two clicks on two nodes', () => {
  test.each(['mobile_phone', 'authenticator_app'] as const)(
    'that end in another order than they began are one first registration of %s, with what it proved',
    async (type) => {
      const visit = t.visit();
      const begun = await begin(t, visit, type);
      const given = begun.right();
      const reached = gate();
      const ended = gate();
      const node = t.models.anotherNode();
      const slow = t.deskWith({
        ...node,
        flows: {
          ...node.flows,
          change: async (...change) => {
            reached.open();
            await ended.opened;
            return node.flows.change(...change);
          },
        },
      });
      const first = slow.finishRegistration(visit, type, begun.draft.id, given);
      await reached.opened;
      await begun.finish(given);
      ended.open();
      await first;
      const amr = type === 'mobile_phone' ? 'sms' : 'otp';
      expect(await proofsOf(t, visit)).toMatchObject([{ amr, ofFirstRegistration: true }]);
    },
  );
});
