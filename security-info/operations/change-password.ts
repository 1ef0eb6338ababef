/** A new password from the user's own page: by the old one, or by a proof of a method made in this sign-in. */
import { eventOf, everyKnownAddress, ownMailbox } from '../act.ts';
import { InvalidInput, SignInDelayed } from '../errors.ts';
import { newPasswordProblems } from '../new-password.ts';
import type { OwnDesk } from '../own-desk.ts';
import { provesForPassword } from '../permission.ts';
import { keepThrottleSeconds, passwordThrottleKey, takePasswordTry } from '../throttles.ts';
import { changeCredentials } from '../transitions/change-credentials.ts';
import { type DeskParts, type Situation, situationOf } from './situation.ts';

/** Longer than any password that was ever taken. */
const longestPassword = 1_024;

/** The part of the OwnDesk that changes the password. */
export function createPasswordChange(parts: DeskParts): Pick<OwnDesk, 'isPasswordProved' | 'changePassword'> {
  const { ports } = parts;
  const { directory, records, throttles, clock, eventLog, keys } = ports;

  /** Counted before the password is looked at; a right one empties the counter. */
  async function checkCurrentPassword({ act }: Situation, password: string): Promise<void> {
    const wrong = (code: string): InvalidInput => new InvalidInput([{ field: 'currentPassword', code }]);
    if (password === '' || password.length > longestPassword)
      throw wrong(password === '' ? 'required' : 'wrong_password');
    const key = passwordThrottleKey(act.account.loginName, 'signed_in');
    const detail = { result: 'failure', reason: 'password' } as const;
    try {
      await throttles.change(key, keepThrottleSeconds, takePasswordTry(act.now));
    } catch (error) {
      if (!(error instanceof SignInDelayed)) throw error;
      // Its id is the delay's: however often the door is tried meanwhile, its owner is told once.
      const id = keys.hash(`${key}:${String(error.values['until'])}`, 'event-id');
      const event = eventOf(act, 'sign_in_delayed', { ...detail, tell: ownMailbox(act.account), id });
      await eventLog.insert([event]);
      throw error;
    }
    if (!(await directory.checkPassword(act.account, password))) {
      await eventLog.insert([eventOf(act, 'proof_refused', detail)]);
      throw wrong('wrong_password');
    }
    await throttles.reset(key);
  }

  return {
    async isPasswordProved(visit) {
      const { act, flow } = await situationOf(parts, visit);
      return provesForPassword(await records.read(visit.account.id), flow, act.now);
    },

    async changePassword(visit, { currentPassword, newPassword, repeatPassword }) {
      const situation = await situationOf(parts, visit);
      const { act, flow } = situation;
      const { account } = visit;
      if (!provesForPassword(await records.read(account.id), flow, act.now))
        await checkCurrentPassword(situation, currentPassword);
      const problems = await newPasswordProblems(
        { directory, serviceName: parts.serviceName, account },
        { newPassword, repeatPassword },
      );
      if (problems.length > 0) throw new InvalidInput(problems);
      // Before, so that nothing old is accepted however the write ends; after, for what began while it lasted.
      await records.change(account.id, changeCredentials(clock.now(), []));
      await directory.setPassword(account.id, newPassword, { mustChange: false });
      const signedInAt = await records.change(account.id, (record) => {
        const changed = eventOf(act, 'password_changed', { tell: everyKnownAddress(act, record) });
        return changeCredentials(clock.now(), [changed])(record);
      });
      parts.published(account.id);
      return { signedInAt, account: (await directory.findById(account.id)) ?? account };
    },
  };
}
