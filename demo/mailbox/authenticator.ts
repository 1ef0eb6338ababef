/** Stands in for the authenticator app on a tester's phone. Development only: whoever has the key has the code. */
import { generateSync } from 'otplib';

/** What an authenticator app would show. */
export interface ShownCode {
  readonly code: string;
  /** Until the next one. */
  readonly secondsLeft: number;
}

/**
 * The code of this moment for a key in base32, as pages write it (spaces and small letters do not matter).
 * Undefined where it is no such key.
 * @see RFC 6238 §4
 */
export function showCode(key: string, now: Date): ShownCode | undefined {
  const secret = key.replace(/[\s-]/g, '').replace(/=+$/, '').toUpperCase();
  if (!/^[A-Z2-7]{26,128}$/.test(secret)) return undefined;
  const seconds = Math.floor(now.getTime() / 1000);
  return { code: generateSync({ secret, epoch: seconds }), secondsLeft: 30 - (seconds % 30) };
}
