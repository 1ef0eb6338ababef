/** What the purging job needs of the stores: what is kept for a time, and records in which something has expired. */
import type { SecurityInfoRecord } from './record.ts';

/** Documents that are kept for a time and then deleted. */
export interface Retained {
  /** What they are counted as. */
  readonly name: string;
  /** How many are past their time. */
  countExpired(now: Date): Promise<number>;
  /** Deletes up to `limit` that are past their time. @returns how many went; 0 when none is left */
  deleteExpired(now: Date, limit: number): Promise<number>;
}

/** Records in which something has expired. */
export interface ExpiringRecords {
  /** The ids of records to look at; read as they are asked for, and records that were changed meanwhile are left out. */
  withExpired(now: Date): AsyncIterable<string>;
  /**
   * Notes when to look at a record again in which nothing could go, unless it was changed meanwhile.
   * @param lookAt null where nothing in it expires
   */
  lookAgain(
    record: Pick<SecurityInfoRecord, 'accountId' | 'version'>,
    now: Date,
    lookAt: Date | null,
  ): Promise<void>;
}
