/**
 * The code with which a change of the methods is undone without signing in: derived, so that no store holds it. It
 * stands in the notices of the change only. How long it works is the method's cooling-off.
 */
import { timingSafeEqual } from 'node:crypto';
import { longCodeOf, normaliseLongCode } from './long-code.ts';
import type { DataKeys } from './ports.ts';

/** How a change is undone without signing in. */
export interface UndoOffer {
  readonly code: string;
  /** Of the page on which the code is typed; it does not hold it. */
  readonly url: string;
}

/** The code that undoes the change which registered this method, as it is written in a notice. */
export function undoCode(keys: Pick<DataKeys, 'hash'>, accountId: string, methodId: string): string {
  const digest = keys.hash(JSON.stringify([accountId, methodId]), 'undo-code');
  return longCodeOf(Buffer.from(digest, 'base64url'));
}

/** Whether what was typed is that code. Compares in constant time. */
export function isUndoCode(
  keys: Pick<DataKeys, 'hash'>,
  accountId: string,
  methodId: string,
  typed: string,
): boolean {
  const given = normaliseLongCode(typed);
  const right = normaliseLongCode(undoCode(keys, accountId, methodId));
  if (given === undefined || right === undefined) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(right));
}
