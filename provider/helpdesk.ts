/** Where people get help, as their policy says: before anybody is signed in, as the default policy says. */
import { effectivePolicy } from '../security-info/effective-policy.ts';
import { subjectOf } from '../security-info/operations/situation.ts';
import type { Ports } from '../security-info/ports.ts';

/** Tells the address of an account's policy, or null where that says nothing. */
export function createHelpdesk({
  policies,
  directory,
}: Pick<Ports, 'policies' | 'directory'>): (accountId: string | null) => Promise<string | null> {
  return async (accountId) => {
    const set = await policies.current();
    const isOneForAll = set.groupPolicies.every(
      (policy) => policy.helpdeskUrl === set.defaultPolicy.helpdeskUrl,
    );
    // No account is read for what is the same for everybody.
    if (accountId === null || isOneForAll) return set.defaultPolicy.helpdeskUrl;
    const account = await directory.findById(accountId);
    return account === undefined
      ? set.defaultPolicy.helpdeskUrl
      : effectivePolicy(set, subjectOf(account)).helpdeskUrl;
  };
}
