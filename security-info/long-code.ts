/** Codes that are long enough not to be guessed and short enough to be typed: 100 bits in Crockford's base 32. */

/** No letter that is taken for a digit. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 20 characters of 5 bits: out of reach of guessing even from a stolen digest. */
export const longCodeLength = 20;
const groupLength = 4;
/** Longer than any code with its spaces. */
const longestTyped = 100;

/** A code of random or pseudorandom bytes, one for each character, grouped for reading aloud: `XXXX-XXXX-XXXX-XXXX-XXXX`. */
export function longCodeOf(bytes: Uint8Array): string {
  if (bytes.length < longCodeLength) throw new RangeError('too few bytes for a code');
  // 256 is a multiple of 32, so the low five bits of a byte are even.
  const characters = [...bytes.subarray(0, longCodeLength)]
    .map((byte) => alphabet.charAt(byte & 31))
    .join('');
  return (characters.match(new RegExp(`.{${groupLength}}`, 'g')) ?? []).join('-');
}

/** The code within what a person typed: spaces, hyphens, case, and O for 0 do not matter. Undefined when it is none. */
export function normaliseLongCode(typed: string): string | undefined {
  if (typed.length > longestTyped) return undefined;
  const code = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}]+/gu, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return code.length === longCodeLength && [...code].every((character) => alphabet.includes(character))
    ? code
    : undefined;
}
