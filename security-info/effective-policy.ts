/** Which policy applies to whom, and what it comes to there: stricter for admins, with the default's exclusions. */
import { isPhoneAllowed, takesSms } from './methods/phone-number.ts';
import { contractOf } from './methods/registry.ts';
import type { EffectivePolicy, Policy, PolicySet, SenderAvailability, Subject } from './policy.ts';
import type { Channel, MethodType } from './record.ts';
import { spreadDay } from './spread.ts';

/** Policies for groups in the order in which they win: the smallest priority first, then by id. */
export function inOrder(policies: readonly Policy[]): Policy[] {
  return [...policies].sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
}

/** Every policy with what the default adds to it: whoever is excluded there is excluded everywhere. */
export function policiesInForce({ defaultPolicy, groupPolicies }: PolicySet): readonly Policy[] {
  return [defaultPolicy, ...groupPolicies.map((policy) => withExclusions(policy, defaultPolicy))];
}

/** The policy that applies to an account; for admins at least two methods, and never questions. */
export function effectivePolicy(
  { defaultPolicy, groupPolicies }: PolicySet,
  subject: Subject,
): EffectivePolicy {
  const ofGroup = groupPolicies.find(({ appliesToGroups }) =>
    appliesToGroups.some((group) => subject.groups.includes(group)),
  );
  const policy = ofGroup === undefined ? defaultPolicy : withExclusions(ofGroup, defaultPolicy);
  const spreadAt = spreadDay(policy, subject.accountId);
  if (!subject.isAdmin) return { ...policy, isForAdmin: false, spreadAt };
  const { spreadFormerMethods: former } = policy;
  return {
    ...policy,
    isForAdmin: true,
    spreadAt,
    // Two were asked of them before as well, unless nothing was.
    spreadFormerMethods: former === null || former === 0 ? former : Math.max(2, former),
    methods: policy.methods.filter((type) => contractOf(type).isForAdmins),
    methodsToRegister: Math.max(2, policy.methodsToRegister),
    methodsToReset: 2,
  };
}

function withExclusions(policy: Policy, { excludedAccounts, excludedGroups, exemptClients }: Policy): Policy {
  return {
    ...policy,
    excludedAccounts: [...policy.excludedAccounts, ...excludedAccounts],
    excludedGroups: [...policy.excludedGroups, ...excludedGroups],
    exemptClients: [...policy.exemptClients, ...exemptClients],
  };
}

/** Whether the policy asks this account at this client at all, and if not, why. */
export function scopeOf(
  policy: Policy,
  subject: Subject,
  client: { readonly clientId: string; readonly isExempt: boolean } | null,
): 'in_scope' | 'scope' | 'excluded_account' | 'excluded_group' | 'exempt_client' {
  if (client && (client.isExempt || policy.exemptClients.includes(client.clientId))) return 'exempt_client';
  if (policy.excludedAccounts.includes(subject.accountId)) return 'excluded_account';
  if (subject.groups.some((group) => policy.excludedGroups.includes(group))) return 'excluded_group';
  if (policy.scope.kind === 'everyone') return 'in_scope';
  if (policy.scope.kind === 'none') return 'scope';
  const { groups } = policy.scope;
  return subject.groups.some((group) => groups.includes(group)) ? 'in_scope' : 'scope';
}

/**
 * The channels of a type that the policy allows and whose sender is set up, the first choice first.
 * @param address where a code is to go, or null where that is still to be typed: no SMS reaches a landline
 */
export function usableChannels(
  type: MethodType,
  policy: Pick<Policy, 'phoneChannels' | 'phoneCountries'>,
  senders: SenderAvailability,
  address: string | null = null,
): readonly Channel[] {
  if (address !== null && !isDestinationAllowed(type, policy, address)) return [];
  const { channels } = contractOf(type);
  // A type that has but one way is not for the policy to narrow: an office phone is called, or it is not on offer.
  const isChosen = channels.length > 1;
  const allowed = new Set<Channel>(policy.phoneChannels);
  return channels.filter(
    (channel) =>
      senders[channel] &&
      (!isChosen || allowed.has(channel)) &&
      (channel !== 'sms' || address === null || takesSms(address)),
  );
}

/** The policy says to which countries codes go, for numbers that were registered before it did as well. */
export function isDestinationAllowed(
  type: MethodType,
  { phoneCountries }: Pick<Policy, 'phoneCountries'>,
  address: string,
): boolean {
  const isPhone = !contractOf(type).channels.includes('mail');
  return !isPhone || isPhoneAllowed(address, phoneCountries);
}

/** True where a code can reach a method of this type now, or none has to. */
export function isReachable(
  type: MethodType,
  policy: Pick<Policy, 'phoneChannels' | 'phoneCountries'>,
  senders: SenderAvailability,
  address: string | null = null,
): boolean {
  return contractOf(type).proof !== 'sent_code' || usableChannels(type, policy, senders, address).length > 0;
}

/** The types that a user can register alone under this policy with the senders that are set up. */
export function registrableTypes(policy: Policy, senders: SenderAvailability): MethodType[] {
  return policy.methods.filter(
    (type) => contractOf(type).isRegisteredByUser && isReachable(type, policy, senders),
  );
}
