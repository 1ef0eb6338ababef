/** One-time codes and the counters of wrong ones: how long they live, how often they are tried, what they are bound to. */
import { describe, expect, test } from 'vitest';
import {
  codeOf,
  findChallenge,
  issueChallenge,
  judgeCode,
  normaliseCode,
} from '../../security-info/challenges.ts';
import type { Caller, SecurityInfoRecord } from '../../security-info/record.ts';
import { emptyRecord } from '../../security-info/record.ts';
import { closedUntil, countWrongProof, refusalWhenClosed } from '../../security-info/wrong-proofs.ts';
import { from, keys, now } from './sample-record.ts';

const target = { purpose: 'prove', methodType: 'email', destinationHash: 'digest', channel: 'mail' } as const;
const { next: issued, challenge } = issueChallenge(emptyRecord('ada'), target, 'c1', now);
const code = codeOf(keys, 'ada', challenge);
const wrong = code === '000000' ? '000001' : '000000';

const isRight = (record: SecurityInfoRecord, typed: string, at = now, bound: typeof target | object = {}) =>
  judgeCode(record, { ...target, ...bound }, typed, keys, at).isRight;

describe('a code', () => {
  test('is six digits, and right', () => {
    expect(code).toMatch(/^\d{6}$/);
    expect(isRight(issued, code)).toBe(true);
  });

  test('lives five minutes', () => {
    expect(isRight(issued, code, new Date(from(5, 'minutes').getTime() - 1))).toBe(true);
    expect(isRight(issued, code, from(5, 'minutes'))).toBe(false);
  });

  test('is used up by being right', () => {
    const { next } = judgeCode(issued, target, code, keys, now);
    expect(next.challenges).toEqual([]);
    expect(isRight(next, code)).toBe(false);
  });

  test('survives four wrong answers, and not five', () => {
    let record = issued;
    for (let tries = 1; tries <= 4; tries += 1) record = judgeCode(record, target, wrong, keys, now).next;
    expect(isRight(record, code)).toBe(true);
    record = judgeCode(record, target, wrong, keys, now).next;
    expect(record.challenges[0]?.tries).toBe(5);
    expect(isRight(record, code)).toBe(false);
    expect(findChallenge(record, target, now)).toBeUndefined();
  });

  test('opens nothing of another purpose, destination or account', () => {
    expect(isRight(issued, code, now, { purpose: 'register' })).toBe(false);
    expect(isRight(issued, code, now, { destinationHash: 'other' })).toBe(false);
    const moved = { ...issued, accountId: 'bob' };
    expect(isRight(moved, code)).toBe(false);
    expect(codeOf(keys, 'ada', { ...challenge, purpose: 'register' })).not.toBe(code);
    expect(codeOf(keys, 'ada', { ...challenge, destinationHash: 'other' })).not.toBe(code);
    expect(codeOf(keys, 'ada', { ...challenge, id: 'c2' })).not.toBe(code);
  });

  test('is not stored', () => {
    expect(JSON.stringify(issued)).not.toContain(code);
  });

  test.each(['', '12345', `${code}0`, ` ${code}`, '1e5'])('%j is wrong', (typed) => {
    expect(isRight(issued, typed)).toBe(false);
  });
});

describe('sending again', () => {
  const again = (at: Date, record = issued) => issueChallenge(record, target, 'c2', at);

  test('sends the same code, and keeps its tries and its end', () => {
    const tried = judgeCode(issued, target, wrong, keys, now).next;
    const resent = again(from(3, 'minutes'), tried);
    expect(resent.challenge).toEqual({ ...challenge, tries: 1, sends: 2 });
    expect(resent.next.challenges).toHaveLength(1);
  });

  test('sends a new one where little time is left, or the tries are used up', () => {
    expect(again(from(4, 'minutes')).challenge).toMatchObject({ id: 'c2', tries: 0, sends: 1 });
    const dead = { ...issued, challenges: [{ ...challenge, tries: 5 }] };
    const { next } = again(now, dead);
    expect(next.challenges.map(({ id }) => id)).toEqual(['c2']);
  });

  test('there is one challenge for each purpose and destination, and few in all', () => {
    let record = issued;
    for (let index = 0; index < 30; index += 1) {
      const to = { ...target, destinationHash: `digest-${index}` };
      record = issueChallenge(record, to, `x${index}`, now).next;
      record = issueChallenge(record, { ...to, purpose: 'register' }, `y${index}`, now).next;
    }
    expect(record.challenges).toHaveLength(8);
    expect(isRight(record, codeOf(keys, 'ada', challenge))).toBe(false);
  });
});

test.each([
  ['123 456', '123456'],
  ['123-456', '123456'],
  [' 123–456\t', '123456'],
  ['１２３４５６', '123456'],
  ['1'.repeat(41), ''],
])('what is typed as %j is read as %j', (typed, read) => {
  expect(normaliseCode(typed)).toBe(read);
});

describe('wrong proofs', () => {
  function countTimes(
    times: number,
    caller: Caller,
    record = emptyRecord('ada'),
    at = now,
  ): SecurityInfoRecord {
    let next = record;
    for (let index = 0; index < times; index += 1) next = countWrongProof(next, caller, at).next;
    return next;
  }

  test.each(['stranger', 'known_browser', 'signed_in'] as const)(
    'ten in a day close the counter of: %s',
    (caller) => {
      const nine = countTimes(9, caller);
      expect(refusalWhenClosed(nine, caller, now)).toBeNull();
      const { next, hasClosed } = countWrongProof(nine, caller, now);
      expect(hasClosed).toBe(true);
      expect(refusalWhenClosed(next, caller, now)?.code).toBe('too_many_wrong_proofs');
      for (const other of ['stranger', 'known_browser', 'signed_in'] as const) {
        if (other !== caller) expect(closedUntil(next, other, now)).toBeNull();
      }
    },
  );

  test('stop counting a day later, one by one', () => {
    const five = countTimes(5, 'signed_in', emptyRecord('ada'), from(-10, 'hours'));
    const ten = countTimes(5, 'signed_in', five);
    expect(closedUntil(ten, 'signed_in', now)).toEqual(from(14, 'hours'));
    expect(closedUntil(ten, 'signed_in', from(14, 'hours'))).toBeNull();
    const again = countTimes(4, 'signed_in', ten, from(14, 'hours'));
    expect(closedUntil(again, 'signed_in', from(14, 'hours'))).toBeNull();
  });

  test('keep no more than the limit', () => {
    expect(countTimes(50, 'stranger').wrongProofs.stranger).toHaveLength(10);
  });
});
