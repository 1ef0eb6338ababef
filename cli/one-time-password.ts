/** Passwords that the command line makes: for one use, read aloud or copied by hand. */
import { randomInt } from 'node:crypto';

/** No letter that is taken for another or for a digit. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
const groups = 4;
const groupLength = 4;

/** 16 random characters in groups of four, 79 bits: out of reach even of who can guess at the digest. */
export function generateOneTimePassword(): string {
  const group = (): string =>
    Array.from({ length: groupLength }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
  return Array.from({ length: groups }, group).join('-');
}
