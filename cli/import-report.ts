/** What is told of an import at the command line: its progress, how it ended, and what is wrong with which line. */
import type { Translator } from '../locales/translator.ts';
import { csvLine } from '../security-info/admin/import/csv-cell.ts';
import type { ImportJob, ImportPorts } from '../security-info/admin/import/import-ports.ts';
import { type ImportProblem, importProblemKey } from '../security-info/admin/import/import-problem.ts';
import { importProblems } from '../security-info/admin/import/imports.ts';
import type { Answer, Terminal } from './command.ts';
import { textTable } from './text-table.ts';

/** What an answer shows at most; `--report` has all. */
const mostShown = 1_000;
const pageSize = 500;
/** Lines of progress for each of the two passes. */
const progressLines = 20;

/** Tells how far an import is, some twenty times each way. */
export function progressTeller({ tell }: Pick<Terminal, 'tell'>): (job: ImportJob) => void {
  let told = '';
  return ({ id, state, counts, nextChunk, chunkCount }) => {
    const { rows, checked, bad, created, changed, unchanged, refused } = counts;
    const mark = `${state} ${Math.floor((nextChunk / Math.max(1, chunkCount)) * progressLines)}`;
    if (mark === told) return;
    told = mark;
    const applied = created + changed + unchanged + refused;
    tell(
      state === 'checking'
        ? `import ${id}: ${checked} of ${rows} rows checked, ${bad} bad`
        : `import ${id}: ${applied} of ${rows - bad} rows applied`,
    );
  };
}

/** How an import ended. */
export interface ImportReport {
  /** Everything that is wrong, as CSV. */
  csv(): AsyncGenerator<string>;
  answer(): Promise<Answer>;
}

/** Tells of an import that is at rest. */
export function importReport(
  ports: Pick<ImportPorts, 'imports'>,
  job: ImportJob,
  words: Translator,
): ImportReport {
  const reasonOf = (problem: ImportProblem): string => words.text(importProblemKey(problem), problem.values);

  async function* problems(): AsyncGenerator<ImportProblem> {
    if (job.failure !== null) yield job.failure;
    for (let cursor: string | null = null; ; ) {
      const page: Awaited<ReturnType<typeof importProblems>> = await importProblems(ports, job.id, {
        cursor,
        limit: pageSize,
      });
      yield* page.items;
      cursor = page.nextCursor;
      if (cursor === null) return;
    }
  }

  return {
    async *csv() {
      yield csvLine(['line', 'column', 'code', 'reason']);
      for await (const problem of problems()) {
        yield csvLine([problem.line, problem.column, problem.code, reasonOf(problem)]);
      }
    },

    async answer() {
      const shown: (Pick<ImportProblem, 'line' | 'column' | 'code'> & { reason: string })[] = [];
      let hasMore = false;
      for await (const problem of problems()) {
        hasMore = shown.length === mostShown;
        if (hasMore) break;
        const { line, column, code } = problem;
        shown.push({ line, column, code, reason: reasonOf(problem) });
      }
      const { id, state, options, counts, createdAt, endedAt } = job;
      const isFailure =
        state === 'stopped' ||
        state === 'failed' ||
        counts.refused > 0 ||
        (state === 'checked' && counts.bad > 0);
      const rows = shown.map(({ line, column, reason }) => [String(line ?? ''), column ?? '', reason]);
      return {
        json: { importId: id, state, options, counts, createdAt, endedAt, problems: shown, hasMore },
        text: [
          ...(rows.length > 0 ? [textTable(['LINE', 'COLUMN', 'REASON'], rows)] : []),
          ...(hasMore ? ['There is more: --report writes all of it into a file.'] : []),
          outcomeOf(job),
        ].join('\n'),
        ...(isFailure ? { isFailure: true as const } : {}),
      };
    },
  };
}

function outcomeOf({ id, state, counts }: ImportJob): string {
  const { rows, bad, created, changed, unchanged, refused } = counts;
  if (state === 'failed') return `Import ${id} failed: nothing more is done.`;
  if (state === 'stopped') return `Nothing more is done: ${bad} of ${rows} rows are bad. (import ${id})`;
  if (state === 'checked') {
    return `${rows - bad} of ${rows} rows are good. Apply them with: oidc-security-info import --resume ${id}${bad > 0 ? ' --on-errors skip' : ''}`;
  }
  const parts = [`${created} created`, `${changed} changed`, `${unchanged} as they were`, `${bad} bad`];
  return `${rows} rows: ${[...parts, ...(refused > 0 ? [`${refused} not applied`] : [])].join(', ')}. (import ${id})`;
}
