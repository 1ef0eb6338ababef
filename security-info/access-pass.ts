/**
 * The access pass: a one-time, expiring code that an admin gives to someone who can prove nothing else. How it is
 * made, read from what was typed, and digested; issuing and using it are transitions.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { DataKeys } from './ports.ts';

/** Crockford's base 32: no letter that is taken for a digit. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 20 characters of 5 bits: 100 bits, out of reach of guessing even from a stolen digest. */
const length = 20;
const groupLength = 4;

/** Makes a pass, grouped for reading aloud: `XXXX-XXXX-XXXX-XXXX-XXXX`. */
export function generateAccessPass(): string {
  // 256 is a multiple of 32, so the low five bits of a byte are even.
  const characters = [...randomBytes(length)].map((byte) => alphabet.charAt(byte & 31)).join('');
  return (characters.match(new RegExp(`.{${groupLength}}`, 'g')) ?? []).join('-');
}

/** The pass within what a person typed: spaces, hyphens, case, and O for 0 do not matter. Undefined when it is none. */
export function normaliseAccessPass(typed: string): string | undefined {
  if (typed.length > 100) return undefined;
  const pass = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}]+/gu, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return pass.length === length && [...pass].every((character) => alphabet.includes(character))
    ? pass
    : undefined;
}

/** The digest of a pass: what is stored, and what a typed pass is compared by. Undefined when it is none. */
export function accessPassHash(keys: Pick<DataKeys, 'hash'>, typed: string): string | undefined {
  const pass = normaliseAccessPass(typed);
  return pass === undefined ? undefined : keys.hash(pass, 'access-pass');
}

/** Compares two digests of passes in constant time. */
export function isSamePass(passHash: string, other: string): boolean {
  const [left, right] = [Buffer.from(passHash), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
