/** Security questions as a method: its form, what is made of it, and what is refused at which field. */
import { describe, expect, test } from 'vitest';
import type { DraftContext } from '../../../security-info/methods/contract.ts';
import { securityQuestions } from '../../../security-info/methods/security-questions.ts';
import type { Policy } from '../../../security-info/policy.ts';
import { ada, policyWith } from '../sample-record.ts';

const customQuestions = [
  { id: 'badge', text: 'Which animal is on your first badge?' },
  { id: 'canteen', text: 'What was served on your first day?' },
];
const words: Readonly<Record<string, readonly string[]>> = {
  first_pet: ['What was your first pet called?', 'Comment s’appelait votre premier animal ?'],
};

function contextWith(fields: Partial<Policy> = {}): DraftContext {
  const policy = policyWith({
    questionsToRegister: 3,
    predefinedQuestions: ['first_pet', 'childhood_street', 'first_boss'],
    customQuestions,
    ...fields,
  });
  const questionWords = (id: string) => words[id] ?? [];
  return { account: ada(), policy, channels: [], ownEmailDomains: [], questionWords };
}

const filledIn = {
  question1: 'childhood_street',
  answer1: ' Rue de l’Église ',
  question2: 'badge',
  answer2: 'Wild Boar',
  question3: 'first_pet',
  answer3: 'Ǝlsa 2',
};

function problemsOf(input: Readonly<Record<string, string>>, context = contextWith()) {
  const made = securityQuestions.draft(input, context);
  return 'errors' in made ? made.errors.map(({ field, code }) => `${field}: ${code}`) : made;
}

describe('the form', () => {
  const fields = securityQuestions.fields(contextWith());

  test('asks for as many questions and answers as the policy', () => {
    expect(fields.map(({ name }) => name)).toEqual([
      'question1',
      'answer1',
      'question2',
      'answer2',
      'question3',
      'answer3',
    ]);
    expect(fields.map(({ word, number }) => `${word} ${number}`).slice(2, 4)).toEqual([
      'question 2',
      'answer 2',
    ]);
    expect(securityQuestions.fields(contextWith({ questionsToRegister: 5 }))).toHaveLength(10);
  });

  test('offers the policy’s own choice of the pool, then the admin’s questions in their words', () => {
    for (const field of fields.filter(({ inputType }) => inputType === 'select')) {
      expect(field.options).toEqual([
        { value: 'first_pet', label: { key: 'question.first_pet' } },
        { value: 'childhood_street', label: { key: 'question.childhood_street' } },
        { value: 'first_boss', label: { key: 'question.first_boss' } },
        { value: 'badge', label: { text: 'Which animal is on your first badge?' } },
        { value: 'canteen', label: { text: 'What was served on your first day?' } },
      ]);
    }
  });

  test('begins with another question in each', () => {
    const selects = fields.filter(({ inputType }) => inputType === 'select');
    expect(selects.map(({ value }) => value)).toEqual(['first_pet', 'childhood_street', 'first_boss']);
  });

  test('has answers that a browser does not keep', () => {
    const answers = fields.filter(({ word }) => word === 'answer');
    expect(answers).toHaveLength(3);
    for (const answer of answers) {
      expect(answer).toMatchObject({ inputType: 'text', autocomplete: 'off', isRequired: true });
      expect(answer.value).toBeUndefined();
    }
  });

  test('can be shown where there are fewer questions than it asks for', () => {
    const few = securityQuestions.fields(contextWith({ predefinedQuestions: [], questionsToRegister: 3 }));
    expect(few.filter(({ word }) => word === 'question').map(({ value }) => value)).toEqual([
      'badge',
      'canteen',
      undefined,
    ]);
  });
});

