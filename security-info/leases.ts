/** Turns: which node runs a job's tick. The job itself is right whoever runs it, and however often. */

/** One tick of a job, and who has it. */
export interface Lease {
  readonly job: string;
  /** The time in the schedule that the tick stands for. */
  readonly tickAt: Date;
  /** Random, one per process. */
  readonly holder: string;
}

/** A tick that somebody has begun and not ended: its holder works on it, or has died. */
export interface RunningLease extends Lease {
  /** Moved on by each renewal; by its holder's clock, so good for telling one renewal from another and no more. */
  readonly expiresAt: Date;
}

/**
 * Gives each tick of a job to one node. It only saves work: what keeps jobs right is that each of their writes is
 * conditional and repeatable, so a holder that has lost its lease can do no harm.
 */
export interface LeaseStore {
  /** Notes that ticks up to this one are nobody's business, unless a tick of the job was noted or taken before. */
  begin(job: string, tickAt: Date): Promise<void>;
  /**
   * Takes a tick, in one write.
   * @returns false when this tick or a later one was taken already, or an earlier one is still running
   */
  take(lease: Lease, now: Date, seconds: number): Promise<boolean>;
  /** Holds on to it for so many more seconds; false when it is somebody else's by now. */
  renew(lease: Lease, now: Date, seconds: number): Promise<boolean>;
  /**
   * Lets the next tick begin. Nothing happens when it is somebody else's.
   * @param isFinished false where work is left: the same tick may be taken over, else it is not run again
   */
  release(lease: Lease, isFinished: boolean): Promise<void>;
  /** The ticks that are begun and not finished. */
  running(): Promise<readonly RunningLease[]>;
  /**
   * Takes a tick over from a holder that has died.
   * @param lease as it was seen: false when its holder renewed it since, or another has taken it over
   */
  takeOver(lease: RunningLease, holder: string, now: Date, seconds: number): Promise<boolean>;
}
