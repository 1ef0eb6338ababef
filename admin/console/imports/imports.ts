/** Imports: the list, one of them with its progress and its report, applying and stopping it, and the export. */
import { z } from 'zod';
import type { Translator } from '../../../locales/translator.ts';
import { csvLine } from '../../../security-info/admin/import/csv-cell.ts';
import { exportPeople } from '../../../security-info/admin/import/export-people.ts';
import type { ImportJob, ImportPorts } from '../../../security-info/admin/import/import-ports.ts';
import { type ImportProblem, importProblemKey } from '../../../security-info/admin/import/import-problem.ts';
import {
  applyImport,
  importProblems,
  listImports,
  stopImport,
} from '../../../security-info/admin/import/imports.ts';
import { isAtRest, readImport, runImport } from '../../../security-info/admin/import/run-import.ts';
import type { AdminStep, ConsoleTable } from '../console-routes.ts';
import { answerWith } from '../download.ts';
import type { ConsoleParts } from '../parts.ts';
import { idOf, type PageProblem, problemOf, queryOf } from '../refusal.ts';
import { sections } from '../sections.ts';
import { uploadPages } from './upload.ts';

const pageSize = 50;
const reportPageSize = 500;
/** Seconds after which the page of an import that runs loads itself anew. */
const refreshSeconds = 5;

const acted = z.discriminatedUnion('action', [
  z.object({ action: z.literal('apply'), onErrors: z.enum(['skip', 'stop']) }),
  z.object({ action: z.literal('stop') }),
]);

/** Adds the pages. */
export function importPages(table: ConsoleTable, parts: ConsoleParts): void {
  const { imports, inBackground } = parts;
  const base = sections.imports;

  const showOne = async (step: AdminStep, id: string, problem: PageProblem | null): Promise<void> => {
    const { cursor = null } = queryOf(step.ctx.query);
    const job = await readImport(imports, id);
    const { items, nextCursor } = await importProblems(imports, id, { cursor, limit: pageSize });
    const isRunning = !isAtRest(job);
    if (isRunning) step.ctx.set('Refresh', String(refreshSeconds));
    const page = {
      job,
      isRunning,
      failure: job.failure === null ? null : shown(job.failure, step.words),
      problems: items.map((one) => shown(one, step.words)),
      nextCursor,
      isFirstPage: cursor === null,
    };
    await step.show('admin/imports/one', { problem, ...page }, { status: problem?.status ?? 200 });
  };

  uploadPages(table, parts);

  table.get(base, 'imports', async ({ ctx, show }) => {
    const { cursor = null } = queryOf(ctx.query);
    const { items, nextCursor } = await listImports(imports, { cursor, limit: pageSize });
    await show('admin/imports/list', { jobs: items, nextCursor, isFirstPage: cursor === null });
  });

  table.post(`${base}/export`, 'imports', async ({ ctx, by, form }) => {
    const group = form['group']?.trim() ?? '';
    const lines = exportPeople(imports, by, group === '' ? {} : { group });
    answerWith(ctx, lines, 'text/csv', 'people.csv');
  });

  table.get(`${base}/:id`, 'imports', (step) => showOne(step, idOf(step.ctx), null));

  table.get(`${base}/:id/report`, 'imports', async ({ ctx, words }) => {
    const job = await readImport(imports, idOf(ctx));
    answerWith(ctx, reportLines(imports, job, words), 'text/csv', `import-${job.id}.csv`);
  });

  table.post(`${base}/:id`, 'imports', async (step) => {
    const id = idOf(step.ctx);
    try {
      const what = acted.parse(step.form);
      if (what.action === 'stop') await stopImport(imports, step.by, id);
      else {
        await applyImport(imports, step.by, id, what);
        inBackground((signal) => runImport(imports, id, signal));
      }
    } catch (error) {
      return showOne(step, id, problemOf(error, step.words));
    }
    step.goTo(`${base}/${id}`);
  });
}

function shown({ line, column, code, values }: ImportProblem, words: Translator) {
  return { line, column, reason: words.text(importProblemKey({ code }), values) };
}

async function* reportLines(
  imports: Pick<ImportPorts, 'imports'>,
  { id, failure }: ImportJob,
  words: Translator,
): AsyncGenerator<string> {
  const lineOf = (problem: ImportProblem): string => {
    const { line, column, reason } = shown(problem, words);
    return csvLine([line, column, problem.code, reason]);
  };
  yield csvLine(['line', 'column', 'code', 'reason']);
  if (failure !== null) yield lineOf(failure);
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof importProblems>> = await importProblems(imports, id, {
      cursor,
      limit: reportPageSize,
    });
    yield page.items.map(lineOf).join('');
    cursor = page.nextCursor;
    if (cursor === null) return;
  }
}
