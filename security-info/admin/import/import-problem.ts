/** What can be wrong in a file or a row: where, and under which key its words are. Never what stood there. */
import type { FieldError } from '../../errors.ts';
import type { ImportColumn } from './columns.ts';

/** Codes with words of their own; every other one is a code of `field_error`. */
export const importProblemCodes = [
  'not_utf8',
  'not_text',
  'file_too_large',
  'too_many_rows',
  'row_too_long',
  'bad_quotes',
  'no_header',
  'no_rows',
  'unknown_column',
  'column_twice',
  'user_column_missing',
  'cell_count',
  'person_not_found',
  'person_twice',
  'person_not_changeable',
  'method_not_offered',
  'not_a_language',
  'not_saved',
  'upload_incomplete',
  'rows_gone',
] as const;

/** One thing that is wrong. */
export interface ImportProblem {
  /** The line in the file on which the row begins, from 1; null where it is the file as a whole. */
  readonly line: number | null;
  readonly column: ImportColumn | null;
  readonly code: string;
  /** Counts for the message, never anything personal. */
  readonly values: Readonly<Record<string, string | number>>;
}

/** The key of a problem's words. */
export function importProblemKey({ code }: Pick<ImportProblem, 'code'>): string {
  const isOwn = importProblemCodes.some((own) => own === code);
  return `${isOwn ? 'import_problem' : 'field_error'}.${code}`;
}

/** A problem of a row. */
export function problemAt(
  line: number | null,
  column: ImportColumn | null,
  { code, values = {} }: Pick<FieldError, 'code' | 'values'>,
): ImportProblem {
  return { line, column, code, values };
}
