/** The fields of a method's form as views show them: what can be chosen in the reader's words and order. */
import type { Translator } from '../../locales/translator.ts';
import type { FieldOption, FormField } from '../../security-info/methods/contract.ts';

/** One thing to choose. */
export interface OptionView {
  readonly value: string;
  readonly text: string;
}

/** A field of a form, ready to be shown. */
export interface FieldView extends Omit<FormField, 'options'> {
  /** The word under which `locales/` has its label and hint. */
  readonly word: string;
  /** Empty for what is typed. */
  readonly options: readonly OptionView[];
}

/** Makes the fields ready; a list of countries is sorted as the reader's language sorts. */
export function fieldViews(fields: readonly FormField[], words: Translator): FieldView[] {
  return fields.map(({ options = [], ...field }) => {
    const shown = options.map(({ value, label }) => ({ value, text: textOf(label, words) }));
    const isCountries = options.some(({ label }) => 'country' in label);
    return {
      ...field,
      word: field.word ?? field.name,
      options: isCountries ? shown.sort((a, b) => words.compare(a.text, b.text)) : shown,
    };
  });
}

function textOf(label: FieldOption['label'], words: Translator): string {
  if ('text' in label) return label.text;
  if ('key' in label) return words.text(label.key);
  return `${words.country(label.country)} (+${label.callingCode})`;
}