describe('what is filled in', () => {
  test('is kept as what answers are compared by, with the words of an admin’s question', () => {
    expect(securityQuestions.draft(filledIn, contextWith())).toEqual({
      address: null,
      secret: null,
      name: null,
      channel: null,
      answers: [
        { questionId: 'childhood_street', customText: null, answer: "ruedel'église" },
        { questionId: 'badge', customText: 'Which animal is on your first badge?', answer: 'wildboar' },
        { questionId: 'first_pet', customText: null, answer: 'ǝlsa2' },
      ],
    });
  });

  test.each(['', 'first_car', 'no_such_question', '__proto__', 'Badge'])(
    'has a question that is on offer, not %j',
    (question2) => {
      expect(problemsOf({ ...filledIn, question2 })).toEqual(['question2: unknown_choice']);
    },
  );

  test('has no question twice', () => {
    expect(problemsOf({ ...filledIn, question3: 'badge', question2: 'badge' })).toEqual([
      'question3: question_twice',
    ]);
  });

  test('has no answer twice, however it is written', () => {
    expect(problemsOf({ ...filledIn, answer3: 'WILDBOAR' })).toEqual(['answer3: answer_twice']);
    expect(problemsOf({ ...filledIn, answer1: 'wild\u200bboar', answer3: 'wild boar' })).toEqual([
      'answer2: answer_twice',
      'answer3: answer_twice',
    ]);
  });

  test('has no answer that its question gives away, in any language', () => {
    expect(problemsOf({ ...filledIn, answer3: 'Pet' })).toEqual(['answer3: answer_in_question']);
    expect(problemsOf({ ...filledIn, answer3: 'animal' })).toEqual(['answer3: answer_in_question']);
    expect(problemsOf({ ...filledIn, answer2: 'first badge' })).toEqual(['answer2: answer_in_question']);
    expect(problemsOf({ ...filledIn, answer1: 'animal' })).toMatchObject({ answers: [{}, {}, {}] });
  });

  test('has no name of the account', () => {
    expect(problemsOf({ ...filledIn, answer2: 'Byron' })).toEqual(['answer2: answer_is_name']);
  });

  test('is refused with all that is wrong, each at its field', () => {
    const input = {
      question1: 'nothing',
      answer1: 'ab',
      question2: 'badge',
      answer2: '',
      question3: 'badge',
      answer3: 'x'.repeat(50),
    };
    expect(securityQuestions.draft(input, contextWith())).toEqual({
      errors: [
        { field: 'question1', code: 'unknown_choice' },
        { field: 'answer1', code: 'answer_too_short', values: { minimum: 3 } },
        { field: 'answer2', code: 'required' },
        { field: 'question3', code: 'question_twice' },
        { field: 'answer3', code: 'answer_too_long', values: { maximum: 40 } },
      ],
    });
  });

  test('may be nothing at all', () => {
    expect(problemsOf({})).toEqual(
      [1, 2, 3].flatMap((number) => [`question${number}: unknown_choice`, `answer${number}: required`]),
    );
  });

  test('has no more answers than the policy asks for', () => {
    const made = problemsOf({ ...filledIn, question4: 'canteen', answer4: 'Soup of the day' });
    expect(made).toMatchObject({ answers: [{}, {}, {}] });
    expect(made).not.toMatchObject({ answers: [{}, {}, {}, {}] });
  });
});

describe('registered questions', () => {
  test('are enough while they are as many as the policy asks for', () => {
    const three = { answers: ['one', 'two', 'three'] };
    expect(securityQuestions.isEnough(three, { questionsToRegister: 3 })).toBe(true);
    expect(securityQuestions.isEnough(three, { questionsToRegister: 4 })).toBe(false);
    expect(securityQuestions.isEnough({ answers: [] }, { questionsToRegister: 3 })).toBe(false);
  });

  test('count beside another method only, and never for admins', () => {
    expect(securityQuestions).toMatchObject({
      countsAlone: false,
      mayBeOnlyOne: false,
      isForAdmins: false,
      isPrefillable: false,
      isRegisteredByUser: true,
      maximum: 1,
    });
  });

  test('are something that is known, and no code is sent', () => {
    expect(securityQuestions.amrOf(null)).toBe('kba');
    expect(securityQuestions).toMatchObject({ factor: 'knowledge', channels: [], noticeChannel: null });
  });

  test('have no address', () => {
    expect(() => securityQuestions.identity('')).toThrow(TypeError);
  });
});
