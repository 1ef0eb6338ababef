/** Rows as they lie in the store, sealed, and the names that make what is done for a row the same each time. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DataKeys } from '../../ports.ts';
import type { MethodType } from '../../record.ts';
import { foldLoginName } from '../../throttles.ts';
import { methodColumns } from './columns.ts';
import type { FileRow } from './read-file.ts';

const staged = z.array(z.object({ line: z.int(), cells: z.array(z.string()) }));

function context(importId: string, chunk: number): string {
  return `import:${importId}:${chunk}:rows`;
}

/** Seals the rows of a chunk: numbers and addresses stand in it. */
export function sealRows(keys: DataKeys, importId: string, chunk: number, rows: readonly FileRow[]): string {
  return keys.seal(JSON.stringify(rows), context(importId, chunk));
}

/** Opens the rows of a chunk. @throws {Error} when its key is gone */
export function openRows(
  keys: DataKeys,
  importId: string,
  chunk: number,
  ciphertext: string,
): readonly FileRow[] {
  return staged.parse(JSON.parse(keys.open(ciphertext, context(importId, chunk))));
}

/** The id of what is made for a row: the same each time, so that it is there once. In the form of a UUID (version 8). */
export function idOf(importId: string, ...parts: readonly (string | number)[]): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([importId, ...parts]))
    .digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Of the event of what a row changes: the profile, or the method of a type. */
export function rowEventId(importId: string, line: number, what: MethodType | 'profile'): string {
  return idOf(importId, line, what, 'event');
}

/** Of all events that a row can have in the audit log. */
export function rowEventIds(importId: string, line: number): readonly string[] {
  const whats = ['profile' as const, ...Object.values(methodColumns)];
  return whats.map((what) => rowEventId(importId, line, what));
}

/** Of a person whom an import makes: known again after a kill. */
export function importedPersonId(importId: string, loginName: string): string {
  return idOf(importId, 'person', foldLoginName(loginName));
}

/** A person within one import, without saying who: two rows of one person have one. */
export function personDigest(keys: DataKeys, importId: string, person: string): string {
  return keys.hash(`${importId}:${person}`, 'import-person').slice(0, 22);
}
