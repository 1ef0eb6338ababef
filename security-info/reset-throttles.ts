/**
 * The counters before what a reset does: of the caller's network address, and of the name whether or not it is
 * anybody's, strangers and known browsers apart.
 */
import { TooManyWrongProofs } from './errors.ts';
import { networkOf } from './network.ts';
import type { Throttle, Transition } from './ports.ts';
import type { Caller } from './record.ts';
import { normaliseLoginName, type SendLimit } from './throttles.ts';
import { maximumWrongProofs, wrongProofHours } from './wrong-proofs.ts';

const hour = 3_600;
const day = 86_400;

/**
 * Takes one wrong proof for a name that nobody has, as the record of a real account would: ten in 24 hours.
 * Refuses with `too_many_wrong_proofs`.
 */
export function takeUnknownProof(now: Date): Transition<Throttle, void> {
  return (throttle) => {
    const since = now.getTime() - wrongProofHours * 3_600_000;
    const times = throttle.times.filter((time) => time.getTime() > since);
    const oldest = times.at(-maximumWrongProofs);
    if (oldest !== undefined) {
      const until = new Date(oldest.getTime() + wrongProofHours * 3_600_000);
      return { refusal: new TooManyWrongProofs({ until }) };
    }
    const next = { times: [...times, now], blockedUntilAt: null, level: 0 };
    return { next, events: [], result: undefined };
  };
}

/** What a reset counts for a name, known or not; strangers and known browsers apart. */
export function resetThrottleKey(
  what: 'begin' | 'send' | 'proof' | 'help',
  loginName: string,
  caller: Caller,
): string {
  return `reset:${what}:${caller}:${normaliseLoginName(loginName)}`;
}

/** The counters before a reset is begun: of the caller's network address and of the name. */
export function resetLimits(
  loginName: string,
  callerAddress: string | null,
  caller: Caller,
): readonly SendLimit[] {
  const ofName = {
    key: resetThrottleKey('begin', loginName, caller),
    windows: [
      { seconds: hour, maximum: 10 },
      { seconds: day, maximum: 30 },
    ],
  };
  if (callerAddress === null) return [ofName];
  const ofCaller = {
    key: `reset:caller:${networkOf(callerAddress)}`,
    windows: [
      { seconds: hour, maximum: 60 },
      { seconds: day, maximum: 300 },
    ],
  };
  return [ofCaller, ofName];
}

/** The counter before a reset asks for a code, whether or not the name is anybody's. */
export function resetSendLimit(loginName: string, caller: Caller): SendLimit {
  return {
    key: resetThrottleKey('send', loginName, caller),
    windows: [
      { seconds: hour, maximum: 5 },
      { seconds: day, maximum: 10 },
    ],
  };
}

/** The counters before admins are asked for help. */
export function helpLimits(
  loginName: string,
  callerAddress: string | null,
  caller: Caller,
): readonly SendLimit[] {
  const once = (key: string, maximum: number): SendLimit => ({ key, windows: [{ seconds: day, maximum }] });
  const ofName = once(resetThrottleKey('help', loginName, caller), 1);
  if (callerAddress === null) return [ofName];
  return [once(`reset:help-caller:${networkOf(callerAddress)}`, 5), ofName];
}

/** The counter of passwords that are typed in order to open a locked account, after the gates. */
export function unlockThrottleKey(accountId: string): string {
  return `unlock:${accountId}`;
}
