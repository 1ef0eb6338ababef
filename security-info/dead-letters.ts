/** Notices that were given up, and what waits: for those who look after the deployment. */
import type { OutboxMessage } from './ports.ts';

/** A notice that is not tried any more, until somebody has it tried again. */
export interface DeadLetter extends OutboxMessage {
  readonly state: 'dead';
  readonly diedAt: Date;
}

/** The notices that were given up; they are kept, sealed as they were. */
export interface DeadLetterStore {
  /**
   * Ends a claim: given up. False, and nothing changes, when the claim was lost meanwhile.
   * @param error names no address and no secret
   */
  bury(message: Pick<OutboxMessage, 'key' | 'claimId'>, error: string): Promise<boolean>;
  /** One page of them, the latest first; `nextCursor` is null at the end. An unreadable cursor begins anew. */
  listDead(query: {
    readonly cursor: string | null;
    readonly limit: number;
  }): Promise<{ readonly messages: readonly DeadLetter[]; readonly nextCursor: string | null }>;
  /** Queues one anew, as if it were new; false where it is not among them. */
  retryDead(key: string): Promise<boolean>;
  /** The same for all of them. @returns how many */
  retryAllDead(): Promise<number>;
}

/** How much is on its way. */
export interface Backlog {
  /** Records whose events are still to be drained. */
  readonly undrained: number;
  /** Notices that are queued or being sent. */
  readonly waiting: number;
  /** Notices that were given up. */
  readonly dead: number;
}

/** Counts what is on its way, by indexes alone. */
export interface BacklogStore {
  count(): Promise<Backlog>;
}
