/** Leaving one account out of what is asked, under every policy: a change of the default policy's list. */
import { InvalidPolicy, PolicyChangedMeanwhile } from '../errors.ts';
import { policySchema } from '../policy.ts';
import { fieldErrorsOf } from '../policy-issues.ts';
import type { Ports } from '../ports.ts';
import type { ActingAdmin } from './acting-admin.ts';
import { adminEvent } from './acting-admin.ts';

const mostTries = 5;

/**
 * Adds the account to the list or takes it off; another admin's change at the same time is kept.
 * @returns whether anything changed
 * @throws {PolicyChangedMeanwhile | InvalidPolicy} the latter where the list is full
 */
export async function setExcluded(
  { clock, policies }: Pick<Ports, 'clock' | 'policies'>,
  by: ActingAdmin,
  accountId: string,
  isExcluded: boolean,
): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    const { defaultPolicy } = await policies.latest();
    const { excludedAccounts } = defaultPolicy;
    if (excludedAccounts.includes(accountId) === isExcluded) return false;
    const others = excludedAccounts.filter((id) => id !== accountId);
    // Not the policy as a whole: a sender that is gone must not keep anybody from the list.
    const policy = policySchema.safeParse({
      ...defaultPolicy,
      excludedAccounts: isExcluded ? [...others, accountId] : others,
    });
    if (!policy.success) throw new InvalidPolicy(fieldErrorsOf(policy.error.issues));
    const reason = isExcluded ? 'account_excluded' : 'account_included';
    const event = adminEvent(by, 'policy_changed', clock.now(), { accountId, reason });
    try {
      await policies.save(policy.data, defaultPolicy.version, [event]);
      return true;
    } catch (error) {
      if (!(error instanceof PolicyChangedMeanwhile) || tries === mostTries) throw error;
    }
  }
}
