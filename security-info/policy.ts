/**
 * What an admin sets: every setting with its bounds, default and meaning. Whether a policy can work is
 * policy-validation.ts's, whom it applies to effective-policy.ts's. A policy names only method types that the
 * registry knows.
 */
import { z } from 'zod';
import { questionIds } from './methods/question-pool.ts';
import { type Channel, methodTypes } from './record.ts';

/** The id of the policy that applies to whoever no other one applies to. */
export const defaultPolicyId = 'default';

const name = z.string().trim().min(1).max(200);
const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(
    /^(?=.{1,253}$)([a-z0-9\u00a1-\uffff]([a-z0-9\u00a1-\uffff-]{0,61}[a-z0-9\u00a1-\uffff])?\.)+[a-z0-9\u00a1-\uffff-]{2,63}$/u,
  );
/** One line, as it stands before a field. */
const questionText = z
  .string()
  .trim()
  .min(3)
  .max(200)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
const customQuestion = z.strictObject({
  id: z.string().regex(/^[a-z0-9_-]{1,64}$/),
  text: questionText,
});

/** Every setting of a policy: its type, bounds, default and meaning. The docs are generated from it. */
export const policySchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9_-]{1,64}$/)
      .default(defaultPolicyId)
      .describe('Names the policy; stable.'),
    version: z.int().min(0).default(0).describe('Raised by each save; 0 before the first.'),
    appliesToGroups: z
      .array(name)
      .max(200)
      .default([])
      .describe('Groups whose members it applies to; empty for the default policy, and for no other.'),
    priority: z
      .int()
      .min(1)
      .max(1000)
      .default(100)
      .describe(
        'Of several policies for the groups of one account the one with the smallest number applies.',
      ),
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
      .describe(
        'Account ids that are never asked (emergency accounts); those of the default policy hold for every policy.',
      ),
    excludedGroups: z
      .array(name)
      .max(200)
      .default([])
      .describe('Groups whose members are never asked; those of the default policy hold for every policy.'),
    exemptClients: z
      .array(name)
      .max(1000)
      .default([])
      .describe(
        'Client ids of relying apps at which nobody is asked; those of the default policy hold for every policy.',
      ),
    requireRegistration: z
      .boolean()
      .default(true)
      .describe('Whether a sign-in stops while methods are missing; what is there is reviewed in any case.'),
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
    unlockWithoutReset: z
      .boolean()
      .default(true)
      .describe('Whether who knows the password may open a locked account without choosing a new one.'),
    notifyUserOfReset: z
      .boolean()
      .default(true)
      .describe('Whether the account’s own mailbox is told of a reset; registered addresses always are.'),
    notifyAdminsOfAdminReset: z
      .boolean()
      .default(true)
      .describe('Whether all admins are told when one of them resets a password; of the default policy.'),
    questionsToRegister: z
      .int()
      .min(3)
      .max(5)
      .default(5)
      .describe('Security questions that a user answers to register them.'),
    questionsToReset: z
      .int()
      .min(3)
      .max(5)
      .default(3)
      .describe('Security questions, drawn from the registered ones, that a proof takes.'),
    predefinedQuestions: z
      .array(z.enum(questionIds))
      .max(questionIds.length)
      .default([...questionIds])
      .describe('Questions of the predefined pool that are on offer, in the language of the user.'),
    customQuestions: z
      .array(customQuestion)
      .max(20)
      .default([])
      .describe(
        'Questions of your own, as {"id": "…", "text": "…"}: 3 to 200 characters, shown as they are.',
      ),
    phoneChannels: z
      .array(z.enum(['sms', 'voice'] satisfies Channel[]))
      .min(1)
      .max(2)
      .default(['sms', 'voice'])
      .describe('How a code goes to a mobile or alternate phone; an office phone is always called.'),
    phoneCountries: z
      .array(z.string().regex(/^[A-Z]{2}$/))
      .max(300)
      .default([])
      .describe(
        'Countries of numbers that codes are sent to, in two letters (ISO 3166-1); empty is every country.',
      ),
    smsPerDay: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(2000)
      .describe('SMS a day (UTC) for the whole service, whoever causes them; of the default policy.'),
    callsPerDay: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(500)
      .describe('Calls a day (UTC) for the whole service; of the default policy.'),
    phoneMessagesPerCountryPerDay: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(1000)
      .describe('SMS and calls together a day (UTC) to one country; of the default policy.'),
    mailCodesPerDay: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(50_000)
      .describe('Codes by e-mail a day (UTC) for the whole service; of the default policy.'),
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
    remindByMail: z
      .boolean()
      .default(true)
      .describe('Whether people are reminded by e-mail, at their own mailbox, of what is due.'),
    remindDaysBefore: z
      .int()
      .min(0)
      .max(90)
      .default(14)
      .describe(
        'Days before the due date on which they are reminded first, at most half the interval; 0 is on the due date only.',
      ),
    snoozes: z
      .int()
      .min(0)
      .max(20)
      .default(0)
      .describe("How often a user may choose 'remind me later' before doing what is asked; 0 is never."),
    snoozeDays: z.int().min(1).max(14).default(1).describe('Days that one of them lasts.'),
    snoozeWithinDays: z
      .int()
      .min(1)
      .max(90)
      .default(14)
      .describe('Days from the first of them after which none lasts any longer.'),
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
    helpdeskUrl: z
      .string()
      .trim()
      .max(500)
      .regex(/^(https?:\/\/[^\s<>"]+|mailto:[^\s<>"@]+@[^\s<>"@]+)$/i)
      .nullable()
      .default(null)
      .describe('Where people get help: an https: page or a mailto: address; else HELPDESK_URL.'),
  })
  .describe('A policy');

/** One policy, whole and valid. */
export type Policy = z.infer<typeof policySchema>;

/** All policies in force. */
export interface PolicySet {
  readonly defaultPolicy: Policy;
  /** Those for some groups, the one that wins first. */
  readonly groupPolicies: readonly Policy[];
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

/** Which senders are set up; a type whose senders are not cannot be registered. */
export type SenderAvailability = Readonly<Record<Channel, boolean>>;

/** The policy before an admin has set one. */
export function defaultPolicy(): Policy {
  return policySchema.parse({});
}
