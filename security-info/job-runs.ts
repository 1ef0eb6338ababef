/** The runs of the jobs, as an admin wants to see them: when, how long, on which node, with what result and counts. */

/** How a run ended, or that it has not. */
export type JobRunResult = 'running' | 'done' | 'failed' | 'stopped';

/** What set a run off: its schedule, a missed tick or a start of the process, or a person. */
export type JobRunCause = 'schedule' | 'start' | 'hand';

/** One run of a job. */
export interface JobRun {
  readonly id: string;
  readonly job: string;
  /** The process: its machine and its number. */
  readonly node: string;
  readonly cause: JobRunCause;
  readonly startedAt: Date;
  /** Null while it runs. */
  readonly endedAt: Date | null;
  readonly result: JobRunResult;
  /** The code of what it failed with, never its words; `process_ended` where its process died. */
  readonly error: string | null;
  /** What it has done so far, by what it counts. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A run without a sign of life for so long has ended with its process, in seconds. */
export const lostRunSeconds = 180;

/** The runs that are kept. */
export interface JobRunStore {
  /** A run begins. */
  begin(run: Pick<JobRun, 'id' | 'job' | 'node' | 'cause'>): Promise<void>;
  /** A sign of life, with what was done so far; nothing happens once the run has ended. */
  progress(id: string, counts: JobRun['counts']): Promise<void>;
  /** The run ends. */
  end(id: string, end: Pick<JobRun, 'error' | 'counts'> & { readonly result: JobRunResult }): Promise<void>;
  /** The newest runs of a job, the newest first. A run whose process died is told as failed. */
  list(job: string, limit: number): Promise<readonly JobRun[]>;
  /** When the newest run that was done ended; null where none is known. */
  lastDoneAt(job: string): Promise<Date | null>;
}
