/**
 * Which counters stand before which action, and how each is taken before the action is tried: wrong passwords only
 * delay, sends are limited. Wrong proofs are counted in the record (wrong-proofs.ts).
 */
import { SignInDelayed, TooManySends } from './errors.ts';
import { networkOf } from './network.ts';
import type { Throttle, Transition } from './ports.ts';
import type { Caller } from './record.ts';

/** How long a counter is kept after its last write. */
export const keepThrottleSeconds = 86_400;

const freePasswordTries = 10;
const firstDelaySeconds = 60;
const longestDelaySeconds = 3_600;
const passwordWindowMilliseconds = 86_400_000;

const hour = 3_600;
const day = 86_400;

/**
 * A login name as it is compared: compatibility forms, case and outer spaces do not matter.
 * @see Unicode Standard Annex #15 (NFKC); upper and then lower case comes close to full case folding
 */
export function foldLoginName(loginName: string): string {
  return loginName.normalize('NFKC').trim().toUpperCase().toLowerCase().normalize('NFKC');
}

/** A login name as counters know it: as accounts are found by, so that no spelling has counters of its own. */
export function normaliseLoginName(loginName: string): string {
  return foldLoginName(loginName).slice(0, 320);
}

/** The counter of wrong passwords for a name, known or not: strangers, known browsers and who is signed in apart. */
export function passwordThrottleKey(loginName: string, caller: Caller): string {
  return `password:${caller}:${normaliseLoginName(loginName)}`;
}

/** All counters of wrong passwords for a name: what an unlock opens. */
export function passwordThrottleKeys(loginName: string): readonly string[] {
  const callers: readonly Caller[] = ['known_browser', 'signed_in', 'stranger'];
  return callers.map((caller) => passwordThrottleKey(loginName, caller));
}

/**
 * Takes one password try, before the password is looked at: counted as wrong until the counter is reset by a right
 * one. From the tenth on, each try delays the next: one minute, two, four, up to an hour.
 * Refuses with `sign_in_delayed` during the delay.
 */
export function takePasswordTry(now: Date): Transition<Throttle, void> {
  return (throttle) => {
    if (throttle.blockedUntilAt !== null && throttle.blockedUntilAt > now) {
      return { refusal: new SignInDelayed({ until: throttle.blockedUntilAt }) };
    }
    const since = now.getTime() - passwordWindowMilliseconds;
    const times = [...throttle.times.filter((time) => time.getTime() > since), now].slice(-freePasswordTries);
    if (times.length < freePasswordTries) {
      return { next: { times, blockedUntilAt: null, level: 0 }, events: [], result: undefined };
    }
    const seconds = Math.min(firstDelaySeconds * 2 ** Math.min(throttle.level, 20), longestDelaySeconds);
    const blockedUntilAt = new Date(now.getTime() + seconds * 1000);
    return { next: { times, blockedUntilAt, level: throttle.level + 1 }, events: [], result: undefined };
  };
}

/** So many sends in so many seconds. */
export interface SendLimit {
  readonly key: string;
  readonly windows: readonly { readonly seconds: number; readonly maximum: number }[];
}

/**
 * The counters that one send must pass: of the account, of the destination, of the caller's network address.
 * Each kind of caller has its own, so that a stranger cannot use up the owner's sends.
 */
export function sendLimits(send: {
  readonly accountId: string;
  readonly destinationHash: string;
  readonly callerAddress: string | null;
  readonly caller: Caller;
}): readonly SendLimit[] {
  const { accountId, destinationHash, callerAddress, caller } = send;
  const limits: SendLimit[] = [
    {
      key: `send:account:${caller}:${accountId}`,
      windows: [
        { seconds: hour, maximum: 10 },
        { seconds: day, maximum: 20 },
      ],
    },
    {
      key: `send:destination:${caller}:${destinationHash}`,
      windows: [
        { seconds: hour, maximum: 5 },
        { seconds: day, maximum: 10 },
      ],
    },
  ];
  if (callerAddress !== null) {
    // Generous: an office of thousands has one address, and each account has its own limit besides.
    limits.push({
      key: `send:caller:${caller}:${networkOf(callerAddress)}`,
      windows: [{ seconds: hour, maximum: caller === 'signed_in' ? 500 : 50 }],
    });
  }
  return limits;
}

/** Takes one send from a counter, before anything is sent. Refuses with `too_many_sends`. */
export function takeSend(limit: SendLimit, now: Date): Transition<Throttle, void> {
  return (throttle) => {
    const longest = Math.max(...limit.windows.map(({ seconds }) => seconds));
    const times = throttle.times.filter((time) => time.getTime() > now.getTime() - longest * 1000);
    // From when on each window has room again; all of them must.
    const ends = limit.windows.flatMap(({ seconds, maximum }) => {
      const within = times.filter((time) => time.getTime() > now.getTime() - seconds * 1000);
      const first = within.at(-maximum);
      return first === undefined ? [] : [first.getTime() + seconds * 1000];
    });
    if (ends.length > 0) return { refusal: new TooManySends({ until: new Date(Math.max(...ends)) }) };
    return {
      next: { times: [...times, now], blockedUntilAt: null, level: 0 },
      events: [],
      result: undefined,
    };
  };
}

/** Gives back a send that was taken at this moment, because nothing was sent. */
export function giveBackSend(at: Date): Transition<Throttle, void> {
  return (throttle) => {
    const index = throttle.times.findLastIndex((time) => time.getTime() === at.getTime());
    if (index < 0) return { unchanged: true, result: undefined };
    const times = throttle.times.filter((_, place) => place !== index);
    return { next: { ...throttle, times }, events: [], result: undefined };
  };
}
