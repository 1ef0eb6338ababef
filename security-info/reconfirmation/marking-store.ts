/** What the jobs need of many records at once: by streams and bounded writes, each conditional on the document itself. */

/** An account and the oldest confirmation of what counts there. */
export interface DatedAccount {
  readonly accountId: string;
  readonly confirmedAt: Date;
}

/** An account that is marked, with the mark's date. */
export interface MarkedAccount extends DatedAccount {
  readonly markedAt: Date;
}

/** Accounts that an interval no longer holds: by which rule of their policy. */
export type Freed =
  /** Nobody is due by date any more: an interval of 0, or a scope of nobody. */
  | { readonly kind: 'all' }
  /** Confirmed later than that: the interval has become longer. */
  | { readonly kind: 'confirmed_after'; readonly at: Date }
  /** These, confirmed at or before that. */
  | { readonly kind: 'accounts'; readonly accountIds: readonly string[]; readonly confirmedUntilAt: Date };

/** The part of a record that campaigns look at. */
export interface MarkState {
  readonly accountId: string;
  readonly mark: { readonly by: 'interval' | 'admin' | 'campaign'; readonly at: Date } | null;
  /** Null where nothing counts, so nothing can be reconfirmed. */
  readonly oldestConfirmedAt: Date | null;
}

/** Marks by the interval and by campaigns, in bulk. Each write raises the record's version. */
export interface MarkingStore {
  /** Unmarked accounts under a policy that were confirmed at or before a date, the oldest first, streamed. */
  due(policyId: string, confirmedUntilAt: Date): AsyncIterable<DatedAccount>;
  /** Marks those of these accounts that are still due and unmarked. @returns how many */
  markDue(input: {
    readonly policyId: string;
    readonly accountIds: readonly string[];
    readonly confirmedUntilAt: Date;
    readonly now: Date;
  }): Promise<number>;
  /** Keeps accounts that are not asked out of `due` until `restore`; their marks stay as they are. */
  setAside(accountIds: readonly string[]): Promise<void>;
  /** Accounts under a policy that carry a mark by the interval or a campaign, streamed. */
  marked(policyId: string, by: 'interval' | 'campaign'): AsyncIterable<MarkedAccount>;
  /** How many marks by the interval these rules free, touching nothing. */
  countFreed(policyId: string, freed: Freed): Promise<number>;
  /**
   * Takes up to `limit` marks by the interval away, never another's.
   * @param isSetAside true where they are to stay out of `due` as well
   * @returns how many; 0 when none is left
   */
  clearFreed(input: {
    readonly policyId: string;
    readonly freed: Freed;
    readonly isSetAside: boolean;
    readonly now: Date;
    readonly limit: number;
  }): Promise<number>;
  /** What campaigns look at, of those of these accounts that have a record. */
  states(accountIds: readonly string[]): Promise<readonly MarkState[]>;
  /**
   * Marks those of these accounts that an admin or a campaign has not marked and that were last confirmed at or before
   * a date; a mark by the interval gives way.
   * @returns how many
   */
  markForCampaign(input: {
    readonly campaignId: string;
    readonly accountIds: readonly string[];
    readonly confirmedUntilAt: Date;
    readonly now: Date;
  }): Promise<number>;
}
