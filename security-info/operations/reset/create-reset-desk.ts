/** The ResetDesk: password reset and unlock by methods that are registered, on the ports. */
import { ownMailbox, sealRecipients } from '../../act.ts';
import { InvalidInput, TooManySends } from '../../errors.ts';
import { contractOf } from '../../methods/registry.ts';
import type { Account, Ports } from '../../ports.ts';
import type { Caller } from '../../record.ts';
import { nameProblem, type ResetDesk, type ResetState, type ResetVisit } from '../../reset-desk.ts';
import { firstGateOffers } from '../../reset-rules.ts';
import { helpLimits, resetLimits } from '../../reset-throttles.ts';
import { keepThrottleSeconds, passwordThrottleKeys } from '../../throttles.ts';
import { availableSenders, type DeskOptions } from '../situation.ts';
import { takeSends } from '../take-sends.ts';
import { createEnding } from './ending.ts';
import { createFirstGate } from './first-gate.ts';
import { type ResetParts, type ResetSituation, situationOfReset } from './parts.ts';
import { resetEvent } from './reset-event.ts';
import { beginReset, type ResetFlow, type ResetMemory, readReset } from './reset-flow.ts';
import { createSecondGate, resetMethodView } from './second-gate.ts';

/** What a ResetDesk is given besides the ports. */
export type ResetDeskOptions = DeskOptions & Pick<ResetParts, 'inBackground'>;

/** Admins that are asked for help at most. */
const mostAdmins = 20;

/** Makes the ResetDesk. */
export function createResetDesk(ports: Ports, options: ResetDeskOptions): ResetDesk {
  const parts: ResetParts = { ...options, ports };

  /** Looked up in every case, whoever asks. */
  async function find(
    visit: ResetVisit,
    loginName: string,
  ): Promise<{ account: Account | null; caller: Caller }> {
    const problem = nameProblem(loginName);
    if (problem) throw new InvalidInput([problem]);
    const account = (await ports.directory.findByLoginName(loginName)) ?? null;
    const isKnown = account !== null && visit.isKnownBrowser(account);
    return { account: account?.isDisabled ? null : account, caller: isKnown ? 'known_browser' : 'stranger' };
  }

  async function begin(visit: ResetVisit, loginName: string): Promise<void> {
    const { account, caller } = await find(visit, loginName);
    await takeSends(ports, resetLimits(loginName, visit.asker.callerAddress, caller), ports.clock.now());
    await ports.eventLog.insert([resetEvent(ports, visit, account, 'reset_started')]);
    const before = await readReset(ports, visit);
    await beginReset(ports, visit, {
      ...nothingYet,
      loginName,
      accountId: account?.id ?? null,
      caller: caller === 'known_browser' ? caller : 'stranger',
      returnTo: before?.memory.returnTo ?? null,
    });
  }

  return {
    ...createFirstGate(parts),
    ...createSecondGate(parts),
    ...createEnding(parts),
    begin,

    async comeFrom(visit, returnTo, loginName) {
      await beginReset(ports, visit, { ...nothingYet, returnTo });
      if (loginName === null) return;
      try {
        await begin(visit, loginName);
      } catch (error) {
        // What no name can be is typed anew on the page of the name.
        if (error instanceof InvalidInput) return;
        if (!(error instanceof TooManySends)) throw error;
        const until = new Date(Number(error.values['until']));
        await beginReset(ports, visit, { ...nothingYet, returnTo, limited: { loginName, until } });
      }
    },

    async state(visit) {
      const reset = await readReset(ports, visit);
      if (reset === null) return { kind: 'name', returnTo: null, limited: null };
      const { loginName, returnTo, done, limited } = reset.memory;
      if (done !== null) return { kind: 'done', how: done, returnTo };
      if (loginName === '') {
        const isOver = limited === null || limited.until <= ports.clock.now();
        return { kind: 'name', returnTo, limited: isOver ? null : limited };
      }
      // Without a proof nothing of the account is looked at: there is nothing that could show.
      const situation = reset.flow.proofs.length === 0 ? null : await situationOfReset(parts, visit, reset);
      return situation === null || situation.progress.kind === 'first_gate'
        ? firstState(parts, reset)
        : laterState(parts, situation);
    },

    async askForHelp(visit, loginName) {
      const { account, caller } = await find(visit, loginName);
      await takeSends(ports, helpLimits(loginName, visit.asker.callerAddress, caller), ports.clock.now());
      const event = resetEvent(ports, visit, account, 'help_requested');
      // Kept before the answer, with the same work for a name that nobody has: it is told of to nobody, though.
      const admins = (await ports.directory.listAdmins?.(mostAdmins)) ?? [];
      const recipients = sealRecipients(ports.keys, event.id, admins.flatMap(ownMailbox), visit.asker.locale);
      await ports.eventLog.insert([{ ...event, notify: account === null ? [] : recipients }]);
    },
  };
}

const nothingYet: ResetMemory = {
  loginName: '',
  accountId: null,
  caller: 'stranger',
  returnTo: null,
  limited: null,
  done: null,
  first: null,
};

async function firstState(parts: ResetParts, { memory }: ResetFlow): Promise<ResetState> {
  const offers = firstGateOffers(await parts.ports.policies.current(), availableSenders(parts));
  const { first } = memory;
  const offer = offers.find(({ type }) => type === first?.type);
  if (first === null || offer === undefined) return { kind: 'first_gate', offers };
  return {
    kind: 'first_code',
    type: first.type,
    maskedAddress: first.address === null ? null : contractOf(first.type).mask(first.address),
    channel: first.channel,
    channels: offer.channels,
    offers,
  };
}

async function laterState(parts: ResetParts, situation: ResetSituation): Promise<ResetState> {
  const { account, policy, progress } = situation;
  if (progress.kind === 'second_gate') {
    const choices = progress.choices.map((method) => resetMethodView(parts, situation, method));
    return { kind: 'second_gate', choices };
  }
  return {
    kind: 'choose',
    loginName: account.loginName,
    displayName: account.displayName,
    canUnlock: policy.unlockWithoutReset && (await isLocked(parts, account)),
  };
}

/** Locked: the password delay runs for anybody, or the directory says so. */
async function isLocked({ ports }: ResetParts, account: Account): Promise<boolean> {
  const now = ports.clock.now();
  for (const key of passwordThrottleKeys(account.loginName)) {
    const blockedUntilAt = await ports.throttles.change(key, keepThrottleSeconds, (throttle) => ({
      unchanged: true,
      result: throttle.blockedUntilAt,
    }));
    if (blockedUntilAt !== null && blockedUntilAt > now) return true;
  }
  return (await ports.directory.isLocked?.(account.id)) ?? false;
}
