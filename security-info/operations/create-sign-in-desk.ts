/** What happens at the sign-in page: a name and a password, and the change of one that was for one use. */
import { randomUUID } from 'node:crypto';
import { eventOf, ownMailbox } from '../act.ts';
import type { SignInDesk } from '../desk.ts';
import { InvalidInput, NothingPending, SignInDelayed, WrongCredentials } from '../errors.ts';
import type { DomainEvent } from '../events.ts';
import { newPasswordProblems } from '../new-password.ts';
import type { Account, Asker, Ports } from '../ports.ts';
import { keepThrottleSeconds, passwordThrottleKey, takePasswordTry } from '../throttles.ts';
import { changeCredentials } from '../transitions/change-credentials.ts';
import { changeFlow, type DeskOptions, type DeskParts, situationOf } from './situation.ts';

/** Makes the SignInDesk. */
export function createSignInDesk(ports: Ports, options: DeskOptions): SignInDesk {
  const parts: DeskParts = { ...options, ports };
  const { directory, throttles, eventLog, clock } = ports;

  return {
    async signIn({ loginName, password }, asker, isKnownBrowser) {
      const account = await directory.findByLoginName(loginName);
      const caller = account !== undefined && isKnownBrowser(account) ? 'known_browser' : 'stranger';
      const key = passwordThrottleKey(account?.loginName ?? loginName, caller);
      // Taken before the password is looked at: fifty guesses at once are fifty tries.
      try {
        await throttles.change(key, keepThrottleSeconds, takePasswordTry(clock.now()), {
          mayBeFresh: true,
        });
      } catch (error) {
        if (error instanceof SignInDelayed) {
          await eventLog.insert([signInEvent(ports, account, asker, 'sign_in_delayed')]);
        }
        throw error;
      }
      if (!(await directory.checkPassword(account, password)) || account === undefined) {
        await eventLog.insert([signInEvent(ports, account, asker, 'sign_in_refused')]);
        throw new WrongCredentials();
      }
      await Promise.all([
        throttles.reset(key),
        eventLog.insert([signInEvent(ports, account, asker, 'signed_in')]),
      ]);
      return account;
    },

    async rememberOneTimePassword(visit) {
      await changeFlow(parts, visit, (flow) => ({
        ...flow,
        oneTimePasswordSetAt: passwordSetAt(visit.account),
      }));
    },

    async changeOneTimePassword(visit, { newPassword, repeatPassword }) {
      const { act, flow } = await situationOf(parts, visit);
      const account = await directory.findById(visit.account.id);
      if (account === undefined || account.isDisabled || !account.mustChangePassword)
        throw new NothingPending();
      // An admin may have set another one since: then this one's owner may be whom that was to shut out.
      if (flow.oneTimePasswordSetAt?.getTime() !== passwordSetAt(account).getTime())
        throw new NothingPending();
      const problems = await newPasswordProblems(
        { directory, serviceName: parts.serviceName, account },
        { newPassword, repeatPassword },
      );
      if (problems.length > 0) throw new InvalidInput(problems);
      const raise = () => ports.records.change(account.id, changeCredentials(clock.now(), []));
      // Before, so that nothing old is accepted however the write ends; after, for what began while it lasted.
      await raise();
      await directory.setPassword(account.id, newPassword, { mustChange: false });
      const changed = eventOf(act, 'password_changed', { tell: ownMailbox(account) });
      const signedInAt = await ports.records.change(account.id, changeCredentials(clock.now(), [changed]));
      parts.published(account.id);
      await changeFlow(parts, visit, (current) => ({ ...current, oneTimePasswordSetAt: null }));
      return { signedInAt };
    },
  };
}

function passwordSetAt(account: Account): Date {
  return account.passwordChangedAt ?? new Date(0);
}

/** Without the name that was typed: people type passwords into the wrong field. */
function signInEvent(
  { clock }: Ports,
  account: Account | undefined,
  asker: Omit<Asker, 'caller'>,
  type: 'signed_in' | 'sign_in_refused' | 'sign_in_delayed',
): DomainEvent {
  return {
    id: randomUUID(),
    type,
    at: clock.now(),
    accountId: account?.id ?? null,
    actor: 'user',
    result: type === 'signed_in' ? 'success' : 'failure',
    reason: account === undefined ? 'unknown_name' : null,
    methodType: null,
    notify: [],
    callerAddress: asker.callerAddress,
    clientId: asker.clientId,
    device: asker.device ?? null,
  };
}
