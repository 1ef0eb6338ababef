/** Names and the preferred method: what may be said, of which methods, and what becomes of it when a method goes. */
import { describe, expect, test } from 'vitest';
import { settle } from '../../../security-info/settle.ts';
import { nameMethod } from '../../../security-info/transitions/name-method.ts';
import { preferMethod, stopPreferring } from '../../../security-info/transitions/prefer-method.ts';
import {
  act,
  appMethod,
  emailMethod,
  nextOf,
  now,
  policyWith,
  prefilled,
  recordWith,
  refusalOf,
} from '../sample-record.ts';

const record = recordWith([appMethod(), emailMethod({ name: 'Home' })]);

describe('a name', () => {
  test.each([
    ['  Work phone ', 'Work phone'],
    ['Cafe\u0301', 'Café'],
    ['x'.repeat(40), 'x'.repeat(40)],
    ['😀'.repeat(40), '😀'.repeat(40)],
    ['', null],
    ['   ', null],
  ])('%j is kept as %j', (typed, name) => {
    expect(nextOf(nameMethod(act(), 'mail', typed)(record)).methods[1]?.name).toBe(name);
  });

  test.each(['x'.repeat(41), 'a\u0000b', 'a\nb', 'a\u202Eb', 'a\u200Bb', 'a\uD800b', 'a\u2028b'])(
    '%j is refused',
    (typed) => {
      expect(refusalOf(nameMethod(act(), 'mail', typed)(record))).toBe('invalid_input');
    },
  );

  test('that is the same changes nothing', () => {
    expect(nameMethod(act(), 'mail', 'Home ')(record)).toMatchObject({ unchanged: true });
  });

  test('is for a method that is there', () => {
    const gone = recordWith([appMethod({ id: 'old', replacedById: 'app' }), appMethod()]);
    expect(refusalOf(nameMethod(act(), 'old', 'x')(gone))).toBe('method_not_found');
    expect(refusalOf(nameMethod(act(), 'none', 'x')(gone))).toBe('method_not_found');
  });
});

describe('the preferred method', () => {
  test('can be taken back by its user, and then none comes first', () => {
    const first = nextOf(preferMethod(act(), 'mail')(record));
    const change = stopPreferring(act(), 'mail')(first);
    expect(change).toMatchObject({ events: [{ type: 'method_unpreferred', methodType: 'email' }] });
    expect(nextOf(change).preferredMethodId).toBeNull();
    expect(stopPreferring(act(), 'app')(first)).toMatchObject({ unchanged: true });
    expect(refusalOf(stopPreferring(act(), 'gone')(first))).toBe('method_not_found');
  });

  test('is one, and must be verified', () => {
    const first = nextOf(preferMethod(act(), 'mail')(record));
    expect(nextOf(preferMethod(act(), 'app')(first)).preferredMethodId).toBe('app');
    expect(preferMethod(act(), 'mail')(first)).toMatchObject({ unchanged: true });
    expect(refusalOf(preferMethod(act(), 'mail')(recordWith([emailMethod(prefilled)])))).toBe(
      'method_not_found',
    );
  });

  test('is none once it has gone', () => {
    const preferred = { ...record, preferredMethodId: 'mail' };
    expect(settle(preferred, policyWith(), now).preferredMethodId).toBe('mail');
    const without = { ...preferred, methods: [appMethod()] };
    expect(settle(without, policyWith(), now).preferredMethodId).toBeNull();
  });
});
