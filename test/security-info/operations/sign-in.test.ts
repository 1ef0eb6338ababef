/** Name and password on real stores: what a stranger learns, how guessing is delayed, how a one-time password ends. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDesk, outcomeOf, password, type TestDesk, tally } from './open-desk.ts';

const asker = { callerAddress: '192.0.2.1', clientId: 'app', locale: 'en' };
let t: TestDesk;
beforeEach(async () => {
  t = await openDesk();
});
afterEach(() => t.models.close());

function signIn(loginName: string, typed: string, isKnown = false) {
  return t.signInDesk.signIn({ loginName, password: typed }, asker, () => isKnown);
}

describe('signing in', () => {
  test('is told alike for an unknown name, a wrong password and a disabled account', async () => {
    const ada = t.accounts.get('ada');
    if (ada) t.accounts.set('eve', { ...ada, id: 'eve', loginName: 'eve', isDisabled: true });
    t.passwords.set('eve', password);
    const refusals = await Promise.all(
      [signIn('nobody', 'wrong'), signIn('ada', 'wrong'), signIn('eve', password)].map((tried) =>
        tried.catch((error: unknown) => error),
      ),
    );
    for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
    expect(await outcomeOf(signIn('nobody', 'wrong'))).toBe('wrong_credentials');
  });

  test.each(['ada', 'nobody'])(
    'fifty guesses at once at %s are ten, and then a minute’s delay',
    async (name) => {
      expect(await tally(50, (index) => signIn(name, `guess ${index}`))).toEqual({
        wrong_credentials: 10,
        sign_in_delayed: 40,
      });
      t.models.clock.advance(59);
      expect(await outcomeOf(signIn(name, password))).toBe('sign_in_delayed');
      t.models.clock.advance(1);
      expect(await tally(5, () => signIn(name, 'guess'))).toEqual({
        wrong_credentials: 1,
        sign_in_delayed: 4,
      });
      t.models.clock.advance(60);
      expect(await outcomeOf(signIn(name, password))).toBe('sign_in_delayed');
    },
  );

  test('from a known browser is not delayed by strangers, who are not freed by it', async () => {
    await tally(20, () => signIn('ada', 'guess'));
    expect(await outcomeOf(signIn('ada', password, true))).toBe('done');
    expect(await outcomeOf(signIn('ada', password))).toBe('sign_in_delayed');
    await tally(20, () => signIn('ada', 'guess', true));
    expect(await outcomeOf(signIn('ada', password, true))).toBe('sign_in_delayed');
  });

  test('with the right password begins the count anew', async () => {
    await tally(9, () => signIn('ada', 'guess'));
    expect(await outcomeOf(signIn('ada', password))).toBe('done');
    expect(await tally(9, () => signIn('ada', 'guess'))).toEqual({ wrong_credentials: 9 });
  });

  test('counts every spelling of a name as one', async () => {
    const spellings = ['ADA', ' ada', 'Ada '];
    expect(await tally(30, (index) => signIn(spellings[index % 3] ?? '', 'guess'))).toEqual({
      wrong_credentials: 10,
      sign_in_delayed: 20,
    });
  });

  test('is written down, without the name that was typed', async () => {
    await outcomeOf(signIn('my password by mistake', 'x'));
    await outcomeOf(signIn('ada', 'wrong'));
    await signIn('ada', password);
    expect(await t.eventTypes()).toEqual(['sign_in_refused', 'sign_in_refused', 'signed_in']);
    expect(await t.models.dump()).not.toContain('my password');
  });
});

describe('a one-time password', () => {
  const chosen = { newPassword: 'a sentence of my own', repeatPassword: 'a sentence of my own' };

  function setOneTimePassword(typed: string): void {
    const ada = t.accounts.get('ada');
    if (!ada) throw new Error('ada is gone');
    t.passwords.set('ada', typed);
    t.accounts.set('ada', { ...ada, mustChangePassword: true, passwordChangedAt: t.models.clock.now() });
  }

  async function remember(signedInAs: string): Promise<void> {
    await signIn('ada', t.passwords.get('ada') ?? '');
    await t.signInDesk.rememberOneTimePassword(t.visit(signedInAs));
  }

  beforeEach(() => setOneTimePassword('one-time password'));
  const change = (input = chosen, signedInAs = 'sign-in') =>
    t.signInDesk.changeOneTimePassword(t.visit(signedInAs), input);

  test('is replaced, and sessions from before are refused from the next whole second on', async () => {
    await remember('sign-in');
    const { signedInAt } = await change();
    expect(signedInAt).toEqual(new Date(t.models.clock.now().getTime() + 1_000));
    expect((await t.read()).credentialsChangedAt).toEqual(signedInAt);
    expect(t.passwords.get('ada')).toBe(chosen.newPassword);
    expect(t.accounts.get('ada')?.mustChangePassword).toBe(false);
    expect(await t.eventTypes()).toContain('password_changed');
  });

  test('takes the right one in this very sign-in', async () => {
    expect(await outcomeOf(change())).toBe('nothing_pending');
    await remember('other');
    expect(await outcomeOf(change())).toBe('nothing_pending');
    expect(t.passwords.get('ada')).toBe('one-time password');
  });

  test.each([
    ['newPassword: password_too_short', { newPassword: 'short', repeatPassword: 'short' }],
    ['repeatPassword: passwords_differ', { ...chosen, repeatPassword: 'another sentence' }],
    [
      'newPassword: password_unchanged',
      { newPassword: 'one-time password', repeatPassword: 'one-time password' },
    ],
  ])('refuses a new one by its rules, and lets try again: %s', async (problem, input) => {
    await remember('sign-in');
    await expect(change(input)).rejects.toThrow(problem);
    expect(await outcomeOf(change())).toBe('done');
  });

  test('is for one use: a second form changes nothing', async () => {
    await remember('sign-in');
    await change();
    const other = { newPassword: 'the thief’s own sentence', repeatPassword: 'the thief’s own sentence' };
    expect(await outcomeOf(change(other))).toBe('nothing_pending');
    expect(t.passwords.get('ada')).toBe(chosen.newPassword);
  });

  test('that somebody else has used up meanwhile is worth nothing', async () => {
    await remember('owner');
    await remember('thief');
    await change(chosen, 'owner');
    expect(await outcomeOf(change(chosen, 'thief'))).toBe('nothing_pending');
  });

  test('that an admin has replaced meanwhile is worth nothing', async () => {
    await remember('thief');
    t.models.clock.advance(60);
    setOneTimePassword('another one-time password');
    expect(await outcomeOf(change(chosen, 'thief'))).toBe('nothing_pending');
    expect(t.passwords.get('ada')).toBe('another one-time password');
  });

  test('of an account that was disabled meanwhile is worth nothing', async () => {
    await remember('thief');
    const ada = t.accounts.get('ada');
    if (ada) t.accounts.set('ada', { ...ada, isDisabled: true });
    expect(await outcomeOf(t.signInDesk.changeOneTimePassword(t.visit('thief'), chosen))).toBe(
      'nothing_pending',
    );
  });
});
