/** Finds the policy that a command names, and says which there are where it is none. */
import { defaultPolicyId, type Policy, type PolicySet, policySchema } from '../security-info/policy.ts';
import { CommandFailed, UsageError } from './failures.ts';

/** What a policy is called in every command about one. */
export const policyIdDoc = `The id of the policy, as policy list shows it; ${defaultPolicyId} is the one for everyone else.`;

/** The policy of this id, or undefined where there is none. */
export function policyOf({ defaultPolicy, groupPolicies }: PolicySet, id: string): Policy | undefined {
  return [defaultPolicy, ...groupPolicies].find((policy) => policy.id === id);
}

/** The policy of this id. @throws {CommandFailed} `policy_not_found` */
export function findPolicy(set: PolicySet, id: string): Policy {
  const policy = policyOf(set, id);
  if (policy) return policy;
  throw new CommandFailed(
    'policy_not_found',
    `There is no policy '${id}'. 'oidc-security-info policy list' shows all.`,
  );
}

/** Reads what a policy is to be called. @throws {UsageError} naming what is right */
export function readPolicyId(text: string): string {
  if (policySchema.shape.id.safeParse(text).success) return text;
  throw new UsageError('--policy takes 1 to 64 characters: small letters, digits, hyphens and underscores.');
}
