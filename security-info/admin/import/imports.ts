/** What an admin does with imports: begin one, look at it, apply what was checked, stop it. Running is run-import.ts's. */
import { randomBytes, randomUUID } from 'node:crypto';
import { ImportNotReady, InvalidImportFile } from '../../errors.ts';
import type { DomainEvent } from '../../events.ts';
import { type ActingAdmin, adminEvent } from '../acting-admin.ts';
import {
  type ImportClaim,
  type ImportJob,
  type ImportOptions,
  type ImportPorts,
  type ImportProgress,
  importStates,
  noCounts,
  type Page,
} from './import-ports.ts';
import type { ImportProblem } from './import-problem.ts';
import { problemAt } from './import-problem.ts';
import { type FileLimits, type FileRow, fileLimits, readImportFile } from './read-file.ts';
import { sealRows } from './rows.ts';
import { endEvent, isAtRest, readImport } from './run-import.ts';

const day = 86_400_000;
/** How long the report is kept. */
export const reportDays = 90;
/** How long rows are kept at most: those of an import that nobody takes to its end, or applies. */
export const rowDays = 7;
/** Rows of one chunk: what is done again after a kill at most. */
const chunkRows = 100;
/** Characters of one chunk: below what one document of the store holds. */
const chunkLength = 1_000_000;
/** How long an upload may stand still before others take it for dead, in milliseconds. */
const uploadPatience = 10 * 60_000;

type Imports = Pick<ImportPorts, 'imports'>;

/**
 * Takes a file in, sealed. Nothing is judged yet but whether it is a list of people; `runImport` does the rest.
 * @throws {InvalidImportFile} `invalid_import_file`, when the file cannot be read to its end
 */
export async function createImport(
  ports: Pick<ImportPorts, 'imports' | 'clock' | 'keys'>,
  by: ActingAdmin,
  source: AsyncIterable<Uint8Array>,
  options: ImportOptions,
  limits: FileLimits = fileLimits,
): Promise<ImportJob> {
  const { columns, rows } = await readImportFile(source, limits);
  const createdAt = ports.clock.now();
  const job: ImportJob = {
    id: newImportId(createdAt),
    state: 'receiving',
    ...{ by, options, columns, createdAt, endedAt: null, failure: null, chunkCount: 0, nextChunk: 0 },
    expiresAt: new Date(createdAt.getTime() + reportDays * day),
    counts: noCounts,
  };
  const claim = { importId: job.id, holder: randomUUID() };
  await ports.imports.begin(job, claim, patienceFrom(createdAt));
  return receive(ports, job, claim, rows);
}

function newImportId(now: Date): string {
  return `${now.getTime().toString(36).padStart(9, '0')}-${randomBytes(8).toString('hex')}`;
}

function patienceFrom(now: Date): Date {
  return new Date(now.getTime() + uploadPatience);
}

async function receive(
  { imports, clock, keys }: Pick<ImportPorts, 'imports' | 'clock' | 'keys'>,
  begun: ImportJob,
  claim: ImportClaim,
  rows: AsyncIterable<FileRow>,
): Promise<ImportJob> {
  let job = begun;
  const advance = async (to: ImportProgress, events: readonly DomainEvent[] = []): Promise<void> => {
    const next = await imports.advance(claim, job, to, patienceFrom(clock.now()), events);
    if (next === null) throw new ImportNotReady();
    job = next;
  };
  const rowsExpireAt = new Date(begun.createdAt.getTime() + rowDays * day);
  const put = async (chunk: readonly FileRow[]): Promise<void> => {
    await imports.putChunk(
      job.id,
      job.chunkCount,
      sealRows(keys, job.id, job.chunkCount, chunk),
      rowsExpireAt,
    );
    const counts = { ...job.counts, rows: job.counts.rows + chunk.length };
    await advance({ chunkCount: job.chunkCount + 1, counts });
  };
  try {
    for await (const chunk of inChunks(rows)) await put(chunk);
    if (job.chunkCount === 0) throw new InvalidImportFile([problemAt(null, null, { code: 'no_rows' })]);
    await advance({ state: 'checking' }, [startEvent(job, job.by, clock.now())]);
  } catch (error) {
    const [failure = problemAt(null, null, { code: 'upload_incomplete' })] =
      error instanceof InvalidImportFile ? error.problems : [];
    const failed = { state: 'failed', failure, endedAt: clock.now() } as const;
    await imports.advance(claim, job, failed, clock.now(), [endEvent({ ...job, ...failed })]);
    await imports.purgeRows(job.id);
    throw error;
  } finally {
    await imports.release(claim, clock.now());
  }
  return job;
}

async function* inChunks(rows: AsyncIterable<FileRow>): AsyncGenerator<readonly FileRow[]> {
  let chunk: FileRow[] = [];
  let length = 0;
  for await (const row of rows) {
    chunk.push(row);
    length += row.cells.reduce((sum, cell) => sum + cell.length, 0);
    if (chunk.length < chunkRows && length < chunkLength) continue;
    yield chunk;
    chunk = [];
    length = 0;
  }
  if (chunk.length > 0) yield chunk;
}

function startEvent({ id, options, counts }: ImportJob, by: ActingAdmin, at: Date): DomainEvent {
  const reason = `${options.checkOnly ? 'check' : 'apply'} rows:${counts.rows} import:${id}`;
  return adminEvent(by, 'import_started', at, { reason });
}

/**
 * Lets what was only checked be applied; `runImport` does it.
 * @throws {ImportNotFound} `import_not_found` @throws {ImportNotReady} `import_not_ready`, when it is no checked one
 */
export async function applyImport(
  ports: Pick<ImportPorts, 'imports' | 'clock'>,
  by: ActingAdmin,
  importId: string,
  { onErrors }: Pick<ImportOptions, 'onErrors'>,
): Promise<ImportJob> {
  const job = await readImport(ports, importId);
  const options: ImportOptions = { ...job.options, onErrors, checkOnly: false };
  // All chunks are judged: what comes next is to look at the counts.
  const to = { state: 'checking', by, options, endedAt: null, nextChunk: job.chunkCount } as const;
  const event = startEvent({ ...job, options }, by, ports.clock.now());
  const next = await ports.imports.turn(importId, ['checked'], to, [event]);
  if (next === null) throw new ImportNotReady();
  return next;
}

/**
 * Ends an import for good: what is applied stays, what is not will not be.
 * @throws {ImportNotFound} `import_not_found` @throws {ImportNotReady} `import_not_ready`, when it has ended
 */
export async function stopImport(
  ports: Pick<ImportPorts, 'imports' | 'clock'>,
  by: ActingAdmin,
  importId: string,
): Promise<ImportJob> {
  const job = await readImport(ports, importId);
  const stopped = { state: 'stopped', endedAt: ports.clock.now() } as const;
  const stoppable = importStates.filter((state) => state === 'checked' || !isAtRest({ state }));
  const next = await ports.imports.turn(importId, stoppable, stopped, [endEvent({ ...job, ...stopped, by })]);
  if (next === null) throw new ImportNotReady();
  await ports.imports.purgeRows(importId);
  return next;
}

/** The imports, the newest first. */
export function listImports(
  { imports }: Imports,
  query: { readonly cursor: string | null; readonly limit: number },
): Promise<Page<ImportJob>> {
  return imports.list(query);
}

/** What is wrong in an import, by line. @throws {ImportNotFound} `import_not_found` */
export async function importProblems(
  ports: Imports,
  importId: string,
  query: { readonly cursor: string | null; readonly limit: number },
): Promise<Page<ImportProblem>> {
  await readImport(ports, importId);
  return ports.imports.problems(importId, query);
}
