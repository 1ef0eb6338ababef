/** Runs a job and writes down that it began, how far it is, and how it ended. Whose turn it is, is tick.ts's. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { z } from 'zod';
import type { JobRunCause, JobRunStore } from '../security-info/job-runs.ts';
import type { Job, JobCounts, JobRun } from './job.ts';

/** How often a running job gives a sign of life, in seconds. */
const aliveEverySeconds = 15;

/** Where runs are written down, and by whom. */
export interface RunRecorder {
  readonly runs: Pick<JobRunStore, 'begin' | 'progress' | 'end'>;
  /** This process, by its machine and its number. */
  readonly node: string;
}

/** The name of this process. */
export function nodeName(): string {
  return `${hostname()}/${process.pid}`;
}

/** Codes are words of ours; whatever else an error carries stays out of the store. */
const codedError = z.object({ code: z.string().regex(/^[a-z][a-z_]{0,59}$/) });

/**
 * Runs a job for good, on the record.
 * @throws whatever the job throws, once it is written down by its code
 */
export async function runRecorded(
  job: Job,
  cause: JobRunCause,
  { signal, onProgress }: Pick<JobRun, 'signal' | 'onProgress'>,
  { runs, node }: RunRecorder,
): Promise<JobCounts> {
  const id = randomUUID();
  await runs.begin({ id, job: job.name, node, cause });
  let counts: JobCounts = {};
  const alive = setInterval(() => {
    // One that is lost is no loss: the next one comes soon.
    runs.progress(id, counts).catch(() => undefined);
  }, aliveEverySeconds * 1000);
  alive.unref();
  try {
    counts = await job.run({
      dryRun: false,
      signal,
      onProgress: (soFar) => {
        counts = soFar;
        onProgress(soFar);
      },
    });
  } catch (error) {
    const code = codedError.safeParse(error).data?.code ?? 'unexpected';
    // The job's own error is the one to tell, also where the store is what failed.
    await runs.end(id, { result: 'failed', error: code, counts }).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(alive);
  }
  await runs.end(id, { result: signal.aborted ? 'stopped' : 'done', error: null, counts });
  return counts;
}
