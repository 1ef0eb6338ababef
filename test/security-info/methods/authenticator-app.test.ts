/** The authenticator app: which codes are accepted when, and its form. */
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  acceptedStep,
  authenticatorApp,
  otpauthUri,
} from '../../../security-info/methods/authenticator-app.ts';
import { ada, now, policyWith } from '../sample-record.ts';

/** The secret of RFC 6238, appendix B: `12345678901234567890`. */
const rfcSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const step = Math.floor(now.getTime() / 30_000);

/** The code of a step, by RFC 4226 §5.3 itself. */
function codeAt(counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const digest = createHmac('sha1', Buffer.from('12345678901234567890')).update(message).digest();
  const offset = digest.readUInt8(19) & 0x0f;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

describe('a code', () => {
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [20_000_000_000, '353130'],
  ])('of RFC 6238, appendix B, at %i seconds is right', (seconds, code) => {
    expect(acceptedStep(rfcSecret, code, null, new Date(seconds * 1000))).toBe(Math.floor(seconds / 30));
  });

  test.each([-1, 0, 1])('is right %i steps away', (away) => {
    expect(acceptedStep(rfcSecret, codeAt(step + away), null, now)).toBe(step + away);
  });

  test.each([-2, 2])('is wrong %i steps away', (away) => {
    expect(acceptedStep(rfcSecret, codeAt(step + away), null, now)).toBeUndefined();
  });

  test('is one step wide at either end of a step', () => {
    const last = new Date((step + 1) * 30_000 - 1);
    for (const at of [new Date(step * 30_000), last]) {
      expect(acceptedStep(rfcSecret, codeAt(step - 1), null, at)).toBe(step - 1);
      expect(acceptedStep(rfcSecret, codeAt(step + 1), null, at)).toBe(step + 1);
      expect(acceptedStep(rfcSecret, codeAt(step - 2), null, at)).toBeUndefined();
      expect(acceptedStep(rfcSecret, codeAt(step + 2), null, at)).toBeUndefined();
    }
  });

  test('of a step that was accepted, or of one before it, is never right again', () => {
    expect(acceptedStep(rfcSecret, codeAt(step), step, now)).toBeUndefined();
    expect(acceptedStep(rfcSecret, codeAt(step - 1), step, now)).toBeUndefined();
    expect(acceptedStep(rfcSecret, codeAt(step + 1), step, now)).toBe(step + 1);
    expect(acceptedStep(rfcSecret, codeAt(step), step - 1, now)).toBe(step);
  });

  test.each(['', '12345', '1234567', '12345a', ' 12345', '１２３４５６', '-12345'])('%j is none', (typed) => {
    expect(acceptedStep(rfcSecret, typed, null, now)).toBeUndefined();
  });
});

describe('the form', () => {
  const draft = (name?: string) =>
    authenticatorApp.draft(name === undefined ? {} : { name }, {
      account: ada(),
      policy: policyWith(),
      channels: [],
      ownEmailDomains: [],
      questionWords: () => [],
    });

  test('makes a secret of 160 bits, another each time', () => {
    const secrets = Array.from({ length: 20 }, () => draft()).map((made) =>
      'secret' in made ? made.secret : null,
    );
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(new Set(secrets).size).toBe(20);
  });

  test.each([
    [undefined, null],
    ['  ', null],
    [' My phone ', 'My phone'],
    ['é'.repeat(40), 'é'.repeat(40)],
  ])('keeps the name %j as %j', (typed, name) => {
    expect(draft(typed)).toMatchObject({ name });
  });

  test.each([
    ['x'.repeat(41), 'too_long'],
    ['a\u0000b', 'control_characters'],
    ['a\nb', 'control_characters'],
    ['work\u202Eenohp', 'control_characters'],
    ['a\u200Bb', 'control_characters'],
    ['a\u2028b', 'control_characters'],
  ])('refuses the name %j', (typed, code) => {
    expect(draft(typed)).toMatchObject({ errors: [{ field: 'name', code }] });
  });
});

test('the app is told the service, the account and the secret', () => {
  const uri = new URL(otpauthUri({ service: 'Büro & Co', loginName: 'ada@work.example', secret: rfcSecret }));
  expect(uri.protocol).toBe('otpauth:');
  expect(decodeURIComponent(uri.pathname)).toContain('ada@work.example');
  expect(uri.searchParams.get('secret')).toBe(rfcSecret);
  expect(uri.searchParams.get('issuer')).toBe('Büro & Co');
});
