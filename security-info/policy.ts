/**
 * What an admin sets, its validation, and which policy applies to whom.
 * A policy names only method types that the registry knows.
 */
import { z } from 'zod';
import type { FieldError } from './errors.ts';
import { InvalidPolicy } from './errors.ts';
import { contractOf, methodContracts } from './methods/registry.ts';
import type { MethodType } from './record.ts';
import { methodTypes } from './record.ts';

const name = z.string().trim().min(1).max(200);
const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(
    /^(?=.{1,253}$)([a-z0-9\u00a1-\uffff]([a-z0-9\u00a1-\uffff-]{0,61}[a-z0-9\u00a1-\uffff])?\.)+[a-z0-9\u00a1-\uffff-]{2,63}$/u,
  );

/** Every setting of a policy: its type, bounds, default and meaning. The docs are generated from it. */
export const policySchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9_-]{1,64}$/)
      .default('default')
      .describe('Names the policy; stable.'),
    version: z.int().min(0).default(0).describe('Raised by each save; 0 before the first.'),
    scope: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('everyone') }),
        z.strictObject({ kind: z.literal('none') }),
        z.strictObject({ kind: z.literal('groups'), groups: z.array(name).min(1).max(200) }),
      ])
      .default({ kind: 'everyone' })
      .describe('Who is asked: everyone, nobody, or the members of some groups.'),
    excludedAccounts: z
      .array(name)
      .max(1000)
      .default([])
      .describe('Account ids that are never asked (emergency accounts).'),
    excludedGroups: z.array(name).max(200).default([]).describe('Groups whose members are never asked.'),
    exemptClients: z
      .array(name)
      .max(1000)
      .default([])
      .describe('Client ids of relying apps at which nobody is asked.'),
    methods: z
      .array(z.enum(methodTypes))
      .min(1)
      .max(methodTypes.length)
      .default(['authenticator_app', 'email'])
      .describe('Method types on offer.'),
    methodsToRegister: z
      .int()
      .min(1)
      .max(6)
      .default(2)
      .describe('Verified, independent methods that a user must have.'),
    methodsToReset: z.int().min(1).max(2).default(1).describe('Methods that a password reset takes.'),
    reconfirmAfterDays: z
      .int()
      .min(0)
      .max(730)
      .default(180)
      .describe('Days until methods must be reconfirmed; 0 is never.'),
    review: z
      .enum(['acknowledge', 'prove'])
      .default('acknowledge')
      .describe("Whether a review is satisfied with 'looks good' or asks for proof of what is stale."),
    silentGraceDays: z
      .int()
      .min(0)
      .max(90)
      .default(14)
      .describe('Days after the due date during which prompt=none still passes.'),
    coolingOffHours: z
      .int()
      .min(0)
      .max(720)
      .default(24)
      .describe('Hours during which an added or changed method resets no password and changes nothing.'),
    coolingOffAtFirstRegistration: z
      .boolean()
      .default(false)
      .describe('Whether the cooling-off holds at first registration too.'),
    ownEmailDomains: z
      .array(domain)
      .max(500)
      .default([])
      .describe('E-mail domains that the account itself opens: no recovery mailbox may be in one.'),
  })
  .describe('A policy');

/** One policy, whole and valid. */
export type Policy = z.infer<typeof policySchema>;

/** All policies in force. */
export interface PolicySet {
  readonly defaultPolicy: Policy;
}

/** What a policy needs to know of the account it is applied to. */
export interface Subject {
  readonly accountId: string;
  readonly groups: readonly string[];
  readonly isAdmin: boolean;
}

/** A policy as it applies to one account: stricter for admins. */
export interface EffectivePolicy extends Policy {
  readonly isForAdmin: boolean;
}

/** Which senders are set up; a type whose sender is not cannot be registered. */
export interface SenderAvailability {
  readonly mail: boolean;
}

/** The policy before an admin has set one. */
export function defaultPolicy(): Policy {
  return policySchema.parse({});
}

/** The policy that applies to an account; for admins at least two methods, and never questions. */
export function effectivePolicy(policies: PolicySet, subject: Subject): EffectivePolicy {
  const policy = policies.defaultPolicy;
  if (!subject.isAdmin) return { ...policy, isForAdmin: false };
  return {
    ...policy,
    isForAdmin: true,
    methods: policy.methods.filter((type) => contractOf(type).isForAdmins),
    methodsToRegister: Math.max(2, policy.methodsToRegister),
    methodsToReset: 2,
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

/** The types that a user can register alone under this policy with the senders that are set up. */
export function registrableTypes(policy: Policy, senders: SenderAvailability): MethodType[] {
  return policy.methods.filter((type) => {
    const contract = contractOf(type);
    return contract.isRegisteredByUser && (contract.sender === null || senders[contract.sender]);
  });
}

/**
 * Reads a policy from outside and checks it as a whole.
 * @throws {InvalidPolicy} `invalid_policy`, naming each setting that is wrong
 */
export function parsePolicy(input: unknown, senders: SenderAvailability): Policy {
  const parsed = policySchema.safeParse(input);
  if (!parsed.success) {
    throw new InvalidPolicy(
      parsed.error.issues.map((issue) => ({
        field: issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.'),
        code: issue.code === 'unrecognized_keys' ? 'unknown_setting' : 'invalid_value',
        values: { detail: issue.message },
      })),
    );
  }
  const problems = wholePolicyProblems(parsed.data, senders);
  if (problems.length > 0) throw new InvalidPolicy(problems);
  return parsed.data;
}

function wholePolicyProblems(policy: Policy, senders: SenderAvailability): FieldError[] {
  const problems: FieldError[] = [];
  if (new Set(policy.methods).size !== policy.methods.length)
    problems.push({ field: 'methods', code: 'listed_twice' });
  if (policy.methods.length === 1 && policy.methods.some((type) => !methodContracts[type].mayBeOnlyOne)) {
    problems.push({ field: 'methods', code: 'not_as_only_method' });
  }
  const alone = registrableTypes(policy, senders);
  const counting = alone.filter((type) => contractOf(type).countsAlone);
  const independent = counting.length === 0 ? 0 : alone.length;
  if (independent < policy.methodsToRegister) {
    problems.push({
      field: 'methodsToRegister',
      code: 'more_than_on_offer',
      values: { onOffer: independent, asked: policy.methodsToRegister },
    });
  }
  if (alone.filter((type) => contractOf(type).isForAdmins).length < 2) {
    problems.push({ field: 'methods', code: 'too_few_for_admins' });
  }
  if (policy.methodsToRegister < policy.methodsToReset) {
    problems.push({ field: 'methodsToRegister', code: 'fewer_than_to_reset' });
  }
  return problems;
}
