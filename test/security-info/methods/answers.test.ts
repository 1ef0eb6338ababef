/** Answers of security questions: what two of them are compared by, and what is no use as one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerProblem, mostAnswerUnits, normaliseAnswer } from '../../../security-info/methods/answers.ts';
import { ada } from '../sample-record.ts';

describe('two answers are one', () => {
  test.each([
    ['whatever the case', 'Rue de la Paix', 'RUE DE LA PAIX'],
    ['whatever the spacing', '  Rue de\u00a0la\tPaix ', 'ruedelapaix'],
    ['with what nobody sees', 'Pa\u00adris\u200b\ufeff\u2060', 'Paris'],
    ['composed or not', 'Cafe\u0301', 'Caf\u00e9'],
    ['of any width', 'Ｐａｒｉｓ　１２', 'Paris 12'],
    ['with any apostrophe', 'L’Haÿ', "L'Haÿ"],
    ['with the accent that is typed as an apostrophe', 'L´Haÿ', "L'Haÿ"],
    ['with any quotation mark', '“The Ship”', '"The Ship"'],
    ['with any dash', 'Saint–Denis', 'Saint-Denis'],
    ['with a sharp s of either case', 'GRO\u1e9eE STRASSE', 'große straße'],
    ['with a sigma that ends a word', 'ΟΔΟΣ ΕΡΜΟΥ', 'οδος ερμου'],
    ['with a sigma that ends a word no longer', 'οδος ερμου', 'οδοσερμου'],
    ['with a dotted capital I', 'İzmir', 'izmir'],
    ['with a dotted capital I and an accent', 'İ\u0301le', 'íle'],
    ['with a ligature', 'ﬁﬂ', 'fifl'],
    ['with or without a joiner', 'می\u200cخواهم', 'میخواهم'],
  ])('%s', (_, one, other) => {
    expect(normaliseAnswer(one)).toBe(normaliseAnswer(other));
  });

  test.each([
    ['with an accent more', 'cote', 'côte'],
    ['with other punctuation', 'St. Paul', 'St Paul'],
    ['in another script', 'Paris', 'Ρaris'],
  ])('and are not %s', (_, one, other) => {
    expect(normaliseAnswer(one)).not.toBe(normaliseAnswer(other));
  });

  /** Words of many scripts, each character as people count them. */
  const characters = [...'aAzZéÉñǰßẞœŒıİçÇőŐσΣςжЖіЇйЙնՆა한국東京かカがガงกअब9０Ａﬁﬀ①㎏ªΩ’´`-–—.!😀'];
  const answers = fc.array(fc.constantFrom(...characters, ' ', 'e\u0301', 'क्षि'), { maxLength: 30 });

  test('for good: normalising again changes nothing', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), answers.map(join));
    fc.assert(
      fc.property(texts, (text) => {
        const normalised = normaliseAnswer(text);
        expect(normaliseAnswer(normalised)).toBe(normalised);
        expect(normalised.normalize('NFKC')).toBe(normalised);
      }),
      { numRuns: 500 },
    );
  });

  test('in any case, spacing and Unicode form', () => {
    const spaces = fc.array(fc.constantFrom('', ' ', '\u00a0', '\u3000', '\t', '\u200b', '\u2060'));
    const change = fc.constantFrom<(text: string) => string>(
      (text) => text.toUpperCase(),
      (text) => text.toLowerCase(),
      (text) => text.normalize('NFC'),
      (text) => text.normalize('NFD'),
      (text) => text.normalize('NFKC'),
      (text) => text.normalize('NFKD'),
      widen,
    );
    fc.assert(
      fc.property(answers, spaces, change, (parts, gaps, changed) => {
        const spaced = parts.map((part, index) => part + (gaps[index] ?? '')).join('');
        expect(normaliseAnswer(changed(spaced))).toBe(normaliseAnswer(parts.join('')));
      }),
      { numRuns: 1_000 },
    );
  });
});

function join(parts: readonly string[]): string {
  return parts.join('');
}

/** ASCII as East Asian keyboards write it. */
function widen(text: string): string {
  return text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
}

