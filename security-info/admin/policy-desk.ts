/** What an admin does with policies, in one interface: nobody overwrites what somebody else has saved. */
import type { Policy } from '../policy.ts';
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

/** The policies, as an admin reads and changes them. */
export interface PolicyDesk {
  /** The default first, then those for groups in the order in which they win. */
  list(): Promise<readonly Policy[]>;
  /** @throws {PolicyNotFound} */
  read(policyId: string): Promise<Policy>;
  /**
   * Saves a whole policy as its next version.
   * @throws {InvalidPolicy | PolicyChangedMeanwhile | PolicyMakesDue | PolicyWarns}
   */
  save(policy: unknown, change: PolicyChange): Promise<Policy>;
  /** @throws {PolicyNotFound | DefaultPolicyStays | PolicyChangedMeanwhile | PolicyMakesDue | PolicyWarns} */
  remove(policyId: string, change: PolicyChange): Promise<void>;
}
