/**
 * Proving by security questions: which ones are asked, and what a verdict on the answers is bound to. Digesting is
 * slow and an operation's (operations/judge-answers.ts); here all is pure.
 */
import type { DraftAnswer } from './methods/contract.ts';
import { drawQuestions } from './methods/question-draw.ts';
import type { EffectivePolicy } from './policy.ts';
import type { DataKeys } from './ports.ts';
import type { Caller, Method, RegisteredAnswer, SecurityInfoRecord } from './record.ts';

/** What the answers that were given are worth, and for which digests that holds. */
export interface AnswerVerdict {
  /** Of the questions that were drawn, in their order. */
  readonly answerHashes: readonly string[];
  readonly isRight: boolean;
}

/** What an answer is digested as: with a key, for there are few answers, and for this question of this account only. */
export function answerDigest(
  keys: Pick<DataKeys, 'hash'>,
  accountId: string,
  questionId: string,
  normalisedAnswer: string,
): string {
  return keys.hash(JSON.stringify([accountId, questionId, normalisedAnswer]), 'answer');
}

/**
 * The questions that a proof takes now: drawn from what the record holds, so that neither another page nor another
 * sign-in draws others; a wrong answer of this caller, or a proof, draws anew.
 */
export function questionsToAnswer(
  keys: Pick<DataKeys, 'hash'>,
  record: Pick<SecurityInfoRecord, 'accountId' | 'wrongProofs'>,
  method: Method,
  policy: Pick<EffectivePolicy, 'questionsToReset'>,
  caller: Caller,
): readonly RegisteredAnswer[] {
  const state = [record.accountId, method.id, caller, method.lastUsedAt, record.wrongProofs[caller]];
  const seed = keys.hash(JSON.stringify(state), 'question-draw');
  const drawn = drawQuestions(method.answers, Math.min(policy.questionsToReset, method.answers.length), seed);
  return drawn.flatMap((id) => method.answers.filter(({ questionId }) => questionId === id));
}

/** The one question of a draft that is asked once more, so that a slip of the keyboard is found. */
export function questionOfDraft(
  keys: Pick<DataKeys, 'hash'>,
  draftId: string,
  answers: readonly DraftAnswer[],
): DraftAnswer | undefined {
  const [drawn] = drawQuestions(answers, Math.min(1, answers.length), keys.hash(draftId, 'question-draw'));
  return answers.find(({ questionId }) => questionId === drawn);
}

/** Whether a verdict is one on what the record asks now. */
export function isVerdictOn(verdict: AnswerVerdict, asked: readonly RegisteredAnswer[]): boolean {
  return (
    asked.length > 0 &&
    verdict.answerHashes.length === asked.length &&
    asked.every(({ answerHash }, index) => answerHash === verdict.answerHashes[index])
  );
}
