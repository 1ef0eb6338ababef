/** Security questions: chosen from the policy's, answered, and proved by answering again. Count only beside another method. */
import type { FieldError } from '../errors.ts';
import type { Policy } from '../policy.ts';
import { answerProblem, normaliseAnswer } from './answers.ts';
import type {
  DraftAnswer,
  DraftContext,
  FieldOption,
  FormContext,
  FormField,
  MethodContract,
} from './contract.ts';
import { emptyDraft } from './contract.ts';

/** In UTF-16 code units, which is what a browser counts. */
const maximumFieldLength = 200;
const maximumIdLength = 64;

/** Security questions. */
export const securityQuestions: MethodContract = {
  type: 'security_questions',
  maximum: 1,
  isRegisteredByUser: true,
  isPrefillable: false,
  countsAlone: false,
  mayBeOnlyOne: false,
  isForAdmins: false,
  channels: [],
  noticeChannel: null,
  factor: 'knowledge',
  amrOf: () => 'kba',
  proof: 'answers',
  fields: ({ policy }: FormContext) => {
    const options = optionsOf(policy);
    // Of different subjects at first, where the list is long: neighbours are alike.
    const step = Math.max(1, Math.floor(options.length / policy.questionsToRegister));
    return numbersOf(policy).flatMap((number) => fieldsOf(number, options, (number - 1) * step));
  },
  draft: (input, context) => {
    const errors: FieldError[] = [];
    const answers: DraftAnswer[] = [];
    const chosen = new Set<string>();
    const given = new Set<string>();
    for (const number of numbersOf(context.policy)) {
      const question = { field: `question${number}`, id: input[`question${number}`] ?? '' };
      const answer = { field: `answer${number}`, typed: input[`answer${number}`] ?? '' };
      const texts = textsOf(question.id, context);
      if (texts === undefined) errors.push({ field: question.field, code: 'unknown_choice' });
      else if (chosen.has(question.id)) errors.push({ field: question.field, code: 'question_twice' });
      else chosen.add(question.id);

      const problem = answerProblem(answer.typed, {
        questionTexts: texts?.all ?? [],
        account: context.account,
      });
      if (problem !== undefined) {
        errors.push({ field: answer.field, ...problem });
        continue;
      }
      const normalised = normaliseAnswer(answer.typed);
      if (given.has(normalised)) errors.push({ field: answer.field, code: 'answer_twice' });
      given.add(normalised);
      answers.push({ questionId: question.id, customText: texts?.custom ?? null, answer: normalised });
    }
    return errors.length > 0 ? { errors } : { ...emptyDraft, answers };
  },
  isEnough: ({ answers }, { questionsToRegister }) => answers.length >= questionsToRegister,
  readAddress: () => {
    throw new TypeError('security questions have no address');
  },
  mask: (address) => address,
  identity: () => {
    throw new TypeError('security questions have no address');
  },
};

function numbersOf({ questionsToRegister }: Policy): number[] {
  return Array.from({ length: questionsToRegister }, (_, index) => index + 1);
}

function optionsOf({ predefinedQuestions, customQuestions }: Policy): FieldOption[] {
  return [
    ...predefinedQuestions.map((id) => ({ value: id, label: { key: `question.${id}` } })),
    ...customQuestions.map(({ id, text }) => ({ value: id, label: { text } })),
  ];
}

/** A question to choose, each form field another one at first, and its answer. */
function fieldsOf(number: number, options: readonly FieldOption[], chosen: number): FormField[] {
  const first = options[chosen];
  return [
    {
      name: `question${number}`,
      inputType: 'select',
      autocomplete: 'off',
      isRequired: true,
      maximumLength: maximumIdLength,
      word: 'question',
      number,
      options,
      ...(first === undefined ? {} : { value: first.value }),
    },
    {
      name: `answer${number}`,
      inputType: 'text',
      autocomplete: 'off',
      isRequired: true,
      maximumLength: maximumFieldLength,
      word: 'answer',
      number,
    },
  ];
}

/** How a question on offer is worded: in all languages, and by the admin; undefined when it is not on offer. */
function textsOf(
  questionId: string,
  { policy, questionWords }: DraftContext,
): { readonly all: readonly string[]; readonly custom: string | null } | undefined {
  const custom = policy.customQuestions.find(({ id }) => id === questionId);
  if (custom !== undefined) return { all: [custom.text], custom: custom.text };
  const isPredefined = policy.predefinedQuestions.some((id) => id === questionId);
  return isPredefined ? { all: questionWords(questionId), custom: null } : undefined;
}
