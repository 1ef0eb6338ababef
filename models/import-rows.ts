/** The rows of imports, and what is wrong with them. */
import type { Connection } from 'mongoose';
import type { ImportStore } from '../security-info/admin/import/import-ports.ts';
import type { ImportProblem } from '../security-info/admin/import/import-problem.ts';
import { insertNew } from './duplicate-key.ts';
import { importProblems, importRows, readProblem, readRows, type StoredProblem } from './import.ts';
import { modelOn } from './schema-options.ts';

/** Chunk numbers and lines as they sort: an import has fewer than so many digits of them. */
const digits = 9;

function rowsId(importId: string, number: number): string {
  return `${importId}:${String(number).padStart(digits, '0')}`;
}

/** Sorts by line; the same problem has the same id, so that it is there once. */
function storedProblem(
  importId: string,
  chunk: number | null,
  expiresAt: Date,
  { line, column, code, values }: ImportProblem,
): StoredProblem {
  const place = [
    String(line ?? 0).padStart(digits, '0'),
    chunk === null ? 'apply' : 'check',
    column ?? '',
    code,
  ];
  return { _id: `${importId}:${place.join(':')}`, importId, chunk, line, column, code, values, expiresAt };
}

type RowStore = Pick<
  ImportStore,
  'putChunk' | 'readChunk' | 'judgeChunk' | 'findEarlier' | 'addProblems' | 'problems' | 'purgeRows'
>;

/** Makes that part of the store on a connection. */
export function createImportRows(connection: Connection): RowStore {
  const rows = modelOn(connection, importRows);
  const wrong = modelOn(connection, importProblems);

  return {
    async putChunk(importId, number, rowsCiphertext, expiresAt) {
      const document = { importId, number, rowsCiphertext, people: [], badLines: [], expiresAt };
      await insertNew(connection, importRows, [{ ...document, _id: rowsId(importId, number) }]);
    },

    async readChunk(importId, number) {
      const document = await rows.findById(rowsId(importId, number), { people: 0 }).lean();
      return document === null ? null : readRows.parse(document);
    },

    async judgeChunk(importId, chunk, { people, badLines, problems, expiresAt }) {
      // What a run before this one found, and what has been put right since, goes.
      await wrong.deleteMany({ importId, chunk });
      const stored = problems.map((problem) => storedProblem(importId, chunk, expiresAt, problem));
      await insertNew(connection, importProblems, stored);
      const fields = { people: [...people], badLines: [...badLines] };
      await rows.updateOne({ _id: rowsId(importId, chunk) }, { $set: fields });
    },

    async findEarlier(number, people) {
      if (number === 0 || people.length === 0) return new Set();
      // Without the import's id, which is in each digest: by the index on people, however many chunks there are.
      const found = await rows
        .find({ people: { $in: [...people] }, number: { $lt: number } }, { people: 1 })
        .lean();
      return new Set(found.flatMap((chunk) => chunk.people));
    },

    async addProblems(importId, problems, expiresAt) {
      const stored = problems.map((problem) => storedProblem(importId, null, expiresAt, problem));
      await insertNew(connection, importProblems, stored);
    },

    async problems(importId, { cursor, limit }) {
      const after = cursor === null ? {} : { _id: { $gt: `${importId}:${cursor}` } };
      const found = await wrong
        .find({ importId, ...after })
        .sort({ _id: 1 })
        .limit(limit + 1)
        .lean();
      const page = found.slice(0, limit);
      const last = page.at(-1)?._id.slice(importId.length + 1) ?? null;
      return {
        items: page.map((document) => readProblem.parse(document)),
        nextCursor: found.length > limit ? last : null,
      };
    },

    async purgeRows(importId) {
      await rows.deleteMany({ importId });
    },
  };
}
