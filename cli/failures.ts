/** What can go wrong in a command, and how it is told: which argument, what is right, which exit code. */
import { z } from 'zod';
import type { Translator } from '../locales/translator.ts';
import { importProblemKey } from '../security-info/admin/import/import-problem.ts';
import {
  InvalidImportFile,
  InvalidInput,
  InvalidPolicy,
  SecurityInfoError,
} from '../security-info/errors.ts';

/** Exit codes of every command. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** The command line itself is wrong: which argument, and what is right. */
export class UsageError extends Error {
  readonly code = 'usage';
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** The command line is right, but what it names is not there or cannot be done. */
export class CommandFailed extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
    this.name = 'CommandFailed';
  }
}

/** A failure as it is told: `--json` prints it whole, otherwise its message. */
export interface FailureReport {
  readonly code: string;
  readonly message: string;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
}

/** Errors of ours beyond the catalogue (settings, store): a code, and a message for an operator. */
const codedError = z.object({ code: z.string().regex(/^[a-z_]+$/), message: z.string() });

/** Describes any failure; what is not ours is told by its message alone. */
export function describeFailure(error: unknown, words: Translator): FailureReport {
  if (error instanceof InvalidPolicy || error instanceof InvalidInput) {
    const room = error instanceof InvalidPolicy ? 'policy_error' : 'field_error';
    const fields = error.fields.map(({ field, code, values }) => ({
      field,
      message: textOr(words, `${room}.${code}`, values ?? {}, code),
    }));
    const title = error instanceof InvalidPolicy ? 'The policy was not saved' : 'Some of it will not do';
    const lines = fields.map(({ field, message }) => `  ${field}: ${message}`);
    return { code: error.code, message: [`${title}:`, ...lines].join('\n'), fields };
  }
  if (error instanceof InvalidImportFile) {
    const fields = error.problems.map(({ line, column, code, values }) => ({
      field: [line === null ? 'file' : `line ${line}`, ...(column === null ? [] : [column])].join(', '),
      message: textOr(words, importProblemKey({ code }), values, code),
    }));
    const lines = fields.map(({ field, message }) => `  ${field}: ${message}`);
    return { code: error.code, message: ['The file cannot be imported:', ...lines].join('\n'), fields };
  }
  if (error instanceof SecurityInfoError) {
    return { code: error.code, message: textOr(words, `error.${error.code}`, error.values, error.code) };
  }
  if (error instanceof z.ZodError) {
    const fields = error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
    const lines = fields.map(({ field, message }) => `  ${field}: ${message}`);
    return { code: 'invalid_input', message: ['Some of it will not do:', ...lines].join('\n'), fields };
  }
  const coded = codedError.safeParse(error);
  if (coded.success) return coded.data;
  return { code: 'failed', message: error instanceof Error ? error.message : String(error) };
}

function textOr(
  words: Translator,
  key: string,
  values: Readonly<Record<string, string | number | Date>>,
  fallback: string,
): string {
  try {
    return words.text(key, values);
  } catch {
    return fallback;
  }
}
