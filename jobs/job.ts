/** What every job is: a name and a run that can be repeated at any time, stopped between two steps, and watched. */

/** What a job has done so far, by what it counts. */
export type JobCounts = Readonly<Record<string, number>>;

/** How a job is to run. */
export interface JobRun {
  /** Counts what would be done and changes nothing. */
  readonly dryRun: boolean;
  /** Told after each step. */
  readonly onProgress: (counts: JobCounts) => void;
  /** Aborted when the process stops or the turn is lost: the job ends after the step that it is in. */
  readonly signal: AbortSignal;
}

/** One job. Running it twice, or on two nodes at once, leaves what running it once leaves. */
export interface Job {
  /** Its name on the command line and in the log. */
  readonly name: string;
  /** Whether it can count what it would do; one that cannot is never run with `dryRun`. */
  readonly hasDryRun: boolean;
  run(options: JobRun): Promise<JobCounts>;
}
