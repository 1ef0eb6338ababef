/** Takes an import on, chunk by chunk, from wherever it is: by any node, again after a kill, by one at a time. */
import { randomUUID } from 'node:crypto';
import { ImportNotFound } from '../../errors.ts';
import type { DomainEvent } from '../../events.ts';
import { adminEvent } from '../acting-admin.ts';
import { applyChunk, checkChunk } from './chunks.ts';
import type { ImportClaim, ImportJob, ImportPorts, ImportProgress, ImportState } from './import-ports.ts';
import { runningStates } from './import-ports.ts';
import { problemAt } from './import-problem.ts';

/** How long a node that died keeps others from an import, in seconds: longer than a chunk takes. */
export const claimSeconds = 60;

/** Whether nothing goes on by itself any more. */
export function isAtRest({ state }: Pick<ImportJob, 'state'>): boolean {
  return !runningStates.some((running) => running === state);
}

/**
 * Runs an import until it is at rest, it is in other hands, or the signal ends it after the chunk that it is in.
 * @param onProgress told after each chunk
 * @returns the import as it is then: where its state is a running one and the signal is silent, another node has it
 * @throws {ImportNotFound} `import_not_found`
 */
export async function runImport(
  ports: ImportPorts,
  importId: string,
  signal: AbortSignal,
  onProgress: (job: ImportJob) => void = () => undefined,
): Promise<ImportJob> {
  const claim = { importId, holder: randomUUID() };
  const now = ports.clock.now();
  let job = signal.aborted ? null : await ports.imports.claim(claim, now, untilAt(ports));
  if (job === null) return readImport(ports, importId);
  try {
    while (!signal.aborted && !isAtRest(job)) {
      const next: ImportJob | null = await step(ports, job, claim);
      if (next === null) return await readImport(ports, importId);
      job = next;
      onProgress(job);
    }
    return job;
  } finally {
    await ports.imports.release(claim, ports.clock.now());
  }
}

/** Runs what other nodes have left behind, one after the other. @returns how many there were */
export async function runAbandonedImports(
  ports: ImportPorts,
  signal: AbortSignal,
  onProgress: (job: ImportJob) => void = () => undefined,
): Promise<number> {
  for (let count = 0; ; count += 1) {
    const importId = signal.aborted ? null : await ports.imports.findAbandoned(ports.clock.now());
    if (importId === null) return count;
    await runImport(ports, importId, signal, onProgress);
  }
}

/** One import. @throws {ImportNotFound} `import_not_found` */
export async function readImport(
  { imports }: Pick<ImportPorts, 'imports'>,
  importId: string,
): Promise<ImportJob> {
  const job = await imports.read(importId);
  if (job === null) throw new ImportNotFound();
  return job;
}

function untilAt({ clock }: Pick<ImportPorts, 'clock'>): Date {
  return new Date(clock.now().getTime() + claimSeconds * 1000);
}

/** @returns null when the import is in other hands */
async function step(ports: ImportPorts, job: ImportJob, claim: ImportClaim): Promise<ImportJob | null> {
  const advance = (to: ImportProgress, events: readonly DomainEvent[] = []): Promise<ImportJob | null> =>
    ports.imports.advance(claim, job, to, untilAt(ports), events);
  const end = async (state: ImportState, failure: ImportJob['failure'] = null): Promise<ImportJob | null> => {
    const ended = { ...job, state, failure, endedAt: ports.clock.now() };
    const next = await advance({ state, failure, endedAt: ended.endedAt }, [endEvent(ended)]);
    if (next !== null && state !== 'checked') await ports.imports.purgeRows(job.id);
    return next;
  };
  if (job.state === 'receiving') return end('failed', problemAt(null, null, { code: 'upload_incomplete' }));
  if (job.nextChunk < job.chunkCount) {
    const counts = await (job.state === 'checking' ? checkChunk : applyChunk)(ports, job);
    if (counts === null) return end('failed', problemAt(null, null, { code: 'rows_gone' }));
    return advance({ nextChunk: job.nextChunk + 1, counts: { ...job.counts, ...counts } });
  }
  if (job.state === 'applying') return end('done');
  if (job.options.checkOnly) return end('checked');
  if (job.counts.bad > 0 && job.options.onErrors === 'stop') return end('stopped');
  return advance({ state: 'applying', nextChunk: 0 });
}

/** How an import ended, and with which counts. */
export function endEvent({ id, by, state, counts, endedAt, createdAt }: ImportJob): DomainEvent {
  const { rows, bad, created, changed, unchanged, refused } = counts;
  const parts = { rows, bad, created, changed, unchanged, refused };
  const reason = [state, ...Object.entries(parts).map(([what, count]) => `${what}:${count}`), `import:${id}`];
  return adminEvent(by, 'import_finished', endedAt ?? createdAt, {
    reason: reason.join(' '),
    result: state === 'done' || state === 'checked' ? 'success' : 'failure',
  });
}
