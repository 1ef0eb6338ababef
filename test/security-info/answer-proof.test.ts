/** Which security questions are asked, what an answer is digested as, and what a verdict on answers is bound to. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answerDigest,
  isVerdictOn,
  questionOfDraft,
  questionsToAnswer,
} from '../../security-info/answer-proof.ts';
import type { Caller, Method, SecurityInfoRecord } from '../../security-info/record.ts';
import { emptyMethod } from '../../security-info/record.ts';
import { countWrongProof } from '../../security-info/wrong-proofs.ts';
import { from, keys, now, recordWith } from './sample-record.ts';

/** An account, a question and an answer. */
type Triple = [string, string, string];

const callers: readonly Caller[] = ['stranger', 'known_browser', 'signed_in'];
const drawThree = { questionsToReset: 3 };

/** Questions with so many answers. */
function questions(count = 5, fields: Partial<Method> = {}): Method {
  return {
    ...emptyMethod('questions', 'security_questions'),
    answers: Array.from({ length: count }, (_, index) => ({
      questionId: `q${index}`,
      customText: null,
      answerHash: `hash of q${index}`,
    })),
    verifiedAt: from(-10, 'days'),
    ...fields,
  };
}

function asked(
  record: SecurityInfoRecord,
  { method = questions(), caller = 'signed_in' }: { method?: Method; caller?: Caller } = {},
): string[] {
  return questionsToAnswer(keys, record, method, drawThree, caller).map(({ questionId }) => questionId);
}

/** The record after so many wrong answers of a caller, one a minute. */
function afterWrong(count: number, caller: Caller): SecurityInfoRecord {
  let record = recordWith([questions()]);
  for (let index = 0; index < count; index += 1) {
    record = countWrongProof(record, caller, from(index, 'minutes')).next;
  }
  return record;
}

describe('the questions that are asked', () => {
  const record = recordWith([questions()]);

  test.each([
    [5, 3],
    [3, 3],
    // Registered when the policy asked for fewer: all that there are.
    [2, 2],
    [0, 0],
  ])('of %i registered ones are %i, none twice', (registered, expected) => {
    const drawn = asked(record, { method: questions(registered) });
    expect(drawn).toHaveLength(expected);
    expect(new Set(drawn).size).toBe(expected);
  });

  test('stay the same whatever else happens to the account', () => {
    const changed = {
      ...record,
      version: 40,
      challenges: [],
      policyId: 'other',
      mark: { by: 'admin', at: now } as const,
      credentialsChangedAt: now,
    };
    expect(asked(changed)).toEqual(asked(record));
    const { answers } = questions();
    expect(asked(record, { method: questions(5, { answers: answers.toReversed() }) })).toEqual(asked(record));
    expect(asked(record, { method: questions(5, { confirmedAt: now, name: 'x' }) })).toEqual(asked(record));
  });

  test.each(callers)('are drawn anew by each wrong answer of a %s, and by no other’s', (caller) => {
    const draws = Array.from({ length: 10 }, (_, count) =>
      asked(afterWrong(count, caller), { caller }).join(),
    );
    // Ten draws of sixty that there are: to be but three different ones is less than once in a million.
    expect(new Set(draws).size).toBeGreaterThan(3);
    for (const other of callers.filter((one) => one !== caller)) {
      expect(asked(afterWrong(4, caller), { caller: other })).toEqual(asked(record, { caller: other }));
    }
  });

  test('are drawn anew by a proof', () => {
    const draws = Array.from({ length: 10 }, (_, index) =>
      asked(record, { method: questions(5, { lastUsedAt: from(index, 'minutes') }) }).join(),
    );
    expect(new Set(draws).size).toBeGreaterThan(3);
  });

  test('differ from account to account and from one set to the next', () => {
    const ids = Array.from({ length: 10 }, (_, index) => `id${index}`);
    const ofAccounts = ids.map((accountId) => asked({ ...record, accountId }).join());
    const ofSets = ids.map((id) => asked(record, { method: questions(5, { id }) }).join());
    expect(new Set(ofAccounts).size).toBeGreaterThan(3);
    expect(new Set(ofSets).size).toBeGreaterThan(3);
  });

  test('are all asked sooner or later', () => {
    const seen = new Set(
      Array.from({ length: 10 }, (_, count) =>
        asked(afterWrong(count, 'stranger'), { caller: 'stranger' }),
      ).flat(),
    );
    expect([...seen].sort()).toEqual(['q0', 'q1', 'q2', 'q3', 'q4']);
  });
});

