/** What a form gives as a proof: a code as people type it, or answers with the questions that they belong to. */
import { InvalidInput } from '../../security-info/errors.ts';
import type { ProofInput } from '../../security-info/methods/contract.ts';
import { contractOf } from '../../security-info/methods/registry.ts';
import type { MethodType } from '../../security-info/record.ts';
import type { FormStep } from '../shell/contract.ts';
import { type Problem, problemOf } from './room.ts';

/** More questions than any policy asks at once. */
const mostQuestions = 10;
/** Longer than any answer or code. */
const longest = 200;

/**
 * The proof in a form, or what is wrong with its shape. Only six digits are judged by the Desk, so that a slip of the
 * fingers costs no try.
 */
export function readGiven(
  step: Pick<FormStep, 'form'>,
  type: MethodType,
): { readonly given: ProofInput } | { readonly problem: Problem } {
  return contractOf(type).proof === 'answers' ? { given: readAnswers(step) } : readCode(step);
}

function readCode({
  form,
}: Pick<FormStep, 'form'>): { readonly given: string } | { readonly problem: Problem } {
  const code = (form['code'] ?? '').slice(0, longest).replace(/[\s-]/g, '');
  if (/^\d{6}$/.test(code)) return { given: code };
  const wrong = code === '' ? 'required' : 'not_six_digits';
  return { problem: problemOf(new InvalidInput([{ field: 'code', code: wrong }])) };
}

/** By the id of the question, in an object without a prototype: no id in a form can reach anything of ours. */
function readAnswers({ form }: Pick<FormStep, 'form'>): Readonly<Record<string, string>> {
  const answers: Record<string, string> = Object.create(null);
  for (let number = 1; number <= mostQuestions; number += 1) {
    const question = form[`question${number}`];
    if (question !== undefined)
      answers[question.slice(0, longest)] = (form[`answer${number}`] ?? '').slice(0, longest);
  }
  return answers;
}
