/** Delays of wrong passwords and limits of sends: when they begin, how they grow, what they leave alone. */
import { describe, expect, test } from 'vitest';
import { SecurityInfoError } from '../../security-info/errors.ts';
import type { Throttle, Transition } from '../../security-info/ports.ts';
import {
  passwordThrottleKey,
  passwordThrottleKeys,
  type SendLimit,
  sendLimits,
  takePasswordTry,
  takeSend,
} from '../../security-info/throttles.ts';
import { from, now } from './sample-record.ts';

const fresh: Throttle = { times: [], blockedUntilAt: null, level: 0 };

/** Takes a try; what it leaves behind and, where it was refused, until when. */
function take(
  throttle: Throttle,
  transition: Transition<Throttle, void>,
): { throttle: Throttle; until?: Date } {
  const change = transition(throttle);
  if ('refusal' in change) {
    const { until } = change.refusal instanceof SecurityInfoError ? change.refusal.values : {};
    if (!(until instanceof Date)) throw new Error('a refusal must say until when');
    return { throttle, until };
  }
  if ('unchanged' in change) throw new Error('a try must be counted');
  return { throttle: change.next };
}

function takeTimes(times: number, at: Date, throttle = fresh): Throttle {
  let next = throttle;
  for (let index = 0; index < times; index += 1) next = take(next, takePasswordTry(at)).throttle;
  return next;
}

describe('wrong passwords', () => {
  test('ten are looked at at once, the next a minute later', () => {
    const nine = takeTimes(9, now);
    expect(nine.blockedUntilAt).toBeNull();
    const ten = takeTimes(1, now, nine);
    expect(take(ten, takePasswordTry(new Date(from(1, 'minutes').getTime() - 1))).until).toEqual(
      from(1, 'minutes'),
    );
    expect(take(ten, takePasswordTry(from(1, 'minutes'))).until).toBeUndefined();
  });

  test('delay longer each time, up to an hour', () => {
    let throttle = takeTimes(10, now);
    const delays: number[] = [];
    for (let index = 0; index < 9; index += 1) {
      const at = throttle.blockedUntilAt ?? now;
      throttle = takeTimes(1, at, throttle);
      delays.push(((throttle.blockedUntilAt ?? at).getTime() - at.getTime()) / 60_000);
    }
    expect(delays).toEqual([2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });

  test('a try during the delay is refused and does not lengthen it', () => {
    const ten = takeTimes(10, now);
    expect(take(ten, takePasswordTry(now))).toEqual({ throttle: ten, until: from(1, 'minutes') });
  });

  test('are forgotten a day later', () => {
    const ten = takeTimes(10, now);
    expect(takeTimes(1, from(24, 'hours'), ten)).toEqual({
      times: [from(24, 'hours')],
      blockedUntilAt: null,
      level: 0,
    });
  });

  test('are counted apart for known browsers, and alike for every spelling of a name', () => {
    expect(passwordThrottleKey('ada', 'stranger')).not.toBe(passwordThrottleKey('ada', 'known_browser'));
    for (const spelling of ['ADA', ' ada ', 'ａｄａ']) {
      expect(passwordThrottleKey(spelling, 'stranger')).toBe(passwordThrottleKey('ada', 'stranger'));
    }
    expect(passwordThrottleKeys('ada').toSorted()).toEqual([
      passwordThrottleKey('ada', 'known_browser'),
      passwordThrottleKey('ada', 'signed_in'),
      passwordThrottleKey('ada', 'stranger'),
    ]);
    expect(passwordThrottleKey('x'.repeat(1_000_000), 'stranger').length).toBeLessThan(400);
  });
});

describe('sends', () => {
  const send = { accountId: 'ada', destinationHash: 'digest', callerAddress: '192.0.2.1' };
  const limitOf = (kind: string): SendLimit => {
    const found = sendLimits({ ...send, caller: 'signed_in' }).find(({ key }) =>
      key.startsWith(`send:${kind}`),
    );
    if (!found) throw new Error(`no limit for ${kind}`);
    return found;
  };

  test('have counters apart for the account, the destination and the caller, and for each kind of caller', () => {
    const keysOf = (caller: 'stranger' | 'known_browser' | 'signed_in') =>
      sendLimits({ ...send, caller }).map(({ key }) => key);
    const all = [...keysOf('stranger'), ...keysOf('known_browser'), ...keysOf('signed_in')];
    expect(new Set(all).size).toBe(9);
    expect(sendLimits({ ...send, callerAddress: null, caller: 'stranger' })).toHaveLength(2);
  });

  test.each([
    ['account', 10],
    ['destination', 5],
  ])('to one %s: so many in an hour, and the way is open again an hour later', (kind, maximum) => {
    const limit = limitOf(kind);
    let throttle = fresh;
    for (let index = 0; index < maximum; index += 1) {
      const taken = take(throttle, takeSend(limit, from(index, 'minutes')));
      expect(taken.until).toBeUndefined();
      throttle = taken.throttle;
    }
    expect(take(throttle, takeSend(limit, from(30, 'minutes'))).until).toEqual(from(60, 'minutes'));
    expect(take(throttle, takeSend(limit, from(60, 'minutes'))).until).toBeUndefined();
  });

  test('to one destination: ten in a day, whatever the hours', () => {
    const limit = limitOf('destination');
    let throttle = fresh;
    for (let index = 0; index < 10; index += 1) {
      throttle = take(throttle, takeSend(limit, from(index * 2, 'hours'))).throttle;
    }
    expect(take(throttle, takeSend(limit, from(20, 'hours'))).until).toEqual(from(24, 'hours'));
    expect(take(throttle, takeSend(limit, from(24, 'hours'))).until).toBeUndefined();
  });
});
