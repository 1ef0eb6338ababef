/** What the schema has to say against a policy, as codes whose words are in `locales/`: none of zod's own. */
import type { z } from 'zod';
import type { FieldError } from './errors.ts';

type Issue = z.core.$ZodIssue;

/** The kinds of value that a setting can ask for, by what the schema calls them. */
const kinds: Readonly<Record<string, string>> = {
  number: 'number',
  int: 'whole_number',
  string: 'text',
  boolean: 'boolean',
  array: 'list',
  object: 'object',
};

/** What is out of bounds, by what the schema calls it: a number, the length of a text or that of a list. */
const bounds: Readonly<Record<string, { readonly small: string; readonly big: string }>> = {
  number: { small: 'too_small', big: 'too_big' },
  int: { small: 'too_small', big: 'too_big' },
  string: { small: 'too_short', big: 'too_long' },
  array: { small: 'too_few', big: 'too_many' },
};

/** The mistakes that the schema has found: of several of one value the first, of two bounds the narrower, which is later. */
export function fieldErrorsOf(issues: readonly Issue[]): FieldError[] {
  const found = new Map<string, FieldError>();
  for (const error of issues.flatMap(errorsOf)) {
    const before = found.get(error.field);
    if (before === undefined || before.code === error.code) found.set(error.field, error);
  }
  return [...found.values()];
}

function errorsOf(issue: Issue): FieldError[] {
  if (issue.code !== 'unrecognized_keys') return [{ field: issue.path.join('.'), ...problemOf(issue) }];
  return issue.keys.map((key) => ({ field: [...issue.path, key].join('.'), code: 'unknown_setting' }));
}

function problemOf(issue: Issue): Omit<FieldError, 'field'> {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = kinds[issue.expected];
      return expected === undefined ? invalid : { code: 'wrong_kind', values: { expected } };
    }
    case 'too_small': {
      const code = bounds[issue.origin]?.small;
      return code === undefined ? invalid : { code, values: { minimum: Number(issue.minimum) } };
    }
    case 'too_big': {
      const code = bounds[issue.origin]?.big;
      return code === undefined ? invalid : { code, values: { maximum: Number(issue.maximum) } };
    }
    case 'invalid_value':
      return notOneOf(issue.values);
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options) ? notOneOf(issue.options) : invalid;
    default:
      return invalid;
  }
}

const invalid = { code: 'invalid_value' } as const;

function notOneOf(allowed: readonly unknown[]): Omit<FieldError, 'field'> {
  return { code: 'not_one_of', values: { allowed: allowed.map(String).join(', ') } };
}
