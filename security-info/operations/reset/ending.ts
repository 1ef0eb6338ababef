/** The end of a reset: a new password, or a locked account opened to who knows its password. */
import {
  type Act,
  eventOf,
  everyKnownAddress,
  ownMailbox,
  type Recipient,
  sealRecipients,
} from '../../act.ts';
import { InvalidInput, NothingPending, WrongCredentials } from '../../errors.ts';
import type { DomainEvent } from '../../events.ts';
import { newPasswordProblems } from '../../new-password.ts';
import type { Account } from '../../ports.ts';
import type { ResetDesk, ResetVisit } from '../../reset-desk.ts';
import { unlockThrottleKey } from '../../reset-throttles.ts';
import { keepThrottleSeconds, passwordThrottleKeys, takePasswordTry } from '../../throttles.ts';
import { changeCredentials } from '../../transitions/change-credentials.ts';
import { type ResetParts, type ResetSituation, situationPastFirst } from './parts.ts';
import { changeReset, readReset } from './reset-flow.ts';

type Ending = Pick<ResetDesk, 'setPassword' | 'unlock'>;

/** The event of a reset, under one id however often its form comes: it is written down and told once. */
function resetOnce(act: Act, tell: readonly Recipient[]): DomainEvent {
  const id = act.keys.hash(act.flow.id, 'password-reset-event');
  const locale = act.account.locale ?? act.asker.locale;
  return { ...eventOf(act, 'password_reset'), id, notify: sealRecipients(act.keys, id, tell, locale) };
}

/** Admins that are told of an admin's reset at most. */
const mostAdmins = 50;

/** The part of the ResetDesk past both gates. */
export function createEnding(parts: ResetParts): Ending {
  const { ports } = parts;

  return {
    async setPassword(visit, { newPassword, repeatPassword }) {
      if (await isDone(visit)) return null;
      const situation = await situationPastFirst(parts, visit);
      if (situation.progress.kind !== 'open') throw new NothingPending();
      const { account, act, record } = situation;
      const problems = await newPasswordProblems(
        { directory: ports.directory, serviceName: parts.serviceName, account },
        { newPassword, repeatPassword },
      );
      const isSet =
        problems.some(({ code }) => code === 'password_unchanged') && (await isSetHere(situation));
      if (problems.length > 0 && !isSet) throw new InvalidInput(problems);
      const now = (): Date => ports.clock.now();
      if (!isSet) {
        // Before, so that nothing old is accepted however the write ends; after, for what began while it lasted.
        await ports.records.change(account.id, changeCredentials(now(), []));
        await ports.directory.setPassword(account.id, newPassword, { mustChange: false });
      }
      const tell = [...everyKnownAddress(act, record), ...(await adminsToTell(situation))];
      const isSilent = !act.policy.notifyUserOfReset;
      const told = isSilent ? tell.filter(({ address }) => address !== account.mailbox) : tell;
      const event = resetOnce({ ...act, now: now() }, told);
      const signInFromAt = await ports.records.change(account.id, changeCredentials(now(), [event]));
      await openLocks(account);
      await end(visit, situation, 'password');
      return { account: (await ports.directory.findById(account.id)) ?? account, signInFromAt };
    },

    async unlock(visit, password) {
      if (await isDone(visit)) return;
      const situation = await situationPastFirst(parts, visit);
      const { account, act } = situation;
      if (situation.progress.kind !== 'open' || !act.policy.unlockWithoutReset) throw new NothingPending();
      const key = unlockThrottleKey(account.id);
      await ports.throttles.change(key, keepThrottleSeconds, takePasswordTry(act.now));
      if (!(await ports.directory.checkPassword(account, password))) throw new WrongCredentials();
      await ports.throttles.reset(key);
      await openLocks(account);
      await ports.eventLog.insert([eventOf(act, 'account_unlocked_by_user', { tell: ownMailbox(account) })]);
      await end(visit, situation, 'unlocked');
    },
  };

  /** What delays a password, and what the directory itself has locked. */
  async function openLocks(account: Account): Promise<void> {
    await ports.directory.unlock(account.id);
    for (const key of passwordThrottleKeys(account.loginName)) await ports.throttles.reset(key);
  }

  /** A double click: what this reset was for is done. */
  async function isDone(visit: ResetVisit): Promise<boolean> {
    return ((await readReset(ports, visit))?.memory.done ?? null) !== null;
  }

  /**
   * The password that is there was set by this very reset: its server ended before the rest was done, or the form came
   * twice at once.
   */
  async function isSetHere({ account, flow }: ResetSituation): Promise<boolean> {
    const firstProofAt = Math.min(...flow.proofs.map(({ at }) => at.getTime()));
    const { passwordChangedAt = null } = (await ports.directory.findById(account.id)) ?? account;
    return passwordChangedAt !== null && passwordChangedAt.getTime() >= firstProofAt;
  }

  /** What was proved is used up. */
  async function end(
    visit: ResetVisit,
    situation: ResetSituation,
    done: 'password' | 'unlocked',
  ): Promise<void> {
    parts.published(situation.account.id);
    await changeReset(ports, visit, situation, {
      memory: { done, first: null },
      flow: (flow) => ({ ...flow, proofs: [] }),
    });
  }

  async function adminsToTell({ account, act }: ResetSituation): Promise<readonly Recipient[]> {
    if (!account.isAdmin || !act.policy.notifyAdminsOfAdminReset) return [];
    const admins = (await ports.directory.listAdmins?.(mostAdmins)) ?? [];
    return admins.filter(({ id }) => id !== account.id).flatMap(ownMailbox);
  }
}
