/**
 * Text in the alphabet of the telephone network: what an SMS can hold in its 7-bit letters, and in how many parts a
 * text goes out. One letter from outside that alphabet makes every part less than half as long.
 */

/** The basic letters. @see 3GPP TS 23.038 §6.2.1 */
const basicLetters = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Letters that take two places each. @see 3GPP TS 23.038 §6.2.1.1 */
const extendedLetters = new Set('\f^{}\\[~]|€');
/** What stands for letters that no decomposition brings into the alphabet. */
const substitutes: Readonly<Record<string, string>> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '«': '"',
  '»': '"',
  '–': '-',
  '—': '-',
  œ: 'oe',
  Œ: 'OE',
};

/** The letters of one part alone and of each of several, in 7-bit letters and in UTF-16. @see 3GPP TS 23.040 §9.2.3.24 */
const partLengths = { gsm: { alone: 160, together: 153 }, other: { alone: 70, together: 67 } };

/** Writes letters that have an equal in the alphabet with it ('â' as 'a'); the others stay, for a name is a name. */
export function writeInGsm(text: string): string {
  return [...text.normalize('NFC')]
    .map((letter) => {
      if (isGsm(letter)) return letter;
      const written = substitutes[letter] ?? letter.normalize('NFKD').replace(/\p{M}/gu, '');
      return [...written].every(isGsm) ? written : letter;
    })
    .join('');
}

/** In how many parts a text goes out: each is paid for. */
export function countSmsParts(text: string): number {
  const letters = [...text];
  const isAllGsm = letters.every(isGsm);
  const { alone, together } = isAllGsm ? partLengths.gsm : partLengths.other;
  const length = isAllGsm
    ? letters.reduce((sum, letter) => sum + (extendedLetters.has(letter) ? 2 : 1), 0)
    : text.length;
  return length <= alone ? 1 : Math.ceil(length / together);
}

function isGsm(letter: string): boolean {
  return basicLetters.has(letter) || extendedLetters.has(letter);
}
