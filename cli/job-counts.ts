/** What a job counts, as a person reads it. */
import type { JobCounts } from '../jobs/job.ts';

/** `2 marked, 1 failed`. */
export function countsInWords(counts: JobCounts): string {
  return Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}
