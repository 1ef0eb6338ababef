/**
 * The access pass: a one-time, expiring code that an admin gives to someone who can prove nothing else. How it is
 * made, read from what was typed, and digested; issuing and using it are transitions.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { longCodeLength, longCodeOf, normaliseLongCode } from './long-code.ts';
import type { DataKeys } from './ports.ts';

/** Makes a pass, grouped for reading aloud. */
export function generateAccessPass(): string {
  return longCodeOf(randomBytes(longCodeLength));
}

/** The digest of a pass: what is stored, and what a typed pass is compared by. Undefined when it is none. */
export function accessPassHash(keys: Pick<DataKeys, 'hash'>, typed: string): string | undefined {
  const pass = normaliseLongCode(typed);
  return pass === undefined ? undefined : keys.hash(pass, 'access-pass');
}

/** Compares two digests of passes in constant time. */
export function isSamePass(passHash: string, other: string): boolean {
  const [left, right] = [Buffer.from(passHash), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
