/**
 * Where a page ends, as a text that callers hand back without looking into it. Bound to what was asked for: with other
 * filters it is refused, not misread. Not secret: a cursor holds ids and dates only.
 */
import { createHash } from 'node:crypto';
import { InvalidCursor } from './errors.ts';

const longestCursor = 2_000;

/** Writes a cursor. @param query what was asked for, the limit of a page left out */
export function writeCursor(query: unknown, position: string): string {
  return Buffer.from(`${digestOf(query)}:${position}`).toString('base64url');
}

/**
 * Reads a cursor that `writeCursor` has made for the same query.
 * @throws {InvalidCursor} `invalid_cursor`
 */
export function readCursor(query: unknown, cursor: string): string {
  if (cursor.length > longestCursor || !/^[\w-]+$/.test(cursor)) throw new InvalidCursor();
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const start = `${digestOf(query)}:`;
  if (!text.startsWith(start)) throw new InvalidCursor();
  return text.slice(start.length);
}

function digestOf(query: unknown): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 12);
}
