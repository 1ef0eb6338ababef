/** A change is undone by its code: what goes, what comes back, who is told, and what the code does not do. */
import { describe, expect, test } from 'vitest';
import type { Method } from '../../../security-info/record.ts';
import { openNoticeAddress } from '../../../security-info/sealing.ts';
import { undoChange } from '../../../security-info/transitions/undo-change.ts';
import { undoCode } from '../../../security-info/undo-code.ts';
import {
  act,
  appMethod,
  emailMethod,
  from,
  keys,
  nextOf,
  now,
  recordWith,
  refusalOf,
} from '../sample-record.ts';

const cooling = { coolingOffUntilAt: from(20, 'hours'), verifiedAt: from(-4, 'hours') };
const thiefs = (fields: Partial<Method> = {}): Method =>
  emailMethod({ id: 'thief', ...cooling, ...fields }, 'thief@elsewhere.example');
const replaced = recordWith([emailMethod({ replacedById: 'thief' }), thiefs()]);
const codeFor = (methodId: string): string => undoCode(keys, 'ada', methodId);
const idsOf = (methods: readonly Method[]) => methods.map(({ id, replacedById }) => [id, replacedById]);

describe('the code of a change', () => {
  test('removes what is cooling off, brings back what it replaced, and signs everybody out', () => {
    const next = nextOf(undoChange(act(), codeFor('thief'))(replaced));
    expect(idsOf(next.methods)).toEqual([['mail', null]]);
    expect(next.credentialsChangedAt?.getTime()).toBeGreaterThan(now.getTime());
  });

  test('tells every address that was known, the removed one too', () => {
    const change = undoChange(act(), codeFor('thief'))(replaced);
    const told = 'next' in change ? change.events : [];
    expect(told.map(({ type }) => type)).toEqual(['method_change_undone']);
    expect(
      told
        .flatMap(({ id, notify }) =>
          notify.map(({ addressCiphertext }) => openNoticeAddress(keys, id, addressCiphertext)),
        )
        .sort(),
    ).toEqual(['ada@home.example', 'ada@work.example', 'thief@elsewhere.example']);
    expect(told.flatMap(({ notify }) => notify.map(({ mayUndo }) => mayUndo ?? false))).not.toContain(true);
  });

  test('removes an addition, where there is nothing to bring back', () => {
    const next = nextOf(undoChange(act(), codeFor('thief'))(recordWith([appMethod(), thiefs()])));
    expect(idsOf(next.methods)).toEqual([['app', null]]);
  });

  test('takes along what has replaced the undone one since', () => {
    const record = recordWith([
      appMethod(),
      thiefs({ replacedById: 'second' }),
      thiefs({ id: 'second', addressHash: 'another' }),
    ]);
    expect(idsOf(nextOf(undoChange(act(), codeFor('thief'))(record)).methods)).toEqual([['app', null]]);
  });

  test('leaves other changes alone', () => {
    const record = recordWith([...replaced.methods, appMethod(cooling)]);
    const next = nextOf(undoChange(act(), codeFor('thief'))(record));
    expect(idsOf(next.methods)).toEqual([
      ['mail', null],
      ['app', null],
    ]);
  });

  test('does not reopen first registration', () => {
    const record = recordWith([thiefs()], { firstMethodAt: null });
    expect(nextOf(undoChange(act(), codeFor('thief'))(record)).firstMethodAt).not.toBeNull();
  });

  test.each([
    ['spaces and small letters', (code: string) => ` ${code.toLowerCase().replaceAll('-', ' ')} `],
    ['O for 0 and l for 1', (code: string) => code.replaceAll('0', 'O').replaceAll('1', 'l')],
  ])('is read with %s', (_, typed) => {
    expect(refusalOf(undoChange(act(), typed(codeFor('thief')))(replaced))).toBeNull();
  });
});

test.each([
  ['of another account', undoCode(keys, 'bob', 'thief'), now],
  ['of a method that cools off no longer', codeFor('mail'), now],
  ['after the cooling-off', codeFor('thief'), from(20, 'hours')],
  ['that is none', 'XXXX', now],
  ['that is empty', '', now],
])('a code %s is refused like any wrong one', (_, code, at) => {
  expect(refusalOf(undoChange(act({ now: at }), code)(replaced))).toBe('wrong_code');
});

test('a code has 100 bits, and no character that is taken for another', () => {
  const codes = new Set(Array.from({ length: 200 }, (_, index) => codeFor(`method-${index}`)));
  expect(codes.size).toBe(200);
  for (const code of codes) expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
});
