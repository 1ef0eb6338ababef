/** Registering on real stores, from the first form to Finish: twice, at once, in two tabs, with the sender down. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDesk, otherThan, outcomeOf, secretOf, type TestDesk, tally } from './open-desk.ts';

const address = 'ada@home.example';
let t: TestDesk;
beforeEach(async () => {
  t = await openDesk();
});
afterEach(() => t.models.close());

test('two methods are registered, and Finish says what was proved and when the next time is', async () => {
  const visit = t.visit();
  expect(await t.desk.overview(visit)).toMatchObject({
    status: { kind: 'registration_required' },
    required: 2,
    missing: 2,
    canFinish: false,
    proofNeeded: false,
  });
  await t.registerEmail(visit);
  expect(await t.desk.overview(visit)).toMatchObject({ missing: 1, canFinish: false, proofNeeded: false });
  expect(await outcomeOf(t.desk.finish(visit))).toBe('not_finished');
  await t.registerApp(visit);
  const overview = await t.desk.overview(visit);
  expect(overview).toMatchObject({ missing: 0, canFinish: true });
  expect(overview.methods.map(({ maskedAddress }) => maskedAddress)).toEqual(['a•••@home.example', null]);
  expect(overview.methods.every(({ coolingOffUntilAt }) => coolingOffUntilAt === null)).toBe(true);
  const { provedAmr, nextDueAt } = await t.desk.finish(visit);
  expect([...provedAmr].sort()).toEqual(['mfa', 'otp']);
  expect(nextDueAt).toEqual(new Date(t.models.clock.now().getTime() + 180 * 86_400_000));
  await t.desk.finish(visit);
  expect(await t.eventTypes()).toEqual([
    'code_sent',
    'method_registered',
    'method_registered',
    'registration_finished',
  ]);
});

test('nothing that is stored has an address, a secret or a code in clear', async () => {
  const visit = t.visit();
  await t.registerEmail(visit);
  const draft = await t.desk.beginRegistration(visit, 'authenticator_app', {}, null);
  await t.desk.sendProofCode(visit, await t.methodId('email'));
  const dump = await t.models.dump();
  for (const value of ['home.example', secretOf(draft), t.codeTo(address)]) expect(dump).not.toContain(value);
});

describe('a double click', () => {
  test('on the code of an address is one method, and both succeed', async () => {
    const visit = t.visit();
    const draft = await t.desk.beginRegistration(visit, 'email', { address }, null);
    const code = t.codeTo(address);
    const finish = () => t.desk.finishRegistration(visit, 'email', draft.id, code);
    expect(await tally(2, finish)).toEqual({ done: 2 });
    expect(await outcomeOf(finish())).toBe('done');
    const { methods, wrongProofs } = await t.read();
    expect(methods).toHaveLength(1);
    expect(wrongProofs.signed_in).toEqual([]);
    expect((await t.models.flows.read(visit.flowKey))?.proofs).toHaveLength(1);
  });

  test('on the code of an app is one method, and both succeed', async () => {
    const visit = t.visit();
    const draft = await t.desk.beginRegistration(visit, 'authenticator_app', { name: 'Phone' }, null);
    const code = t.appCode(secretOf(draft));
    expect(
      await tally(2, () => t.desk.finishRegistration(visit, 'authenticator_app', draft.id, code)),
    ).toEqual({ done: 2 });
    expect((await t.read()).methods).toMatchObject([{ name: 'Phone' }]);
  });
});

describe('codes', () => {
  test('fifty guesses at once are at most five tries on a challenge and ten wrong proofs', async () => {
    const visit = t.visit();
    const draft = await t.desk.beginRegistration(visit, 'email', { address }, null);
    const code = t.codeTo(address);
    const wrong = otherThan(code);
    expect(await tally(50, () => t.desk.finishRegistration(visit, 'email', draft.id, wrong))).toEqual({
      wrong_code: 10,
      too_many_wrong_proofs: 40,
    });
    const record = await t.read();
    expect(record.challenges).toMatchObject([{ tries: 5 }]);
    expect(record.wrongProofs.signed_in).toHaveLength(10);
    expect(await outcomeOf(t.desk.finishRegistration(visit, 'email', draft.id, code))).toBe(
      'too_many_wrong_proofs',
    );
    expect((await t.desk.overview(visit)).closedUntilAt).toEqual(
      new Date(t.models.clock.now().getTime() + 86_400_000),
    );
  });

  test('the right one after five wrong ones is as wrong as they were; a new one is right', async () => {
    const visit = t.visit();
    const draft = await t.desk.beginRegistration(visit, 'email', { address }, null);
    const first = t.codeTo(address);
    for (let index = 0; index < 5; index += 1) {
      await outcomeOf(t.desk.finishRegistration(visit, 'email', draft.id, otherThan(first)));
    }
    expect(await outcomeOf(t.desk.finishRegistration(visit, 'email', draft.id, first))).toBe('wrong_code');
    await t.desk.resendDraftCode(visit, 'email', draft.id);
    expect(t.codeTo(address)).not.toBe(first);
    expect(await outcomeOf(t.desk.finishRegistration(visit, 'email', draft.id, t.codeTo(address)))).toBe(
      'done',
    );
  });

  test('an expired one is wrong, and sending again helps', async () => {
    const visit = t.visit();
    const draft = await t.desk.beginRegistration(visit, 'email', { address }, null);
    t.models.clock.advance(300);
    const finish = () => t.desk.finishRegistration(visit, 'email', draft.id, t.codeTo(address));
    expect(await outcomeOf(finish())).toBe('wrong_code');
    await t.desk.resendDraftCode(visit, 'email', draft.id);
    expect(await outcomeOf(finish())).toBe('done');
  });

  test('sent again within three minutes is the same one', async () => {
    const visit = t.visit();
    const draft = await t.desk.beginRegistration(visit, 'email', { address }, null);
    const first = t.codeTo(address);
    t.models.clock.advance(170);
    await t.desk.resendDraftCode(visit, 'email', draft.id);
    expect(t.codeTo(address)).toBe(first);
    expect(t.sent).toHaveLength(2);
  });

  test('go to one mailbox five times in an hour, whatever tag it is given', async () => {
    const visit = t.visit();
    const send = (index: number) =>
      t.desk.beginRegistration(visit, 'email', { address: `ada+${index}@home.example` }, null);
    expect(await tally(8, send)).toEqual({ done: 5, too_many_sends: 3 });
    expect(t.sent).toHaveLength(5);
    t.models.clock.advance(3_600);
    expect(await outcomeOf(send(9))).toBe('done');
    expect(await outcomeOf(t.registerApp(visit))).toBe('done');
  });

  test('go out for one account ten times in an hour, whatever the mailboxes', async () => {
    const send = (index: number) =>
      t.desk.beginRegistration(
        t.visit(`sign-in ${index}`),
        'email',
        { address: `x${index}@home.example` },
        null,
      );
    expect(await tally(14, send)).toEqual({ done: 10, too_many_sends: 4 });
  });
});

describe('with the sender down', () => {
  test('the draft stays, another method can be set up, and the code can be sent later', async () => {
    const visit = t.visit();
    t.mail.isDown = true;
    expect(await outcomeOf(t.desk.beginRegistration(visit, 'email', { address }, null))).toBe(
      'sender_unavailable',
    );
    await t.registerApp(visit);
    const draft = await t.desk.readDraft(visit, 'email');
    expect(await outcomeOf(t.desk.resendDraftCode(visit, 'email', draft.id))).toBe('sender_unavailable');
    t.mail.isDown = false;
    await t.desk.resendDraftCode(visit, 'email', draft.id);
    await t.desk.finishRegistration(visit, 'email', draft.id, t.codeTo(address));
    expect((await t.desk.overview(visit)).canFinish).toBe(true);
    expect(await t.eventTypes()).toContain('code_not_sent');
  });
});

describe('in two tabs', () => {
  test('each draft is proved by its own code', async () => {
    const visit = t.visit();
    const one = await t.desk.beginRegistration(visit, 'email', { address: 'one@home.example' }, null);
    t.models.clock.advance(1);
    const two = await t.desk.beginRegistration(visit, 'email', { address: 'two@home.example' }, null);
    expect((await t.desk.readDraft(visit, 'email')).id).toBe(two.id);
    const finish = (id: string, to: string) => t.desk.finishRegistration(visit, 'email', id, t.codeTo(to));
    expect(await outcomeOf(finish(one.id, 'two@home.example'))).toBe('wrong_code');
    expect(await outcomeOf(finish(one.id, 'one@home.example'))).toBe('done');
    expect(await outcomeOf(finish(two.id, 'two@home.example'))).toBe('method_limit_reached');
    expect((await t.desk.overview(visit)).methods.map(({ maskedAddress }) => maskedAddress)).toEqual([
      'o•••@home.example',
    ]);
  });

  test('a draft of another sign-in or another account is not there', async () => {
    const draft = await t.desk.beginRegistration(t.visit(), 'email', { address }, null);
    const code = t.codeTo(address);
    const finish = (signIn: string, accountId: string) =>
      outcomeOf(t.desk.finishRegistration(t.visit(signIn, accountId), 'email', draft.id, code));
    expect(await finish('other', 'ada')).toBe('nothing_pending');
    expect(await finish('sign-in', 'bob')).toBe('nothing_pending');
    expect(await outcomeOf(t.desk.resendDraftCode(t.visit('other'), 'email', draft.id))).toBe(
      'nothing_pending',
    );
    expect(await outcomeOf(t.desk.readDraft(t.visit('sign-in', 'bob'), 'email'))).toBe('nothing_pending');
  });

  test('a forgotten draft is gone, one of another type stays', async () => {
    const visit = t.visit();
    await t.desk.beginRegistration(visit, 'email', { address }, null);
    await t.desk.beginRegistration(visit, 'authenticator_app', {}, null);
    await t.desk.abandonRegistration(visit, 'email');
    expect(await outcomeOf(t.desk.readDraft(visit, 'email'))).toBe('nothing_pending');
    expect(await outcomeOf(t.desk.readDraft(visit, 'authenticator_app'))).toBe('done');
  });
});

test('a type that the policy does not offer cannot be registered, nor what is begun be finished', async () => {
  const visit = t.visit();
  const draft = await t.desk.beginRegistration(visit, 'authenticator_app', {}, null);
  await t.setPolicy({ methods: ['email'], methodsToRegister: 1 });
  expect(await outcomeOf(t.desk.beginRegistration(visit, 'authenticator_app', {}, null))).toBe(
    'method_not_offered',
  );
  const code = t.appCode(secretOf(draft));
  expect(await outcomeOf(t.desk.finishRegistration(visit, 'authenticator_app', draft.id, code))).toBe(
    'method_not_offered',
  );
});

test('leaving forgets the drafts and is written down once', async () => {
  const visit = t.visit();
  await t.desk.beginRegistration(visit, 'authenticator_app', {}, null);
  await t.desk.cancel(visit);
  expect(await outcomeOf(t.desk.readDraft(visit, 'authenticator_app'))).toBe('nothing_pending');
  expect(await t.eventTypes()).toEqual(['registration_cancelled']);
});
