/** The PolicyDesk on the ports: judges what a change would do before it does it. */
import { isDeepStrictEqual } from 'node:util';
import {
  DefaultPolicyStays,
  PolicyChangedMeanwhile,
  PolicyMakesDue,
  PolicyNotFound,
  PolicyWarns,
} from '../errors.ts';
import { availableSenders } from '../operations/situation.ts';
import { defaultPolicyId, type Policy, type PolicySet } from '../policy.ts';
import { changesSignIn, policyChanges } from '../policy-changes.ts';
import { parsePolicy } from '../policy-validation.ts';
import type { Ports } from '../ports.ts';
import { previewPolicy, previewPolicyPage } from '../reports/policy-preview.ts';
import type { ReportPorts } from '../reports/ports.ts';
import type { PolicyProposal } from '../reports/preview-tally.ts';
import { dayOf } from '../reports/tallies.ts';
import { adminEvent } from './acting-admin.ts';
import type { GivenProposal, PolicyChange, PolicyDesk } from './policy-desk.ts';

/** What nobody may do without having been told: whoever does it may be unable to take it back. */
export const gravestWarnings: ReadonlySet<string> = new Set([
  ...['acting_admin_locked_out', 'all_admins_locked_out', 'admins_locked_out', 'users_locked_out'],
]);

/** Makes the desk. */
export function createPolicyDesk(ports: Pick<Ports, 'policies'> & ReportPorts): PolicyDesk {
  const { clock, policies } = ports;

  /** @throws {PolicyWarns | PolicyMakesDue} */
  async function check(proposal: PolicyProposal, change: PolicyChange): Promise<void> {
    const preview = await previewPolicy(ports, proposal, { actingAdminId: change.by.accountId });
    const unheard = preview.warnings
      .map(({ code }) => code)
      .filter((code) => gravestWarnings.has(code) && !change.acceptedWarnings.includes(code));
    if (unheard.length > 0) throw new PolicyWarns({ warnings: unheard.join(', ') });
    if (preview.dueAtOnce > 0 && change.dueAtOnce.kind === 'refuse') {
      throw new PolicyMakesDue({ count: preview.dueAtOnce, days: preview.spread?.spreadDays ?? 1 });
    }
  }

  async function proposalOf(given: GivenProposal): Promise<PolicyProposal> {
    if ('remove' in given) {
      if (policyIn(await policies.latest(), given.remove) === undefined) throw new PolicyNotFound();
      return given;
    }
    return { save: parsePolicy(given.save, availableSenders({ ports })) };
  }

  /** The policy with a spread of so many days, for whom the former one did not ask yet. */
  function spreadOver(policy: Policy, former: Policy, days: number): Policy {
    return {
      ...policy,
      spreadFrom: dayOf(clock.now()),
      spreadDays: days,
      spreadFormerDays: former.reconfirmAfterDays,
      spreadFormerMethods: former.requireRegistration ? former.methodsToRegister : 0,
    };
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

    preview: async (given, by) =>
      previewPolicy(ports, await proposalOf(given), { actingAdminId: by.accountId }),

    previewPage: async (given, filter, page) =>
      previewPolicyPage(ports, await proposalOf(given), filter, page),

    async save(given, change) {
      const before = await policies.latest();
      const parsed = parsePolicy(given, availableSenders({ ports }));
      const present = policyIn(before, parsed.id);
      const version = present?.version ?? 0;
      if (version !== change.expectedVersion) throw new PolicyChangedMeanwhile();
      const asked: Policy = { ...parsed, version };
      if (present !== undefined && isDeepStrictEqual(asked, present)) return present;
      const { dueAtOnce } = change;
      const policy =
        dueAtOnce.kind === 'spread'
          ? spreadOver(asked, present ?? before.defaultPolicy, dueAtOnce.days)
          : asked;
      if (changesSignIn(present ?? null, policy)) await check({ save: policy }, change);
      const event = adminEvent(change.by, 'policy_changed', clock.now(), { reason: `saved:${policy.id}` });
      await policies.save(policy, version, [{ ...event, changes: policyChanges(present ?? null, policy) }]);
      return { ...policy, version: version + 1 };
    },

    async remove(policyId, change) {
      if (policyId === defaultPolicyId) throw new DefaultPolicyStays();
      const present = policyIn(await policies.latest(), policyId);
      if (present === undefined) throw new PolicyNotFound();
      if (present.version !== change.expectedVersion) throw new PolicyChangedMeanwhile();
      await check({ remove: policyId }, change);
      const event = adminEvent(change.by, 'policy_changed', clock.now(), { reason: `removed:${policyId}` });
      await policies.remove(policyId, present.version, [{ ...event, changes: policyChanges(present, null) }]);
    },
  };
}

function policyIn({ defaultPolicy, groupPolicies }: PolicySet, policyId: string): Policy | undefined {
  return [defaultPolicy, ...groupPolicies].find(({ id }) => id === policyId);
}
