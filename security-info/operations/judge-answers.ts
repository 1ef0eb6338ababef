/** Digests answers for the record, and judges what was given against it: slow, so before the write and not within it. */
import type { Act } from '../act.ts';
import { type AnswerVerdict, answerDigest, questionsToAnswer } from '../answer-proof.ts';
import { InvalidInput, QuestionsChanged } from '../errors.ts';
import { normaliseAnswer } from '../methods/answers.ts';
import type { DraftAnswer } from '../methods/contract.ts';
import type { AnswerHasher } from '../ports.ts';
import type { Method, RegisteredAnswer, SecurityInfoRecord } from '../record.ts';

/** The answers of a draft as the record keeps them. */
export function hashAnswers(
  hasher: AnswerHasher,
  { account, keys }: Pick<Act, 'account' | 'keys'>,
  answers: readonly DraftAnswer[],
): Promise<RegisteredAnswer[]> {
  return Promise.all(
    answers.map(async ({ questionId, customText, answer }) => ({
      questionId,
      customText,
      answerHash: await hasher.hash(answerDigest(keys, account.id, questionId, answer)),
    })),
  );
}

/**
 * Judges answers to the questions that are asked now. Every one is looked at, whichever is wrong.
 * @param given answers by the id of their question
 * @throws {QuestionsChanged} `questions_changed`, when others are asked by now: nothing was judged
 * @throws {InvalidInput} `invalid_input`, when an answer is missing: nothing was judged; fields `answer1` and so on
 */
export async function judgeAnswers(
  hasher: AnswerHasher,
  act: Act,
  record: SecurityInfoRecord,
  method: Method,
  given: Readonly<Record<string, string>>,
): Promise<AnswerVerdict> {
  const asked = questionsToAnswer(act.keys, record, method, act.policy, act.asker.caller);
  if (asked.length === 0 || asked.some(({ questionId }) => !Object.hasOwn(given, questionId))) {
    throw new QuestionsChanged();
  }
  const typed = asked.map(({ questionId }) => normaliseAnswer(given[questionId] ?? ''));
  const missing = typed.flatMap((answer, index) =>
    answer === '' ? [{ field: `answer${index + 1}`, code: 'required' }] : [],
  );
  if (missing.length > 0) throw new InvalidInput(missing);
  const verdicts = await Promise.all(
    asked.map(({ questionId, answerHash }, index) =>
      hasher.check(answerHash, answerDigest(act.keys, act.account.id, questionId, typed[index] ?? '')),
    ),
  );
  return { answerHashes: asked.map(({ answerHash }) => answerHash), isRight: verdicts.every(Boolean) };
}
