/** The stand-in for a phone's authenticator app. */
import { expect, test } from 'vitest';
import { showCode } from '../../demo/mailbox/authenticator.ts';

// RFC 6238 appendix B, SHA-1: the ASCII key 12345678901234567890; the last six of eight digits.
const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
  [59, '287082', 1],
  [1111111109, '081804', 1],
  [20000000000, '353130', 10],
])('at second %i shows what RFC 6238 says', (second, code, secondsLeft) => {
  expect(showCode(key, new Date(second * 1000))).toEqual({ code, secondsLeft });
});

test('takes a key as the set-up page writes it', () => {
  const written = 'gezd gnbv-gy3t qojq gezd gnbv gy3t qojq==';
  expect(showCode(written, new Date(59_000))?.code).toBe('287082');
});

test.each(['', 'GEZD', '1'.repeat(32), 'A'.repeat(129), '<script>alert(1)</script>padding'])(
  'says nothing to %j, which is no key',
  (text) => {
    expect(showCode(text, new Date(0))).toBeUndefined();
  },
);
