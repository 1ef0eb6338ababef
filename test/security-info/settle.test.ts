/** What every write leaves in order: marks, replaced methods, what has expired, what is derived. */
import { describe, expect, test } from 'vitest';
import type { Mark, Method, SecurityInfoRecord } from '../../security-info/record.ts';
import { settle } from '../../security-info/settle.ts';
import { appMethod, emailMethod, from, now, policyWith, prefilled, recordWith } from './sample-record.ts';

function settled(methods: readonly Method[], fields: Partial<SecurityInfoRecord> = {}): SecurityInfoRecord {
  return settle(recordWith(methods, fields), policyWith(), now);
}

describe('a mark', () => {
  const at = from(-1, 'days');
  const since = { confirmedAt: now };

  test.each(['admin', 'campaign', 'interval'] as const)(
    'by %s stays until all that counts is later',
    (by) => {
      const mark: Mark = { by, at };
      expect(settled([appMethod(since), emailMethod()], { mark }).mark).toEqual(mark);
      expect(settled([appMethod(since), emailMethod({ confirmedAt: at })], { mark }).mark).toEqual(mark);
      expect(settled([appMethod(since), emailMethod(since)], { mark }).mark).toBeNull();
    },
  );

  test('does not wait for what does not count', () => {
    const mark: Mark = { by: 'admin', at };
    const others = [emailMethod(prefilled), appMethod({ id: 'old', replacedById: 'x' })];
    expect(settled([appMethod(since), ...others], { mark }).mark).toBeNull();
  });

  test('stays where nothing counts', () => {
    const mark: Mark = { by: 'admin', at };
    expect(settled([], { mark }).mark).toEqual(mark);
    expect(settled([emailMethod(prefilled)], { mark }).mark).toEqual(mark);
  });
});

describe('a replaced method', () => {
  const replaced = appMethod({ id: 'old', replacedById: 'app' });

  test('stays until its successor has cooled off', () => {
    const successor = appMethod({ coolingOffUntilAt: from(1, 'seconds') });
    expect(settled([replaced, successor]).methods).toHaveLength(2);
    expect(settled([replaced, { ...successor, coolingOffUntilAt: now }]).methods).toEqual([
      { ...successor, coolingOffUntilAt: now },
    ]);
  });

  test('goes with its successor', () => {
    expect(settled([replaced, emailMethod()]).methods.map(({ id }) => id)).toEqual(['mail']);
  });
});

test('remembers when a method was first there, and never forgets it', () => {
  expect(settled([], {}).firstMethodAt).toBeNull();
  expect(settled([emailMethod(prefilled)], { firstMethodAt: null }).firstMethodAt).toEqual(now);
  expect(settled([], { firstMethodAt: from(-1, 'days') }).firstMethodAt).toEqual(from(-1, 'days'));
});

test('keeps the oldest confirmation of what counts for the job', () => {
  const methods = [
    appMethod({ confirmedAt: from(-20, 'days') }),
    emailMethod(),
    appMethod({ id: 'old', confirmedAt: from(-90, 'days'), replacedById: 'app' }),
  ];
  expect(settled(methods).oldestConfirmedAt).toEqual(from(-20, 'days'));
  expect(settled([emailMethod(prefilled)]).oldestConfirmedAt).toBeNull();
});

test('what has expired goes', () => {
  const challenge = {
    id: 'c',
    purpose: 'prove',
    methodType: 'email',
    destinationHash: 'digest',
    channel: 'mail',
    issuedAt: now,
    tries: 0,
    sends: 1,
  } as const;
  const live = { ...challenge, expiresAt: from(1, 'seconds') };
  const pass = { passHash: 'digest', issuedAt: now, usedByFlowId: null };
  const { challenges } = settled([], { challenges: [live, { ...challenge, id: 'd', expiresAt: now }] });
  expect(challenges).toEqual([live]);
  expect(settled([], { accessPass: { ...pass, expiresAt: now } }).accessPass).toBeNull();
  expect(settled([], { accessPass: { ...pass, expiresAt: from(1, 'seconds') } }).accessPass).not.toBeNull();
});
