/** Whether a policy can work: read from outside and checked as a whole, each mistake at its setting. */
import { registrableTypes } from './effective-policy.ts';
import type { FieldError } from './errors.ts';
import { InvalidPolicy } from './errors.ts';
import { isPhoneCountry } from './methods/phone-number.ts';
import { contractOf, methodContracts } from './methods/registry.ts';
import { defaultPolicyId, type Policy, policySchema, type SenderAvailability } from './policy.ts';
import { fieldErrorsOf } from './policy-issues.ts';

/**
 * Reads a policy from outside and checks it as a whole.
 * @throws {InvalidPolicy} `invalid_policy`, naming each setting that is wrong
 */
export function parsePolicy(input: unknown, senders: SenderAvailability): Policy {
  const parsed = policySchema.safeParse(input);
  if (!parsed.success) throw new InvalidPolicy(fieldErrorsOf(parsed.error.issues));
  const policy = parsed.data;
  const problems = [
    ...groupProblems(policy),
    ...methodProblems(policy, senders),
    ...questionProblems(policy),
    ...phoneProblems(policy),
    ...snoozeProblems(policy),
    ...spreadProblems(policy),
  ];
  if (problems.length > 0) throw new InvalidPolicy(problems);
  return policy;
}

function groupProblems({ id, appliesToGroups }: Policy): FieldError[] {
  const isDefault = id === defaultPolicyId;
  if (isDefault && appliesToGroups.length > 0)
    return [{ field: 'appliesToGroups', code: 'default_has_no_groups' }];
  if (!isDefault && appliesToGroups.length === 0)
    return [{ field: 'appliesToGroups', code: 'groups_missing' }];
  return [];
}

function methodProblems(policy: Policy, senders: SenderAvailability): FieldError[] {
  const problems: FieldError[] = [];
  if (isListedTwice(policy.methods)) problems.push({ field: 'methods', code: 'listed_twice' });
  if (policy.methods.length === 1 && policy.methods.some((type) => !methodContracts[type].mayBeOnlyOne)) {
    problems.push({ field: 'methods', code: 'not_as_only_method' });
  }
  const alone = registrableTypes(policy, senders);
  const onOffer = alone.some((type) => contractOf(type).countsAlone) ? alone.length : 0;
  if (onOffer < policy.methodsToRegister) {
    problems.push({
      field: 'methodsToRegister',
      code: 'more_than_on_offer',
      values: { onOffer, asked: policy.methodsToRegister },
    });
  }
  const asked = Math.max(2, policy.methodsToRegister);
  const forAdmins = alone.filter((type) => contractOf(type).isForAdmins).length;
  if (forAdmins < asked) {
    problems.push({ field: 'methods', code: 'too_few_for_admins', values: { asked, onOffer: forAdmins } });
  }
  if (policy.methodsToRegister < policy.methodsToReset) {
    problems.push({ field: 'methodsToRegister', code: 'fewer_than_to_reset' });
  }
  return problems;
}

function questionProblems(policy: Policy): FieldError[] {
  const problems: FieldError[] = [];
  const { predefinedQuestions, customQuestions, questionsToRegister, questionsToReset } = policy;
  if (questionsToRegister < questionsToReset) {
    problems.push({ field: 'questionsToRegister', code: 'fewer_questions_than_to_reset' });
  }
  if (isListedTwice(predefinedQuestions))
    problems.push({ field: 'predefinedQuestions', code: 'listed_twice' });
  const ids = customQuestions.map(({ id }) => id);
  const texts = customQuestions.map(({ text }) => text.normalize('NFKC').toLowerCase());
  if (isListedTwice([...predefinedQuestions, ...ids]) || isListedTwice(texts)) {
    problems.push({ field: 'customQuestions', code: 'listed_twice' });
  }
  const pool = predefinedQuestions.length + customQuestions.length;
  if (policy.methods.includes('security_questions') && pool < questionsToRegister) {
    problems.push({
      field: 'predefinedQuestions',
      code: 'pool_too_small',
      values: { pool, asked: questionsToRegister },
    });
  }
  return problems;
}

function phoneProblems({ phoneChannels, phoneCountries }: Policy): FieldError[] {
  const problems: FieldError[] = [];
  if (isListedTwice(phoneChannels)) problems.push({ field: 'phoneChannels', code: 'listed_twice' });
  if (isListedTwice(phoneCountries)) problems.push({ field: 'phoneCountries', code: 'listed_twice' });
  const unknown = phoneCountries.find((country) => !isPhoneCountry(country));
  if (unknown !== undefined) {
    problems.push({ field: 'phoneCountries', code: 'unknown_country', values: { entry: unknown } });
  }
  return problems;
}

function snoozeProblems({ snoozes, snoozeDays, snoozeWithinDays }: Policy): FieldError[] {
  return snoozes > 0 && snoozeWithinDays < snoozeDays
    ? [{ field: 'snoozeWithinDays', code: 'shorter_than_one_snooze' }]
    : [];
}

function spreadProblems({ spreadFrom, spreadDays, reconfirmAfterDays }: Policy): FieldError[] {
  if (spreadFrom !== null && spreadDays === 0) return [{ field: 'spreadDays', code: 'spread_without_days' }];
  // Longer than the interval, it would put off what was confirmed since it began.
  return spreadFrom !== null && reconfirmAfterDays > 0 && spreadDays > reconfirmAfterDays
    ? [{ field: 'spreadDays', code: 'spread_longer_than_interval' }]
    : [];
}

function isListedTwice(entries: readonly string[]): boolean {
  return new Set(entries).size !== entries.length;
}