describe('an answer', () => {
  function problemOf(typed: string, question = 'In which street did you live?', account = ada()) {
    return answerProblem(typed, {
      questionTexts: [question, 'Dans quelle rue de l’école habitiez-vous ?'],
      account,
    })?.code;
  }

  test.each([
    'Oak',
    'Rue de la Paix',
    '12 High Street',
    '東京都',
    'ถนนสุขุมวิท',
    'नई दिल्ली',
    '0071',
    'Adam',
    'Street of Oaks',
  ])('may be %s', (typed) => {
    expect(problemOf(typed)).toBeUndefined();
  });

  test.each(['a', 'é', 'क्षि', '각', '👩‍🚀'])('may have 40 characters, such as %s', (character) => {
    expect(problemOf(`${character.repeat(39)}x`)).toBeUndefined();
    expect(problemOf(`${character.repeat(40)}x`)).toBe('answer_too_long');
  });

  test.each(['', '   ', '\u200b\u200b\u200b\u200b'])('is wanted, not %j', (typed) => {
    expect(problemOf(typed)).toBe('required');
  });

  test.each(['ab', ' ab ', 'a    b', 'a\u200bb', 'e\u0301e', '東京', '👩‍🚀👨‍🚀', 'ﬃb'])(
    'is too short with two characters: %s',
    (typed) => {
      expect(answerProblem(typed, { questionTexts: [], account: ada() })).toEqual({
        code: 'answer_too_short',
        values: { minimum: 3 },
      });
    },
  );

  test('is too long with 41 characters, spaces included', () => {
    const typed = `${'ab '.repeat(13)}xy`;
    expect(problemOf(typed.slice(1))).toBeUndefined();
    expect(answerProblem(typed, { questionTexts: [], account: ada() })).toEqual({
      code: 'answer_too_long',
      values: { maximum: 40 },
    });
  });

  test('is looked at no further when it is far too long for any script', () => {
    expect(problemOf(`a${'\u0301'.repeat(mostAnswerUnits)}bc`)).toBe('answer_too_long');
    expect(problemOf('\u0000'.repeat(10_000_000))).toBe('answer_too_long');
  });

  test.each(['Par\u0000is', 'Par\nis', 'Paris\ud800', 'Paris\ue000', 'Paris\u0378'])(
    'has no characters that mean nothing: %j',
    (typed) => {
      expect(problemOf(typed)).toBe('control_characters');
    },
  );

  test.each(['aaa', 'AaA', 'a a a', 'ééé', '111111', '👩‍🚀👩‍🚀👩‍🚀', '東東東'])(
    'is more than one character over and over: %s',
    (typed) => {
      expect(problemOf(typed)).toBe('answer_too_simple');
    },
  );

  test.each([
    'street',
    'STREET',
    'the street',
    'which street',
    'calledStreet',
    'you live',
    'école',
    'l’école',
    'ＲＵＥ',
  ])('says more than the question: %s', (typed) => {
    const question = 'What was the street in which you live called?';
    expect(problemOf(typed, question)).toBe('answer_in_question');
  });

  test('says more than a question without spaces between words', () => {
    expect(problemOf('学校の名前', '最初の学校の名前は何ですか')).toBe('answer_in_question');
    expect(problemOf('小学校', '最初の学校の名前は何ですか')).toBeUndefined();
  });

  test('says more than a question, run together too', () => {
    expect(problemOf('οδοςερμου', 'ΕΡΜΟΥ Η ΟΔΟΣ;')).toBe('answer_in_question');
    expect(problemOf('οδοςσινα', 'ΕΡΜΟΥ Η ΟΔΟΣ;')).toBeUndefined();
  });

  test('says more than a question without any word', () => {
    expect(problemOf('?? !', '??!')).toBe('answer_in_question');
    expect(problemOf('?!.', '??!')).toBeUndefined();
  });

  test.each([
    'Ada',
    'BYRON',
    'byron ada',
    'AdaByron',
    'byronada',
    'a.lovelace',
    'Lovelace',
    'ada-byron',
    'Countess',
    'countess@sign.example',
    'M. Byron',
  ])('is no name of the account: %s', (typed) => {
    const account = ada({
      loginName: 'Countess@Sign.example',
      displayName: 'Ada M Byron',
      mailbox: 'a.lovelace@w.example',
    });
    expect(problemOf(typed, undefined, account)).toBe('answer_is_name');
  });

  test.each([
    [{ displayName: 'X', familyName: null }, 'Ada'],
    [{ displayName: 'X', givenName: null }, 'Byron'],
    [{ displayName: 'Ada Adamson' }, 'AdamsonAda'],
  ])('is none of the names in %j: %s', (names, typed) => {
    expect(problemOf(typed, undefined, ada({ loginName: 'x', mailbox: null, ...names }))).toBe(
      'answer_is_name',
    );
  });

  test('may be part of a name, or hold one', () => {
    expect(problemOf('Work')).toBeUndefined();
    expect(problemOf('Byr')).toBeUndefined();
    expect(problemOf('Adam', undefined, ada({ displayName: 'Ada M Byron' }))).toBeUndefined();
    expect(problemOf('Lord Byron Street')).toBeUndefined();
  });

  test('is compared with the names that there are', () => {
    const account = ada({ displayName: 'X', givenName: null, familyName: null, mailbox: null });
    expect(problemOf('Byron', undefined, account)).toBeUndefined();
  });
});
