/** What is refused, as the API says it: problem details (RFC 9457) whose title and reasons are in the caller's language. */
import { z } from 'zod';
import type { Translator } from '../../locales/translator.ts';
import { importProblemKey } from '../../security-info/admin/import/import-problem.ts';
import {
  type FieldError,
  InvalidImportFile,
  InvalidInput,
  InvalidPolicy,
  type SecurityInfoError,
} from '../../security-info/errors.ts';

/** The media type. */
export const problemType = 'application/problem+json';

/** A problem as it is answered. @see RFC 9457 §3.1 */
export const problemSchema = z
  .object({
    type: z.string().describe('Names the kind of problem, stable: urn:oidc-security-info:problem:<code>.'),
    title: z.string().describe('What is wrong, in the language of Accept-Language.'),
    status: z.int().describe('The HTTP status.'),
    code: z.string().describe('Names the kind of problem, as docs/errors.md lists it.'),
    errors: z
      .array(
        z.object({
          field: z.string().describe('Where in the path, the query or the body: names joined by dots.'),
          code: z.string(),
          message: z.string(),
        }),
      )
      .optional()
      .describe('Each field that is wrong.'),
    values: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .optional()
      .describe('Counts and dates that belong to the problem.'),
  })
  .meta({ id: 'Problem' });

/** What the API refuses by itself, before any operation is asked. */
export const protocolProblems = {
  unauthorized: 401,
  invalid_token: 401,
  insufficient_scope: 403,
  not_an_admin: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  unsupported_media_type: 415,
  body_too_large: 413,
  malformed_json: 400,
  precondition_required: 428,
  internal: 500,
} as const;

/** Something that the API refuses by itself. */
export type ProtocolProblem = keyof typeof protocolProblems;

/** Thrown where the API itself refuses. */
export class ApiProblem extends Error {
  readonly code: ProtocolProblem;
  readonly status: number;
  constructor(code: ProtocolProblem) {
    super(code);
    this.name = 'ApiProblem';
    this.code = code;
    this.status = protocolProblems[code];
  }
}

/** The body of a refusal. */
export function problemOf(
  error: SecurityInfoError | ApiProblem,
  words: Translator,
): z.output<typeof problemSchema> {
  const { code, status } = error;
  const type = `urn:oidc-security-info:problem:${code}`;
  if (error instanceof ApiProblem)
    return { type, title: words.text(`api.problem.${error.code}`), status, code };
  const values = Object.fromEntries(
    Object.entries(error.values).map(([name, value]) => [
      name,
      value instanceof Date ? value.toISOString() : value,
    ]),
  );
  if (error instanceof InvalidImportFile) return { type, status, ...inFile(error, words) };
  const fields = fieldsOf(error);
  return {
    type,
    title: words.text(`error.${code}`, error.values),
    status,
    code,
    ...(fields.length === 0 ? {} : { errors: fields.map((field) => fieldProblem(field, error, words)) }),
    ...(Object.keys(values).length === 0 ? {} : { values }),
  };
}

/** What is wrong in a file, by line. */
function inFile(
  { problems, code }: InvalidImportFile,
  words: Translator,
): Pick<z.output<typeof problemSchema>, 'title' | 'code' | 'errors'> {
  return {
    title: words.text(`error.${code}`),
    code,
    errors: problems.map((problem) => ({
      field: problem.line === null ? 'file' : `line ${problem.line}`,
      code: problem.code,
      message: words.text(importProblemKey(problem), problem.values),
    })),
  };
}

function fieldsOf(error: SecurityInfoError): readonly FieldError[] {
  return error instanceof InvalidInput || error instanceof InvalidPolicy ? error.fields : [];
}

/** Policies and what a schema says have words of their own. */
function fieldProblem(
  { field, code, values = {} }: FieldError,
  error: SecurityInfoError,
  words: Translator,
): { field: string; code: string; message: string } {
  const own =
    error instanceof InvalidPolicy ? ['policy_error', 'field_error'] : ['field_error', 'policy_error'];
  const key = own.map((room) => `${room}.${code}`).find((one) => words.has(one));
  return { field, code, message: key === undefined ? code : words.text(key, values) };
}
