/** Cells: nothing that a spreadsheet would calculate, and nothing lost on the way there and back. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  csvLine,
  groupsCell,
  guardCell,
  readGroupsCell,
  unguardCell,
} from '../../../../security-info/admin/import/csv-cell.ts';
import { readImportFile } from '../../../../security-info/admin/import/read-file.ts';
import { fileOf } from './open-import.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...`'=+-@\t\r\n;,"\\ a`) }),
);

test('no cell begins as a formula does, and each comes back', () => {
  for (const formula of ['=1+1', '+33', '-1', '@x', '\tx', "'=1"])
    expect(guardCell(formula)).toBe(`'${formula}`);
  for (const plain of ['ada', "'ada", '', 'a=b']) expect(guardCell(plain)).toBe(plain);
  fc.assert(
    fc.property(text, (value) => {
      expect(guardCell(value)).not.toMatch(/^[=+\-@\t\r]/);
      expect(unguardCell(guardCell(value))).toBe(value);
    }),
  );
});

test('a line comes back as it was written, but for spaces around a cell', async () => {
  const cell = text.filter((value) => !value.includes('\0') && !/\p{Cs}/u.test(value));
  await fc.assert(
    fc.asyncProperty(cell, cell, async (one, other) => {
      const { rows } = await readImportFile(fileOf(csvLine(['user', 'email']) + csvLine([`x${one}`, other])));
      for await (const { cells } of rows) expect(cells).toEqual([`x${one}`.trim(), other.trim()]);
    }),
  );
});

test('groups come back whatever they are called', () => {
  const name = text.map((value) => value.trim()).filter((value) => value !== '');
  fc.assert(
    fc.property(fc.uniqueArray(name), (groups) => {
      expect(readGroupsCell(groupsCell(groups))).toEqual(groups);
    }),
  );
  expect(readGroupsCell(' staff ; it;;staff')).toEqual(['staff', 'it']);
});
