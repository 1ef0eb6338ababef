/** The words of the predefined security questions in every language, for the rule that no answer repeats them. */
import { languages, type Translators } from '../locales/translator.ts';
import { questionIds } from '../security-info/methods/question-pool.ts';

/** Tells the words of a question by its id; none for a custom question, whose words are its own. */
export function createQuestionWords(translators: Translators): (questionId: string) => readonly string[] {
  const known = new Set<string>(questionIds);
  return (questionId) =>
    known.has(questionId)
      ? languages.map((language) => translators.in(language).text(`question.${questionId}`))
      : [];
}