describe('the question of a draft', () => {
  const answers = questions().answers.map(({ questionId }) => ({
    questionId,
    customText: null,
    answer: `answer to ${questionId}`,
  }));

  test('is the same each time that it is asked, whatever the order', () => {
    const once = questionOfDraft(keys, 'draft', answers);
    expect(answers).toContainEqual(once);
    expect(questionOfDraft(keys, 'draft', answers)).toEqual(once);
    expect(questionOfDraft(keys, 'draft', answers.toReversed())).toEqual(once);
  });

  test('is any of them, as the draft has it', () => {
    const drawn = Array.from({ length: 60 }, (_, index) => questionOfDraft(keys, `draft ${index}`, answers));
    expect(new Set(drawn.map((one) => one?.questionId)).size).toBe(5);
  });

  test('is none where nothing was answered', () => {
    expect(questionOfDraft(keys, 'draft', [])).toBeUndefined();
  });
});

describe('the digest of an answer', () => {
  const part = fc.string({ maxLength: 8 });

  test('is one for the account, the question and the answer, and another one where any of them differs', () => {
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.nat({ max: 2 }), part, (one, place, other) => {
        const [account, question, answer] = one.with(place, other);
        const isSame = one[place] === other;
        const digest = answerDigest(keys, account ?? '', question ?? '', answer ?? '');
        expect(answerDigest(keys, ...one) === digest).toBe(isSame);
      }),
    );
    expect(answerDigest(keys, 'ada', 'q1', 'x')).toBe(answerDigest(keys, 'ada', 'q1', 'x'));
  });

  test.each<[Triple, Triple]>([
    [
      ['ada', 'q1', 'rex'],
      ['ada', 'q1r', 'ex'],
    ],
    [
      ['ada', 'q"],["', 'rex'],
      ['ada', 'q', '"],["rex'],
    ],
    [
      ['ada,q1', '', 'rex'],
      ['ada', 'q1', 'rex'],
    ],
  ])('does not run its parts together: %j is not %j', (one, other) => {
    expect(answerDigest(keys, ...one)).not.toBe(answerDigest(keys, ...other));
  });

  test('is keyed for answers alone: no other digest of the service is one', () => {
    const digest = answerDigest(keys, 'ada', 'q1', 'rex');
    const purposes = ['mailbox', 'phone', 'destination', 'access-pass', 'question-draw'];
    for (const purpose of purposes) {
      expect(keys.hash(JSON.stringify(['ada', 'q1', 'rex']), purpose)).not.toBe(digest);
    }
  });
});

describe('a verdict', () => {
  const [one, two, three] = questions(3).answers;
  if (!one || !two || !three) throw new Error('three answers were made');
  const verdict = { answerHashes: [one.answerHash, two.answerHash, three.answerHash], isRight: true };

  test('is on exactly the questions that it was made for', () => {
    expect(isVerdictOn(verdict, [one, two, three])).toBe(true);
  });

  test.each([
    ['in another order', [two, one, three]],
    ['fewer', [one, two]],
    ['more', [one, two, three, one]],
    ['others', [one, two, { ...three, answerHash: 'new' }]],
    ['none', []],
  ])('is of no use on %s', (_name, now_) => {
    expect(isVerdictOn(verdict, now_)).toBe(false);
  });

  test('on nothing is on nothing', () => {
    expect(isVerdictOn({ answerHashes: [], isRight: true }, [])).toBe(false);
  });
});
