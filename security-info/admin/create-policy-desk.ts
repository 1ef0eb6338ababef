/** The PolicyDesk on the ports: judges what a change would do before it does it. */
import { isDeepStrictEqual } from 'node:util';
import { inOrder } from '../effective-policy.ts';
import {
  DefaultPolicyStays,
  PolicyChangedMeanwhile,
  PolicyMakesDue,
  PolicyNotFound,
  PolicyWarns,
} from '../errors.ts';
import { availableSenders } from '../operations/situation.ts';
import { defaultPolicyId, type Policy, type PolicySet } from '../policy.ts';
import { parsePolicy } from '../policy-validation.ts';
import type { Ports } from '../ports.ts';
import { adminEvent } from './acting-admin.ts';
import type { PolicyChange, PolicyDesk } from './policy-desk.ts';

/** What a change would do, as far as it must be told before. */
export interface JudgedChange {
  /** How many become due at once. */
  readonly dueAtOnce: number;
  /** In how many days nobody's desk would have more than its share. */
  readonly proposedDays: number;
  /** Codes of what an admin has to be told. */
  readonly warnings: readonly string[];
}

/** How a change is judged, and spread over days. */
export interface ChangeRules {
  /** @param next the policies as they would be */
  judge(next: PolicySet, before: PolicySet, change: PolicyChange): Promise<JudgedChange>;
  /** The policy with a spread of so many days, for whom the former one did not ask yet. */
  spread(policy: Policy, former: Policy, days: number, now: Date): Policy;
}

/** Makes the desk. */
export function createPolicyDesk(
  ports: Pick<Ports, 'clock' | 'policies' | 'mail' | 'sms' | 'voice'>,
  rules: ChangeRules,
): PolicyDesk {
  const { clock, policies } = ports;

  async function check(next: PolicySet, before: PolicySet, change: PolicyChange): Promise<void> {
    const { dueAtOnce, proposedDays, warnings } = await rules.judge(next, before, change);
    const unheard = warnings.filter((warning) => !change.acceptedWarnings.includes(warning));
    if (unheard.length > 0) throw new PolicyWarns({ warnings: unheard.join(' ') });
    if (dueAtOnce > 0 && change.dueAtOnce.kind === 'refuse') {
      throw new PolicyMakesDue({ count: dueAtOnce, days: proposedDays });
    }
  }

  return {
    async list() {
      const { defaultPolicy, groupPolicies } = await policies.latest();
      return [defaultPolicy, ...groupPolicies];
    },

    async read(policyId) {
      const policy = policyIn(await policies.latest(), policyId);
      if (policy === undefined) throw new PolicyNotFound();
      return policy;
    },

    async save(given, change) {
      const before = await policies.latest();
      const parsed = parsePolicy(given, availableSenders({ ports }));
      const present = policyIn(before, parsed.id);
      const presentVersion = present?.version ?? 0;
      if (presentVersion !== change.expectedVersion) throw new PolicyChangedMeanwhile();
      const asked: Policy = { ...parsed, version: presentVersion };
      if (present !== undefined && isDeepStrictEqual(asked, present)) return present;
      const former = present ?? before.defaultPolicy;
      const policy =
        change.dueAtOnce.kind === 'spread'
          ? rules.spread(asked, former, change.dueAtOnce.days, clock.now())
          : asked;
      await check(withPolicy(before, policy), before, change);
      const event = adminEvent(change.by, 'policy_changed', clock.now(), { reason: `saved:${policy.id}` });
      await policies.save(policy, change.expectedVersion, [event]);
      return { ...policy, version: presentVersion + 1 };
    },

    async remove(policyId, change) {
      if (policyId === defaultPolicyId) throw new DefaultPolicyStays();
      const before = await policies.latest();
      const present = policyIn(before, policyId);
      if (present === undefined) throw new PolicyNotFound();
      if (present.version !== change.expectedVersion) throw new PolicyChangedMeanwhile();
      await check(withoutPolicy(before, policyId), before, change);
      const event = adminEvent(change.by, 'policy_changed', clock.now(), { reason: `removed:${policyId}` });
      await policies.remove(policyId, change.expectedVersion, [event]);
    },
  };
}

function policyIn({ defaultPolicy, groupPolicies }: PolicySet, policyId: string): Policy | undefined {
  return [defaultPolicy, ...groupPolicies].find(({ id }) => id === policyId);
}

function withPolicy(set: PolicySet, policy: Policy): PolicySet {
  if (policy.id === defaultPolicyId) return { ...set, defaultPolicy: policy };
  const others = set.groupPolicies.filter(({ id }) => id !== policy.id);
  return { ...set, groupPolicies: inOrder([...others, policy]) };
}

function withoutPolicy(set: PolicySet, policyId: string): PolicySet {
  return { ...set, groupPolicies: set.groupPolicies.filter(({ id }) => id !== policyId) };
}
