/** One step of an import: a chunk of rows judged, or applied. What is counted is told, and saved by the caller. */

import { accountEvents, applyRow } from './apply-row.ts';
import type { ImportCounts, ImportJob, ImportPorts } from './import-ports.ts';
import { type ImportProblem, problemAt } from './import-problem.ts';
import { inParallel } from './in-parallel.ts';
import { type GoodRow, type JudgeContext, type Judgement, judgeRow } from './judge-row.ts';
import type { FileRow } from './read-file.ts';
import { openRows, rowEventIds } from './rows.ts';

/** Rows of one chunk that are in hand at once. */
const width = 8;

/** What a step counted; null where the rows are gone. */
export type StepCounts = Partial<ImportCounts> | null;

async function contextOf(ports: ImportPorts, job: ImportJob): Promise<JudgeContext> {
  const [policies, ownEmailDomains] = await Promise.all([
    ports.policies.current(),
    ports.directory.ownEmailDomains(),
  ]);
  return { ports, job, policies, ownEmailDomains };
}

/** Judges the next chunk and writes down what is wrong with it. */
export async function checkChunk(ports: ImportPorts, job: ImportJob): Promise<StepCounts> {
  const { imports, keys } = ports;
  const { id, nextChunk, counts, expiresAt } = job;
  const chunk = await imports.readChunk(id, nextChunk);
  if (chunk === null) return null;
  const rows = openRows(keys, id, nextChunk, chunk.rowsCiphertext);
  const context = await contextOf(ports, job);
  const judged = await inParallel(rows, width, (row) => judgeRow(context, row));
  const people = [...new Set(judged.flatMap(({ person }) => person ?? []))];
  const problems = findProblems(judged, new Set(await imports.findEarlier(nextChunk, people)));
  const badLines = [...new Set(problems.flatMap(({ line }) => line ?? []))];
  await imports.judgeChunk(id, nextChunk, { people, badLines, problems, expiresAt });
  return { checked: counts.checked + rows.length, bad: counts.bad + badLines.length };
}

/** Everything that is wrong, in order of the lines; of two rows of one person the later one is. */
function findProblems(judged: readonly Judgement[], seen: Set<string>): readonly ImportProblem[] {
  return judged.flatMap(({ line, person, outcome }) => {
    const isTwice = person !== null && seen.has(person);
    if (person !== null) seen.add(person);
    return [
      ...(isTwice ? [problemAt(line, 'user', { code: 'person_twice' })] : []),
      ...('problems' in outcome ? outcome.problems : []),
    ];
  });
}

/** Applies the good rows of the next chunk, judged once more by what is there now. */
export async function applyChunk(ports: ImportPorts, job: ImportJob): Promise<StepCounts> {
  const { imports, keys } = ports;
  const { id, nextChunk, by, expiresAt } = job;
  const chunk = await imports.readChunk(id, nextChunk);
  if (chunk === null) return null;
  const bad = new Set(chunk.badLines);
  const rows = openRows(keys, id, nextChunk, chunk.rowsCiphertext).filter(({ line }) => !bad.has(line));
  const context = await contextOf(ports, job);
  const judged = await inParallel(rows, width, (row: FileRow) => judgeRow(context, row));
  const good = judged.flatMap(({ outcome }): GoodRow[] => ('good' in outcome ? [outcome.good] : []));
  // After the records were read: what is no longer pending in one of them is in the audit log by now.
  const published = await imports.findPublished(rows.flatMap(({ line }) => rowEventIds(id, line)));
  const applying = { ports, importId: id, by };
  await ports.eventLog.insert(good.flatMap((row) => accountEvents(applying, row)));
  const outcomes = await inParallel(good, width, (row) => applyRow(applying, row, published));
  const refused = [
    ...judged.flatMap(({ outcome }) => ('problems' in outcome ? outcome.problems.slice(0, 1) : [])),
    ...outcomes.flatMap((outcome) => (typeof outcome === 'object' ? [outcome.problem] : [])),
  ];
  if (refused.length > 0) await imports.addProblems(id, refused, expiresAt);
  const count = (what: string): number => outcomes.filter((outcome) => outcome === what).length;
  return {
    created: job.counts.created + count('created'),
    changed: job.counts.changed + count('changed'),
    unchanged: job.counts.unchanged + count('unchanged'),
    refused: job.counts.refused + refused.length,
  };
}
