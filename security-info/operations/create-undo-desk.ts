/** The UndoDesk: a change is undone by name and code, without signing in. */
import { randomUUID } from 'node:crypto';
import { TooManySends, TooManyWrongProofs, WrongCode } from '../errors.ts';
import type { DomainEvent } from '../events.ts';
import { normaliseLongCode } from '../long-code.ts';
import { networkOf } from '../network.ts';
import type { UndoDesk } from '../own-desk.ts';
import type { Account, Asker, Ports } from '../ports.ts';
import { keepThrottleSeconds, takeSend } from '../throttles.ts';
import { undoChange } from '../transitions/undo-change.ts';
import { type DeskOptions, type DeskParts, policyFor } from './situation.ts';

/**
 * Tries from one network address. A name has no counter of its own: with it a stranger could keep the owner from
 * undoing, and 100 bits need none.
 */
const triesPerHour = 20;

/** Makes the UndoDesk. */
export function createUndoDesk(ports: Ports, options: DeskOptions): UndoDesk {
  const parts: DeskParts = { ...options, ports };
  const { throttles, records, directory, eventLog, keys, clock } = ports;

  async function takeTry(callerAddress: string | null): Promise<void> {
    const limit = {
      key: `undo:caller:${callerAddress === null ? '' : networkOf(callerAddress)}`,
      windows: [{ seconds: 3_600, maximum: triesPerHour }],
    };
    try {
      await throttles.change(limit.key, keepThrottleSeconds, takeSend(limit, clock.now()));
    } catch (error) {
      throw error instanceof TooManySends ? new TooManyWrongProofs(error.values) : error;
    }
  }

  /** A form that succeeded succeeds again: the code that did it is remembered as long as counters are, as a digest. */
  const doneKey = (accountId: string, code: string): string =>
    `undo:done:${accountId}:${normaliseLongCode(code) ?? ''}`;
  const wasDone = (key: string): Promise<boolean> =>
    throttles.change(key, keepThrottleSeconds, ({ level }) => ({ unchanged: true, result: level > 0 }));

  return {
    async undo({ loginName, code }, asker) {
      await takeTry(asker.callerAddress);
      const found = await directory.findByLoginName(loginName);
      const account = found?.isDisabled ? undefined : found;
      // A name that nobody has goes the same way, to a record that nobody has.
      const visited = account ?? nobody(keys.hash(loginName, 'unknown-name'));
      const key = doneKey(visited.id, code);
      const act = {
        account: visited,
        asker: { ...asker, caller: 'stranger' as const },
        keys,
        policy: await policyFor(parts, visited),
        now: clock.now(),
      };
      try {
        await records.change(visited.id, undoChange(act, code));
      } catch (error) {
        if (!(error instanceof WrongCode)) throw error;
        const [isDone] = await Promise.all([
          wasDone(key),
          eventLog.insert([refusedEvent(account, asker, act.now)]),
        ]);
        if (isDone) return;
        throw error;
      }
      await throttles.count(key, keepThrottleSeconds, 1);
      parts.published(visited.id);
    },
  };
}

function nobody(id: string): Account {
  return {
    id,
    loginName: '',
    displayName: '',
    givenName: null,
    familyName: null,
    locale: null,
    mailbox: null,
    groups: [],
    isAdmin: false,
    isDisabled: true,
    mustChangePassword: false,
    passwordChangedAt: null,
  };
}

function refusedEvent(account: Account | undefined, asker: Omit<Asker, 'caller'>, at: Date): DomainEvent {
  return {
    id: randomUUID(),
    type: 'proof_refused',
    at,
    accountId: account?.id ?? null,
    actor: 'user',
    result: 'failure',
    reason: 'undo',
    methodType: null,
    notify: [],
    callerAddress: asker.callerAddress,
    clientId: null,
    device: asker.device ?? null,
  };
}
