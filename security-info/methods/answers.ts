/**
 * Answers of security questions: what two of them are compared by, and which are no use as an answer.
 * Digesting and checking them is the AnswerHasher's.
 */
import type { FieldError } from '../errors.ts';
import type { Account } from '../ports.ts';

/** In characters as people count them. */
export const leastAnswerLength = 3;
/** In characters as people count them, spaces included. */
export const mostAnswerLength = 40;
/**
 * In UTF-16 code units: longer input is looked at no further. A character of any script takes a handful, so that one
 * of `mostAnswerLength` characters is well below.
 */
export const mostAnswerUnits = 400;

/** Words shorter than this occur in others by chance. */
const shortestRunTogether = 3;

/** A bare acute accent is what the key ´ becomes in NFKC. */
const apostrophes = / \u0301|['`‘’‛ʹʻʼʽˈ′‵Ꞌꞌ՚׳]/gu;
const quotationMarks = /[“”„‟]/gu;
const dashes = /[\p{Dash_Punctuation}−⁃˗]/gu;
/** What changes how text is laid out or joined, and is not seen itself. */
const ignorable = /[\p{Format}\p{Default_Ignorable_Code_Point}]/gu;
/** Controls, and what has no meaning or may be given another with a later Unicode: it would compare otherwise then. */
const unusable = /[\p{Control}\p{Surrogate}\p{Private_Use}\p{Unassigned}]/u;

// The language matters for neither: what has no spaces is split by dictionary whatever it is set to.
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });
const words = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * What an answer is compared by: spacing, case, width and Unicode form do not matter, nor which apostrophe, quotation
 * mark or dash a keyboard makes. Accents and other punctuation do. Doing it twice changes nothing.
 * @see Unicode Standard Annex #15 (NFKC)
 */
export function normaliseAnswer(typed: string): string {
  return fold(unify(typed).replace(/\p{White_Space}/gu, ''));
}

/** What is wrong with an answer. */
export type AnswerProblem = Omit<FieldError, 'field'>;

/**
 * What is wrong with an answer that somebody wants to register, or undefined.
 * @param about.questionTexts the question that it answers, in every language that it may be shown in
 * @param about.account whose names are no answer
 */
export function answerProblem(
  typed: string,
  about: {
    readonly questionTexts: readonly string[];
    readonly account: Pick<Account, 'loginName' | 'displayName' | 'givenName' | 'familyName' | 'mailbox'>;
  },
): AnswerProblem | undefined {
  const tooLong = { code: 'answer_too_long', values: { maximum: mostAnswerLength } };
  if (typed.length > mostAnswerUnits) return tooLong;
  const trimmed = typed.trim();
  if (unusable.test(trimmed)) return { code: 'control_characters' };
  const shown = [...characters.segment(trimmed)].map(({ segment }) => normaliseAnswer(segment));
  const visible = shown.filter((character) => character !== '');
  if (visible.length === 0) return { code: 'required' };
  if (visible.length < leastAnswerLength)
    return { code: 'answer_too_short', values: { minimum: leastAnswerLength } };
  if (shown.length > mostAnswerLength) return tooLong;
  if (new Set(visible).size === 1) return { code: 'answer_too_simple' };
  if (about.questionTexts.some((text) => repeats(trimmed, [text]))) return { code: 'answer_in_question' };
  return repeats(trimmed, namesOf(about.account)) ? { code: 'answer_is_name' } : undefined;
}

/**
 * Whether an answer says nothing but what these texts say: one of them whole, or words of theirs and no other, also
 * run together, since spacing does not matter.
 */
function repeats(answer: string, texts: readonly string[]): boolean {
  const whole = normaliseAnswer(answer);
  if (texts.some((text) => normaliseAnswer(text) === whole)) return true;
  const said = wordsOf(answer);
  if (said.length === 0) return false;
  const known = new Set(texts.flatMap(wordsOf));
  if (said.every((word) => known.has(word))) return true;
  const longestFirst = [...known].sort((one, other) => other.length - one.length);
  const left = longestFirst
    .filter((word) => word.length >= shortestRunTogether)
    .reduce((rest, word) => rest.replaceAll(word, ' '), whole);
  return !/[\p{Letter}\p{Number}]/u.test(left);
}

function namesOf(
  account: Pick<Account, 'loginName' | 'displayName' | 'givenName' | 'familyName' | 'mailbox'>,
): string[] {
  const { loginName, displayName, givenName, familyName, mailbox } = account;
  return [loginName, displayName, givenName, familyName, mailbox?.split('@', 1)[0]].filter(
    (name) => name !== undefined && name !== null,
  );
}

/** The words of a text as they are compared; what punctuation joins ("l’école", "ada.byron") is several. */
function wordsOf(text: string): string[] {
  return [...words.segment(fold(unify(text)))]
    .flatMap(({ segment }) => segment.split(/[^\p{Letter}\p{Mark}\p{Number}]+/u))
    .filter((word) => word !== '');
}

/** Makes one of what keyboards write in several ways, and drops what nobody sees. */
function unify(text: string): string {
  return text
    .normalize('NFKC')
    .replace(apostrophes, "'")
    .replace(quotationMarks, '"')
    .replace(dashes, '-')
    .replace(ignorable, '');
}

/**
 * Lower, upper and lower case again comes close to full case folding ('ẞ' and 'ß' are 'ss'). A dotted capital I loses
 * its dot, and a sigma is one at the end of a word too, for the end is no longer seen without spaces.
 */
function fold(text: string): string {
  return text
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replace(/i\u0307+/g, 'i')
    .replaceAll('ς', 'σ')
    .normalize('NFKC');
}
