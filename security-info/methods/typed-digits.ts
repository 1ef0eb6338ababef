/** The digits in what people type as a telephone number, in whatever script, with whatever marks between them. */

const extensionWord = '(?:ext(?:ension)?|poste|p|x|#)\\s*[.:=]?\\s*';
const numberAndExtension = new RegExp(`^(.+?)[\\s,;]*${extensionWord}(\\d+)$`, 'i');
const wordOfExtension = new RegExp(`^;?\\s*${extensionWord}(?=\\d)`, 'i');
const punctuation = /[\s()[\]./~\p{Pd}\u2043\u2212\u30fc]/gu;

/**
 * A number without the marks between its digits, and the extension that is typed behind it ('ext. 12', 'x12',
 * 'poste 12', '#12', or `;ext=12` as RFC 3966 has it); what is no digit otherwise stays, for the reader to refuse.
 */
export function dialledDigits(typed: string): { readonly digits: string; readonly extension: string } {
  const text = plainText(typed);
  const [, number = text, extension = ''] = numberAndExtension.exec(text) ?? [];
  return { digits: number.replace(punctuation, ''), extension };
}

/** An extension that has a field of its own, without the word and the marks that may be typed with it. */
export function extensionDigits(typed: string): string {
  return plainText(typed).replace(wordOfExtension, '').replace(punctuation, '');
}

/** Compatible forms made one, digits of every script made ours, and what cannot be seen left out. */
function plainText(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Nd}/gu, digitOf)
    .trim();
}

/** Unicode has the digits of a script side by side, from 0 to 9 (The Unicode Standard §4.6). */
function digitOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}
