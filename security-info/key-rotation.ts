/** What the rotation of data keys needs of the stores: the places where sealed values lie, each with its contexts. */

/** Some documents of one kind that hold sealed values. */
export interface SealedPlace {
  /** What they are counted as. */
  readonly name: string;
  /**
   * Seals anew, under the newest key, what is sealed under another in the next documents that hold any; each write is
   * conditional on the document as it was read, and what was changed meanwhile is read again.
   * @param cursor where the part before ended, or null to begin; `nextCursor` is null at the end
   */
  reseal(query: { readonly cursor: string | null; readonly limit: number }): Promise<{
    /** Documents in which all that opens is under the newest key now. */
    readonly resealed: number;
    /** Values that no key of the list opens: they stay as they are. */
    readonly unreadable: number;
    readonly nextCursor: string | null;
  }>;
  /** How many documents hold something that is not sealed under the newest key. */
  countOlder(): Promise<number>;
}
