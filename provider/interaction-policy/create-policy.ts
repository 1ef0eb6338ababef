/** The interaction policy, in order: login, security_info, consent. */
import { interactionPolicy } from 'oidc-provider';
import type { EvaluationPorts } from './evaluation.ts';
import { createLoginChecks } from './login.ts';
import { createSecurityInfoPrompt } from './security-info.ts';

/**
 * Adds the prompt and what it needs of `login` to a policy, in place.
 * @param acrValues the values that a sign-in here can give
 * @param furtherChecks of the prompt, after its own
 */
export function addSecurityInfo(
  policy: interactionPolicy.DefaultPolicy,
  ports: EvaluationPorts,
  acrValues: readonly string[],
  furtherChecks: readonly interactionPolicy.Check[] = [],
): interactionPolicy.DefaultPolicy {
  const login = policy.get('login');
  if (login === undefined) throw new TypeError('the policy has no login prompt');
  for (const [index, check] of createLoginChecks(ports, acrValues).entries()) login.checks.add(check, index);
  // After login, for it takes an account; before consent, for nothing is granted to who is stopped here.
  policy.add(createSecurityInfoPrompt(ports, furtherChecks), policy.indexOf(login) + 1);
  return policy;
}

/** The library's own policy with security_info in it. */
export function createInteractionPolicy(
  ports: EvaluationPorts,
  acrValues: readonly string[],
  furtherChecks: readonly interactionPolicy.Check[] = [],
): interactionPolicy.DefaultPolicy {
  return addSecurityInfo(interactionPolicy.base(), ports, acrValues, furtherChecks);
}
