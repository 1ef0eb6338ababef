/**
 * What the security-info pages share: what they are given, how they read an address and a form, and how a page says
 * what was refused. What may be done is the Desk's.
 */
import type { Desk, MethodView, Overview, Visit } from '../../security-info/desk.ts';
import type { FieldError } from '../../security-info/errors.ts';
import {
  InvalidInput,
  MethodNotFound,
  PageNotFound,
  SecurityInfoError,
  WrongCode,
} from '../../security-info/errors.ts';
import { parseMethodType } from '../../security-info/methods/registry.ts';
import type { MethodType } from '../../security-info/record.ts';
import type { Step } from '../shell/contract.ts';

/** What the rooms of security info are given. */
export interface SecurityInfoRoom {
  readonly desk: Desk;
  visitOf(step: Step): Promise<Visit>;
  /** When a method was proved in this sign-in so that its user may act as an admin; null where none was. */
  adminProofAt(visit: Visit): Promise<Date | null>;
  /** What was just done, where the page could not be told in its address. */
  takeDone?(step: Step): string | undefined;
}

/** Where the overview is, and what every path of these rooms begins with. */
export const overviewPath = '/security-info';

/** What was refused, as a page shows it: `error.<code>` at the top, and each field's own at the field. */
export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly values: Readonly<Record<string, string | number | Date>>;
  readonly fields: readonly FieldError[];
}

type Refusal = new (...values: never[]) => SecurityInfoError;

/** Does something; a refusal of one of these classes is answered as a problem, any other goes through. */
export async function attempt(
  action: () => Promise<unknown>,
  expected: readonly Refusal[],
): Promise<Problem | null> {
  try {
    await action();
    return null;
  } catch (error) {
    if (!(error instanceof SecurityInfoError) || !expected.some((refusal) => error instanceof refusal))
      throw error;
    return problemOf(error);
  }
}

/** What a page says of a code that was just sent once more: that it is the same one, or another. */
export function sentOf(step: Step): 'again' | 'new' | null {
  const sent = queryOf(step, 'sent');
  return sent === 'again' || sent === 'new' ? sent : null;
}

/** A refusal as a page shows it. */
export function problemOf(error: SecurityInfoError): Problem {
  return {
    code: error.code,
    status: error.status,
    values: error.values,
    fields: fieldsOf(error),
  };
}

function fieldsOf(error: SecurityInfoError): readonly FieldError[] {
  if (error instanceof InvalidInput) return error.fields;
  return error instanceof WrongCode ? [{ field: 'code', code: 'wrong_code' }] : [];
}

/** As `problemOf` of a wrong code, for answers: which one is wrong is not told. */
export function wrongAnswers(problem: Problem): Problem {
  return { ...problem, fields: [{ field: 'answer1', code: 'wrong_answers' }] };
}

/** A parameter of the path. */
export function parameterOf(step: Step, name: string): string {
  const value: unknown = step.ctx.params[name];
  return typeof value === 'string' ? value : '';
}

/** One value of the query; a name that is given twice counts as absent. */
export function queryOf(step: Step, name: string): string | undefined {
  const value = step.ctx.query[name];
  return typeof value === 'string' ? value : undefined;
}

/** The type of method that the path names. @throws {PageNotFound} `page_not_found`, when nothing knows it */
export function methodTypeOf(step: Step): MethodType {
  const type = parseMethodType(parameterOf(step, 'type'));
  if (type === undefined) throw new PageNotFound();
  return type;
}

/** The method that the path names. @throws {MethodNotFound} `method_not_found`, when the account has none such */
export function methodOf(step: Step, overview: Overview): MethodView {
  const id = parameterOf(step, 'id');
  const method = overview.methods.find((candidate) => candidate.id === id);
  if (method === undefined) throw new MethodNotFound();
  return method;
}

/** The path of a page about one method. */
export function methodPath(methodId: string, page: 'prove' | 'replace' | 'remove' | 'name'): string {
  return `${overviewPath}/methods/${encodeURIComponent(methodId)}/${page}`;
}
