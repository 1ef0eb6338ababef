/** What an admin does with policies, in one interface: nobody overwrites what somebody else has saved. */
import type { Policy } from '../policy.ts';
import type { PreviewFilter } from '../reports/policy-preview.ts';
import type { PreviewRow } from '../reports/preview-person.ts';
import type { PolicyPreview } from '../reports/preview-tally.ts';
import type { ActingAdmin } from './acting-admin.ts';

/** What is to become of those whom a change makes due at once. */
export type DueAtOnce =
  /** The change is refused while there are any. */
  | { readonly kind: 'refuse' }
  /** They are asked at their next sign-in. */
  | { readonly kind: 'at_once' }
  /** Each is asked from a day of their own on, within so many days. */
  | { readonly kind: 'spread'; readonly days: number };

/** How a change is meant. */
export interface PolicyChange {
  readonly by: ActingAdmin;
  /** The version that was read; 0 for a policy that is not there. */
  readonly expectedVersion: number;
  readonly dueAtOnce: DueAtOnce;
  /** Codes of what was warned of and is wanted all the same. */
  readonly acceptedWarnings: readonly string[];
}

/** A change as it is given: a whole policy, not yet looked at, or the id of one to remove. */
export type GivenProposal = { readonly save: unknown } | { readonly remove: string };

/** The policies, as an admin reads and changes them. */
export interface PolicyDesk {
  /** The default first, then those for groups in the order in which they win. */
  list(): Promise<readonly Policy[]>;
  /** @throws {PolicyNotFound} */
  read(policyId: string): Promise<Policy>;
  /**
   * What a change would do, as counts, with warnings and a spread where one is advised. Nobody is touched.
   * @throws {InvalidPolicy | PolicyNotFound}
   */
  preview(proposal: GivenProposal, by: ActingAdmin): Promise<PolicyPreview>;
  /** A page of the list behind the counts. @throws {InvalidPolicy | PolicyNotFound | InvalidCursor} */
  previewPage(
    proposal: GivenProposal,
    filter: PreviewFilter,
    page: { readonly cursor: string | null; readonly limit: number },
  ): Promise<{ readonly rows: readonly PreviewRow[]; readonly nextCursor: string | null }>;
  /**
   * Saves a whole policy as its next version.
   * @throws {InvalidPolicy | PolicyChangedMeanwhile | PolicyMakesDue | PolicyWarns}
   */
  save(policy: unknown, change: PolicyChange): Promise<Policy>;
  /** @throws {PolicyNotFound | DefaultPolicyStays | PolicyChangedMeanwhile | PolicyMakesDue | PolicyWarns} */
  remove(policyId: string, change: PolicyChange): Promise<void>;
}
