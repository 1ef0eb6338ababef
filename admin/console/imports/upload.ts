/** The form with the file: what is to be done with the rows, and the file itself, sealed as it comes in. */
import { z } from 'zod';
import type { ImportOptions } from '../../../security-info/admin/import/import-ports.ts';
import { importProblemKey } from '../../../security-info/admin/import/import-problem.ts';
import { createImport } from '../../../security-info/admin/import/imports.ts';
import { fileLimits } from '../../../security-info/admin/import/read-file.ts';
import { runImport } from '../../../security-info/admin/import/run-import.ts';
import { InvalidImportFile, InvalidInput } from '../../../security-info/errors.ts';
import { isPhoneCountry } from '../../../security-info/methods/phone-number.ts';
import type { AdminStep, ConsoleTable } from '../console-routes.ts';
import type { ConsoleParts } from '../parts.ts';
import { type PageProblem, problemOf } from '../refusal.ts';
import { sections } from '../sections.ts';

/** Bytes of a file that is uploaded. */
const largestFile = 200 * 1024 * 1024;
/** Bytes of what stands around it. */
const formBytes = 64 * 1024;

const options = z.object({
  checkOnly: z.enum(['yes', 'no']),
  onErrors: z.enum(['skip', 'stop']),
  unknownPeople: z.enum(['create', 'report']),
  country: z.string().trim().toUpperCase(),
});

type Form = Readonly<Record<string, string>>;
const proposed: Form = { checkOnly: 'yes', onErrors: 'stop', unknownPeople: 'create', country: '' };

/** Adds the pages. */
export function uploadPages(table: ConsoleTable, { imports, inBackground }: ConsoleParts): void {
  const base = sections.imports;
  const again = `${base}/new?again=1`;

  const showForm = (step: AdminStep, page: { form: Form; problem: PageProblem | null; isAgain?: boolean }) =>
    step.show(
      'admin/imports/new',
      { isAgain: false, maximum: largestFile / 1024 / 1024, ...page },
      { status: page.problem?.status ?? 200 },
    );

  table.get(`${base}/new`, 'imports', (step) =>
    showForm(step, { form: proposed, problem: null, isAgain: step.ctx.query['again'] !== undefined }),
  );

  table.postFile(
    base,
    'imports',
    { maximumBytes: largestFile + formBytes, againPath: again },
    async (step) => {
      const { form, file, by, words } = step;
      try {
        const job = await createImport(imports, by, file, optionsOf(form), {
          ...fileLimits,
          bytes: largestFile,
        });
        inBackground((signal) => runImport(imports, job.id, signal));
        step.goTo(`${base}/${job.id}`);
      } catch (error) {
        const problem = problemOf(error, words);
        await showForm(step, {
          form: { ...proposed, ...form },
          problem: error instanceof InvalidImportFile ? withReasons(problem, error, step) : problem,
        });
      }
    },
  );
}

/** Says what is wrong with the file, and where. */
function withReasons(problem: PageProblem, error: InvalidImportFile, { words }: AdminStep): PageProblem {
  const reasons = error.problems.map((one) => {
    const reason = words.text(importProblemKey(one), one.values);
    return one.line === null ? reason : words.text('admin_imports.at_line', { line: one.line, reason });
  });
  return { ...problem, message: [problem.message, ...reasons].join(' ') };
}

/** @throws {InvalidInput | ZodError} */
function optionsOf(form: Form): ImportOptions {
  const { checkOnly, country, ...rest } = options.parse({ ...form, country: form['country'] ?? '' });
  if (country !== '' && !isPhoneCountry(country)) {
    throw new InvalidInput([{ field: 'country', code: 'unknown_choice' }]);
  }
  return { ...rest, checkOnly: checkOnly === 'yes', country: country === '' ? null : country };
}
