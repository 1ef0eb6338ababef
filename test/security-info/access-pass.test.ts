/** Access passes: made to be read aloud, read however they are typed, kept as a digest; and the admin's transitions. */
import { describe, expect, test } from 'vitest';
import { accessPassHash, generateAccessPass } from '../../security-info/access-pass.ts';
import type { DomainEvent } from '../../security-info/events.ts';
import { normaliseLongCode } from '../../security-info/long-code.ts';
import { emptyRecord } from '../../security-info/record.ts';
import { changeCredentials } from '../../security-info/transitions/change-credentials.ts';
import { issueAccessPass } from '../../security-info/transitions/issue-access-pass.ts';
import { unlockProofs } from '../../security-info/transitions/unlock.ts';

const now = new Date('2026-03-01T12:00:00.400Z');
const event: DomainEvent = {
  id: 'e1',
  type: 'access_pass_issued',
  at: now,
  accountId: 'a1',
  actor: 'cli',
  result: 'success',
  reason: null,
  methodType: null,
  notify: [],
  callerAddress: null,
  clientId: null,
};
const keys = { hash: (value: string, purpose: string) => `${purpose}:${value}` };

describe('an access pass', () => {
  test('is five groups of four, without letters that look like digits, and never the same twice', () => {
    const passes = Array.from({ length: 200 }, generateAccessPass);
    for (const pass of passes) expect(pass).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(new Set(passes).size).toBe(passes.length);
  });

  test.each([
    ['as printed', '0123-4567-89AB-CDEF-GHJK'],
    ['in lower case, with spaces', ' 0123 4567 89ab cdef ghjk '],
    ['with O for 0, I and L for 1', 'OI23-4567-89AB-CDEF-GHJK'],
    ['with dashes of a word processor', '0L23–4567—89AB‑CDEF-GHJK'],
    ['in full-width letters', '０１２３４５６７８９ＡＢＣＤＥＦＧＨＪＫ'],
  ])('is read %s', (_, typed) => {
    expect(normaliseLongCode(typed)).toBe('0123456789ABCDEFGHJK');
  });

  test.each([
    ['too short', '0123-4567'],
    ['too long', '0123-4567-89AB-CDEF-GHJK-0'],
    ['of other characters', '0123-4567-89AB-CDEF-GHJ!'],
    ['a megabyte', '0'.repeat(1_000_000)],
    ['nothing', ''],
  ])('is none when it is %s', (_, typed) => {
    expect(normaliseLongCode(typed)).toBeUndefined();
    expect(accessPassHash(keys, typed)).toBeUndefined();
  });

  test('has one digest, however it is typed, under a purpose of its own', () => {
    const pass = generateAccessPass();
    const digest = accessPassHash(keys, pass);
    expect(accessPassHash(keys, pass.toLowerCase().replaceAll('-', ' '))).toBe(digest);
    expect(digest).toMatch(/^access-pass:/);
  });
});

test('issuing takes the place of an earlier pass, with its event in the same write', () => {
  const pass = { passHash: 'new', issuedAt: now, expiresAt: now, usedByFlowId: null };
  const before = { ...emptyRecord('a1'), accessPass: { ...pass, passHash: 'old' } };
  const change = issueAccessPass(pass, event)(before);
  expect(change).toMatchObject({ next: { accessPass: { passHash: 'new' } }, events: [event] });
});

test('unlocking opens every counter of wrong proofs, and is written down even where none was closed', () => {
  const closed = {
    ...emptyRecord('a1'),
    wrongProofs: { stranger: [now], known_browser: [now], signed_in: [now] },
  };
  for (const before of [closed, emptyRecord('a1')]) {
    expect(unlockProofs(event)(before)).toMatchObject({
      next: { wrongProofs: { stranger: [], known_browser: [], signed_in: [] } },
      events: [event],
    });
  }
});

describe('changed credentials', () => {
  test.each([
    ['within a second', '2026-03-01T12:00:00.400Z', '2026-03-01T12:00:01.000Z'],
    [
      'on a whole second, for a session of that second is no newer',
      '2026-03-01T12:00:00Z',
      '2026-03-01T12:00:01Z',
    ],
  ])('count from the next whole second: %s', (_, at, from) => {
    const change = changeCredentials(new Date(at), [event])(emptyRecord('a1'));
    expect(change).toEqual({
      next: { ...emptyRecord('a1'), credentialsChangedAt: new Date(from) },
      events: [event],
      result: new Date(from),
    });
  });

  test('never count from earlier than they did, whatever a clock says', () => {
    const credentialsChangedAt = new Date('2026-03-01T12:00:30Z');
    const change = changeCredentials(now, [])({ ...emptyRecord('a1'), credentialsChangedAt });
    expect(change).toMatchObject({ next: { credentialsChangedAt }, result: credentialsChangedAt });
  });
});
