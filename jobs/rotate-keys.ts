/**
 * Seals under the newest data key what is sealed under an older one, so that the older one can be taken out of the
 * list. What is done needs no note: it is not found again, so a run that was cut off is gone on with by the next.
 */
import type { SealedPlace } from '../security-info/key-rotation.ts';
import type { Job, JobCounts } from './job.ts';

/** Documents per step. */
const batchSize = 100;

/** The job, on the places where sealed values lie. `left` counts what is still not under the newest key. */
export function rotateKeys(places: readonly SealedPlace[]): Job {
  return {
    name: 'rotate-keys',
    hasDryRun: true,
    run: async ({ dryRun, onProgress, signal }) => {
      if (dryRun) return countOlder(places, signal);
      const counts = { resealed: 0, unreadable: 0 };
      for (const place of places) {
        let cursor: string | null = null;
        do {
          const step: Awaited<ReturnType<SealedPlace['reseal']>> = await place.reseal({
            cursor,
            limit: batchSize,
          });
          counts.resealed += step.resealed;
          counts.unreadable += step.unreadable;
          cursor = step.nextCursor;
          onProgress({ ...counts });
        } while (cursor !== null && !signal.aborted);
        if (signal.aborted) return counts;
      }
      const left = Object.values(await countOlder(places, signal)).reduce((sum, count) => sum + count, 0);
      return { ...counts, left };
    },
  };
}

async function countOlder(places: readonly SealedPlace[], signal: AbortSignal): Promise<JobCounts> {
  const counts: Record<string, number> = {};
  for (const { name, countOlder: count } of places) {
    if (!signal.aborted) counts[name] = await count();
  }
  return counts;
}
