/** The ResetDesk on real stores: what opens which gate, what is refused, and how a reset ends. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accessPassHash, generateAccessPass } from '../../../security-info/access-pass.ts';
import { InvalidInput } from '../../../security-info/errors.ts';
import { resetMinutes } from '../../../security-info/reset-rules.ts';
import { answersTo, everything, register, wrongInsteadOf } from './each-method.ts';
import { otherThan, outcomeOf, password } from './open-desk.ts';
import { address, newPassword, openResetDesk, type TestResetDesk } from './open-reset-desk.ts';

let t: TestResetDesk;
beforeEach(async () => {
  t = await openResetDesk();
});
afterEach(() => t.models.close());

const chosen = { newPassword, repeatPassword: newPassword };

async function problemOf(input: { newPassword: string; repeatPassword: string }): Promise<string> {
  const error: unknown = await t.reset.setPassword(t.browser(), input).catch((refusal) => refusal);
  if (!(error instanceof InvalidInput)) throw new Error('it was not refused');
  return error.message;
}

describe('the gates', () => {
  test('one proof opens the end where the policy asks for one', async () => {
    const visit = t.browser();
    await t.arrive(visit, 'email');
    await t.reset.proveFirst(visit, t.codeTo(address));
    expect(await t.reset.state(visit)).toMatchObject({ kind: 'choose', loginName: 'ada', canUnlock: false });
  });

  test('nothing is done before the first proof', async () => {
    const visit = t.browser();
    const later = [
      () => t.reset.setPassword(visit, chosen),
      () => t.reset.unlock(visit, password),
      () => t.reset.readSecond(visit, 'any'),
      () => t.reset.sendSecond(visit, 'any', null),
      () => t.reset.proveSecond(visit, 'any', '123456'),
    ];
    for (const action of later) expect(await outcomeOf(action())).toBe('nothing_pending');
    expect(await outcomeOf(t.reset.proveFirst(visit, '123456'))).toBe('nothing_pending');
    await t.reset.begin(visit, 'ada');
    for (const action of later) expect(await outcomeOf(action())).toBe('nothing_pending');
    expect(await outcomeOf(t.reset.proveFirst(visit, '123456'))).toBe('nothing_pending');
    expect(await outcomeOf(t.reset.resendFirst(visit, null))).toBe('nothing_pending');
    expect(await outcomeOf(t.reset.chooseFirst(visit, 'mobile_phone', {}))).toBe('method_not_offered');
    expect(await outcomeOf(t.reset.chooseFirst(visit, 'email', { address: 'no address' }))).toBe(
      'invalid_input',
    );
    expect(await outcomeOf(t.reset.begin(visit, '  '))).toBe('invalid_input');
    expect(t.passwords.get('ada')).toBe(password);
  });

  test('a code is for one use, and for the account whose reset sent it', async () => {
    const [visit, second, bobs] = [t.browser(), t.browser('second'), t.browser('bobs')];
    await t.arrive(visit, 'email');
    const code = t.codeTo(address);
    await t.arrive(bobs, 'email', 'bob');
    expect(await outcomeOf(t.reset.proveFirst(bobs, code))).toBe('wrong_code');
    await t.reset.proveFirst(visit, code);
    await t.reset.begin(second, 'ada');
    await t.reset.chooseFirst(second, 'email', { address });
    expect(await outcomeOf(t.reset.proveFirst(second, code))).toBe('wrong_code');
  });

  test('a code of a sign-in resets nothing', async () => {
    const signIn = t.visit('other');
    await t.desk.sendProofCode(signIn, await t.methodId('email'));
    const visit = t.browser();
    await t.reset.begin(visit, 'ada');
    await t.reset.chooseFirst(visit, 'email', { address: 'other@home.example' });
    await t.settled();
    expect(await outcomeOf(t.reset.proveFirst(visit, t.codeTo(address)))).toBe('wrong_code');
  });

  test('a proof in one flow opens no other, and none once a name is typed anew', async () => {
    const [visit, parallel] = [t.browser(), t.browser('parallel')];
    await t.passFirst(visit);
    await t.arrive(parallel);
    expect((await t.reset.state(parallel)).kind).toBe('first_code');
    expect(await outcomeOf(t.reset.setPassword(parallel, chosen))).toBe('nothing_pending');
    await t.reset.begin(visit, 'bob');
    expect((await t.reset.state(visit)).kind).toBe('first_gate');
    expect(await outcomeOf(t.reset.setPassword(visit, chosen))).toBe('nothing_pending');
    expect(t.passwords.get('bob')).toBe(password);
  });

  test(`a proof holds for ${resetMinutes} minutes`, async () => {
    const visit = t.browser();
    await t.passFirst(visit);
    t.models.clock.advance(resetMinutes * 60 - 1);
    expect((await t.reset.state(visit)).kind).toBe('choose');
    t.models.clock.advance(2);
    expect(await outcomeOf(t.reset.setPassword(visit, chosen))).toBe('nothing_pending');
  });

  test('what is wanted anew after its proof opens nothing any more', async () => {
    const visit = t.browser();
    await t.passFirst(visit);
    t.models.clock.advance(1);
    await t.models.records.change('ada', (record) => ({
      next: {
        ...record,
        methods: record.methods.map((method) => ({ ...method, proveAnewAt: t.models.clock.now() })),
      },
      events: [],
      result: undefined,
    }));
    expect(await outcomeOf(t.reset.setPassword(visit, chosen))).toBe('nothing_pending');
  });

  test('a disabled account answers like an unknown one, also in the middle', async () => {
    const visit = t.browser();
    await t.passFirst(visit);
    const account = t.accounts.get('ada');
    if (account) t.accounts.set('ada', { ...account, isDisabled: true });
    expect((await t.reset.state(visit)).kind).not.toBe('choose');
    expect(await outcomeOf(t.reset.setPassword(visit, chosen))).toBe('nothing_pending');
    const sent = t.sent.length;
    await t.arrive(t.browser('later'), 'email');
    expect(t.sent).toHaveLength(sent);
  });
});

describe('the second gate', () => {
  test('takes a method that is independent of the first, and no other', async () => {
    await t.setPolicy({ methodsToReset: 2 });
    const visit = t.browser();
    await t.passFirst(visit);
    expect(await t.reset.state(visit)).toMatchObject({
      kind: 'second_gate',
      choices: [{ type: 'email', maskedAddress: expect.not.stringContaining('ada@') }],
    });
    for (const id of [await t.methodId('authenticator_app'), 'forged']) {
      expect(await outcomeOf(t.reset.sendSecond(visit, id, null))).toBe('method_not_found');
      expect(await outcomeOf(t.reset.proveSecond(visit, id, '123456'))).toBe('method_not_found');
    }
    expect(await outcomeOf(t.reset.setPassword(visit, chosen))).toBe('nothing_pending');
    const id = await t.methodId('email');
    await t.reset.sendSecond(visit, id, null);
    const code = t.codeTo(address);
    expect(await outcomeOf(t.reset.proveSecond(visit, id, otherThan(code)))).toBe('wrong_code');
    await t.reset.proveSecond(visit, id, code);
    expect((await t.reset.state(visit)).kind).toBe('choose');
  });

  test('asks questions that are drawn, and others after a wrong answer', async () => {
    await t.setPolicy({ ...everything, methodsToReset: 2 });
    const owner = t.visit('questions');
    await t.proveEmail(owner);
    const questions = await register(t, owner, 'security_questions');
    t.models.clock.advance(86_401);
    const visit = t.browser();
    await t.passFirst(visit);
    const asked = async () => (await t.reset.readSecond(visit, questions.id)).questions;
    const draws = new Set<string>();
    for (let tries = 0; tries < 6; tries += 1) {
      const drawn = await asked();
      expect(drawn).toHaveLength(3);
      draws.add(drawn.map(({ questionId }) => questionId).join());
      expect(await asked()).toEqual(drawn);
      const wrong = wrongInsteadOf(answersTo(drawn));
      expect(await outcomeOf(t.reset.proveSecond(visit, questions.id, wrong))).toBe('wrong_code');
    }
    expect(draws.size).toBeGreaterThan(1);
    await t.reset.proveSecond(visit, questions.id, answersTo(await asked()));
    expect((await t.reset.state(visit)).kind).toBe('choose');
  });

  test('is there for every admin', async () => {
    const account = t.accounts.get('ada');
    if (account) t.accounts.set('ada', { ...account, isAdmin: true });
    const visit = t.browser();
    await t.passFirst(visit);
    expect((await t.reset.state(visit)).kind).toBe('second_gate');
    expect(await outcomeOf(t.reset.setPassword(visit, chosen))).toBe('nothing_pending');
  });
});

describe('a new password', () => {
  test('is long enough, no name, not common, typed twice alike, and not the one that was there', async () => {
    await t.passFirst(t.browser());
    const refused = async (one: string, other = one) =>
      problemOf({ newPassword: one, repeatPassword: other });
    expect(await refused('')).toBe('newPassword: required');
    expect(await refused('eight ch')).toBe('newPassword: password_too_short');
    expect(await refused('Ada Byron Ada Byron 1')).toBe('newPassword: password_is_name');
    expect(await refused('aaaaaaaaaaaaaaaaaaaa')).toBe('newPassword: password_too_simple');
    expect(await refused(newPassword, `${newPassword}!`)).toBe('repeatPassword: passwords_differ');
    expect(await refused(password)).toBe('newPassword: password_unchanged');
    expect(t.passwords.get('ada')).toBe(password);
  });

  test('uses the proofs up, and ends every session from before', async () => {
    const visit = t.browser();
    await t.passFirst(visit);
    const end = await t.reset.setPassword(visit, chosen);
    expect(t.passwords.get('ada')).toBe(newPassword);
    const { credentialsChangedAt } = await t.read();
    expect(Number(credentialsChangedAt)).toBeGreaterThan(Number(t.models.clock.now()));
    expect(end?.signInFromAt).toEqual(credentialsChangedAt);
    expect(await t.reset.state(visit)).toMatchObject({ kind: 'done', how: 'password' });
    expect(await t.reset.setPassword(visit, { newPassword: 'x', repeatPassword: 'y' })).toBeNull();
    expect(t.passwords.get('ada')).toBe(newPassword);
  });

  test('that is sent twice at once is one change, and told once', async () => {
    const visit = t.browser();
    await t.passFirst(visit);
    const both = [t.reset.setPassword(visit, chosen), t.reset.setPassword(visit, chosen)];
    for (const one of both) expect(await outcomeOf(one)).toBe('done');
    expect((await t.eventTypes()).filter((type) => type === 'password_reset')).toHaveLength(1);
    expect((await t.reset.state(visit)).kind).toBe('done');
  });

  test('that was written by a server which then ended is gone on with by the same form', async () => {
    const visit = t.browser();
    await t.passFirst(visit);
    t.models.clock.advance(1);
    t.passwords.set('ada', newPassword);
    const account = t.accounts.get('ada');
    if (account) t.accounts.set('ada', { ...account, passwordChangedAt: t.models.clock.now() });
    await t.reset.setPassword(visit, chosen);
    expect((await t.reset.state(visit)).kind).toBe('done');
    expect(await t.eventTypes()).toContain('password_reset');
  });
});

describe('only unlocking', () => {
  test('is offered to who is locked out, and delays who guesses by a counter of its own', async () => {
    t.locked.add('ada');
    const visit = t.browser();
    await t.passFirst(visit);
    expect(await t.reset.state(visit)).toMatchObject({ kind: 'choose', canUnlock: true });
    for (let tries = 0; tries < 10; tries += 1) {
      expect(await outcomeOf(t.reset.unlock(visit, `wrong ${tries}`))).toBe('wrong_credentials');
    }
    expect(await outcomeOf(t.reset.unlock(visit, password))).toBe('sign_in_delayed');
    expect(t.locked.has('ada')).toBe(true);
    t.models.clock.advance(61);
    await t.reset.unlock(visit, password);
    expect(t.locked.has('ada')).toBe(false);
    expect(await t.reset.state(visit)).toMatchObject({ kind: 'done', how: 'unlocked' });
    expect(t.passwords.get('ada')).toBe(password);
  });

  test('is refused where the policy wants a new password', async () => {
    await t.setPolicy({ unlockWithoutReset: false });
    t.locked.add('ada');
    const visit = t.browser();
    await t.passFirst(visit);
    expect(await t.reset.state(visit)).toMatchObject({ canUnlock: false });
    expect(await outcomeOf(t.reset.unlock(visit, password))).toBe('nothing_pending');
    expect(t.locked.has('ada')).toBe(true);
  });
});

test('an access pass opens one reset, and stays good for its one registration', async () => {
  const pass = generateAccessPass();
  const now = t.models.clock.now();
  const passHash = accessPassHash(t.models.keys, pass) ?? '';
  const expiresAt = new Date(now.getTime() + 3_600_000);
  const accessPass = { passHash, issuedAt: now, expiresAt, usedByFlowId: null };
  await t.models.records.change('ada', (record) => ({
    next: { ...record, accessPass },
    events: [],
    result: undefined,
  }));
  const [visit, other] = [t.browser(), t.browser('other')];
  for (const one of [visit, other]) await t.reset.begin(one, 'ada');
  expect(await outcomeOf(t.reset.useAccessPass(visit, 'AAAA-AAAA-AAAA-AAAA-AAAA'))).toBe('wrong_code');
  await t.reset.useAccessPass(visit, pass.toLowerCase());
  await t.reset.useAccessPass(visit, pass);
  expect(await outcomeOf(t.reset.useAccessPass(other, pass))).toBe('wrong_code');
  expect((await t.reset.state(visit)).kind).toBe('choose');
  await t.reset.setPassword(visit, chosen);
  expect((await t.read()).accessPass).toMatchObject({ usedByFlowId: null });
  t.models.clock.advance(3_600);
  await t.reset.begin(other, 'ada');
  expect(await outcomeOf(t.reset.useAccessPass(other, pass))).toBe('wrong_code');
});
