/** What a page of the console says of a refusal: in words, with the fields that are wrong. */
import type { Context } from 'koa';
import { z } from 'zod';
import type { Translator } from '../../locales/translator.ts';
import { type FieldError, InvalidInput, SecurityInfoError } from '../../security-info/errors.ts';

/** As `admin/layout/top` and `layout/field` show it. */
export interface PageProblem {
  readonly message: string;
  readonly status: number;
  readonly fields: readonly FieldError[];
}

/**
 * The problem of a refusal.
 * @throws the error itself, where it is none
 */
export function problemOf(error: unknown, words: Translator): PageProblem {
  if (error instanceof z.ZodError) {
    const fields = error.issues.map(({ path }) => ({ field: String(path[0] ?? ''), code: 'unknown_choice' }));
    return problemOf(new InvalidInput(fields), words);
  }
  if (!(error instanceof SecurityInfoError)) throw error;
  return {
    message: words.text(`error.${error.code}`, error.values),
    status: error.status,
    fields: error instanceof InvalidInput ? error.fields : [],
  };
}

/** What a page was asked for beside its path: the first of each name, of bounded length; empty ones are left out. */
export function queryOf(query: NodeJS.Dict<string | string[]>): Readonly<Record<string, string>> {
  const given = Object.entries(query).flatMap(([name, value]) =>
    typeof value === 'string' && value.trim() !== '' ? [[name, value.trim().slice(0, 2_000)] as const] : [],
  );
  return Object.fromEntries(given);
}

const named = z.object({ id: z.string().max(200) });

/** The id in the path of a page. */
export function idOf(ctx: Context): string {
  return named.parse(ctx['params']).id;
}
