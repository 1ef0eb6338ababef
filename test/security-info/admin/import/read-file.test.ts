/** Lists of people as spreadsheets, programs and mistakes make them: what is read, and on which line what is wrong. */
import { describe, expect, test } from 'vitest';
import {
  type FileLimits,
  type FileRow,
  readImportFile,
} from '../../../../security-info/admin/import/read-file.ts';
import { InvalidImportFile } from '../../../../security-info/errors.ts';
import { fileOf } from './open-import.ts';

async function read(text: string | Uint8Array, piece?: number, limits?: FileLimits) {
  const { columns, rows } = await readImportFile(fileOf(text, piece), limits);
  const found: FileRow[] = [];
  for await (const row of rows) found.push(row);
  return { columns, rows: found };
}

async function problemsOf(...parts: Parameters<typeof read>): Promise<string[]> {
  const error: unknown = await read(...parts).catch((reason: unknown) => reason);
  if (!(error instanceof InvalidImportFile)) throw error;
  return error.problems.map(({ line, column, code }) => [line ?? 'file', column ?? '-', code].join(' '));
}

const rows = [
  { line: 2, cells: ['ada', 'Ada "the" Byron'] },
  { line: 3, cells: ['bob', 'Bob\r\nBabbage'] },
  { line: 6, cells: ['é\u{1F600}', ''] },
];
const whole = 'user,displayName\r\nada,"Ada ""the"" Byron"\r\nbob,"Bob\r\nBabbage"\r\n\r\né\u{1F600},\r\n';

describe('reads', () => {
  test.each([1, 2, 3, 7, 65_536])('rows with their lines, in pieces of %i bytes', async (piece) => {
    expect(await read(whole, piece)).toEqual({ columns: ['user', 'displayName'], rows });
  });

  test('a byte order mark, other line breaks, semicolons, tabs and another case of the header', async () => {
    expect((await read(`\ufeff${whole}`)).rows).toEqual(rows);
    expect((await read(whole.replaceAll('\r\n', '\n'))).rows.map(({ line }) => line)).toEqual([2, 3, 6]);
    for (const delimiter of [';', '\t']) {
      const text = ` USER ${delimiter}groups\n"ada"${delimiter} "staff;it" \n`.replace(
        ' "staff;it" ',
        '"staff;it"',
      );
      expect(await read(text)).toEqual({
        columns: ['user', 'groups'],
        rows: [{ line: 2, cells: ['ada', 'staff;it'] }],
      });
    }
    expect((await read('user,email\r\nada,a@b.example\nbob,\r')).rows.map(({ cells }) => cells)).toEqual([
      ['ada', 'a@b.example'],
      ['bob', ''],
    ]);
  });

  test('what a spreadsheet would take for a formula as it was meant', async () => {
    expect((await read("user,mobilePhone\n'=ada,'+33612345678\n'ada,''\n")).rows).toEqual([
      { line: 2, cells: ['=ada', '+33612345678'] },
      { line: 3, cells: ["'ada", "''"] },
    ]);
  });
});

describe('refuses', () => {
  const latin1 = Buffer.from('user\nada\nZo\u00eb\nbob\n', 'latin1');
  test.each<[string, string | Uint8Array, string]>([
    ['an empty file', '', 'file - no_header'],
    ['blank lines', '\n\n', 'file - no_header'],
    ['another list', 'name,mail\n', '1 - unknown_column'],
    ['a column twice', 'user,email,EMAIL\n', '1 email column_twice'],
    ['no user', 'email\na@b.example\n', '1 - user_column_missing'],
    ['Windows-1252', latin1, '3 - not_utf8'],
    ['UTF-16', Buffer.from('\ufeffuser\n', 'utf16le'), '1 - not_utf8'],
    ['half a character at the end', Buffer.from('user\nZo\u00eb').subarray(0, -1), '2 - not_utf8'],
    ['binary junk', 'user\nada\n\0\0\0', '3 - not_text'],
    ['a quote within', 'user\nada\nb"o"b\n', '3 - bad_quotes'],
    ['text behind a quote', 'user\n"a\nda"x\n', '2 - bad_quotes'],
    ['a quote without an end', 'user\nada\n"bob\ncyd\n', '3 - bad_quotes'],
    ['a quote that swallows the rest', `user\n"${'ada\n'.repeat(20_000)}`, '2 - row_too_long'],
  ])('%s, with the line', async (_what, text, problem) => {
    for (const piece of [1, 65_536]) expect((await problemsOf(text, piece))[0]).toBe(problem);
  });

  test('a header that is a person, without repeating anything of it', async () => {
    const error: unknown = await read('ada,+33612345678\n').catch((reason: unknown) => reason);
    expect(JSON.stringify(error)).not.toContain('33612345678');
  });

  test('more bytes, rows or characters in a line than there may be, without reading on', async () => {
    const limits = { bytes: 100_000, rows: 3 };
    let given = 0;
    async function* endless(start: string, part: string): AsyncGenerator<Uint8Array> {
      yield Buffer.from(start);
      for (given = 0; given < 1e6; given += 1) yield Buffer.from(part);
    }
    const readAll = async (source: AsyncIterable<Uint8Array>, bounds?: FileLimits) => {
      const { rows: found } = await readImportFile(source, bounds);
      for await (const _ of found);
    };
    const gigabyte = 'x'.repeat(1_000);
    await expect(readAll(endless('user\n', gigabyte))).rejects.toThrow('line 2: row_too_long');
    expect(given).toBeLessThan(500);
    await expect(readAll(endless('', gigabyte))).rejects.toThrow('line 1: row_too_long');
    expect(given).toBeLessThan(500);
    await expect(readAll(endless('user\n', '\n'.repeat(1_000)), limits)).rejects.toThrow('file_too_large');
    await expect(readAll(endless('user\n', 'ada\n'), limits)).rejects.toThrow('line 5: too_many_rows');
    expect(given).toBeLessThan(10_000);
  });
});
