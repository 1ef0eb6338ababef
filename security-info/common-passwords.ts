/**
 * Whether a password is among the first that anybody would guess: a well-kept list of the most common ones, and what is
 * made of nothing but them. The list is loaded when it is first asked for.
 * @see NIST SP 800-63B-4 §3.1.1.2 (blocklist)
 */

let list: Promise<ReadonlySet<string>> | null = null;

function commonPasswords(): Promise<ReadonlySet<string>> {
  list ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].map(String)),
  );
  return list;
}

/** True for a common password, also with digits or signs behind it, several times over, or two of them in a row. */
export async function isCommonPassword(password: string): Promise<boolean> {
  const common = await commonPasswords();
  const folded = password.normalize('NFKC').toLowerCase();
  const bare = folded.replace(/[\p{N}\p{P}\p{S}\s]+$/u, '');
  if (common.has(folded) || common.has(bare) || common.has(repeatedPart(folded))) return true;
  for (let at = 1; at < folded.length; at += 1) {
    if (common.has(folded.slice(0, at)) && common.has(folded.slice(at))) return true;
  }
  return false;
}

/** What a text is several times over; itself where it is nothing several times over. */
function repeatedPart(text: string): string {
  const at = `${text}${text}`.indexOf(text, 1);
  return text.slice(0, at);
}
