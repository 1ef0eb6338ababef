/** A refusal as `views/layout/problem` and `views/layout/field` show it. */
import type { FieldError, SecurityInfoError } from '../../security-info/errors.ts';
import { InvalidInput } from '../../security-info/errors.ts';

/** What is wrong with a form. */
export interface Problem {
  readonly code: string;
  readonly values: Readonly<Record<string, string | number | Date>>;
  readonly fields: readonly FieldError[];
}

/** The problem of a refusal. */
export function problemOf(refusal: SecurityInfoError): Problem {
  return {
    code: refusal.code,
    values: refusal.values,
    fields: refusal instanceof InvalidInput ? refusal.fields : [],
  };
}
