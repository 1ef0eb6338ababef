/** Which methods can be filled in for somebody, and whether what was typed for them will do. */
import { InvalidInput } from '../security-info/errors.ts';
import { contractOf } from '../security-info/methods/registry.ts';
import type { EffectivePolicy } from '../security-info/policy.ts';
import type { Account, Transition } from '../security-info/ports.ts';
import type { MethodType, SecurityInfoRecord } from '../security-info/record.ts';
import { addressField } from '../security-info/registration-rules.ts';
import { CommandFailed } from './failures.ts';

/** A method that has an option of its own. */
export interface PrefillOption {
  readonly option: string;
  readonly type: MethodType;
  readonly value: string;
  readonly doc: string;
}

/** In the order in which they are filled in: the office number first, for no other method may have it. */
export const prefillOptions: readonly PrefillOption[] = [
  {
    option: 'office-phone',
    type: 'office_phone',
    value: 'number',
    doc: 'A number of the organisation, such as "+33 1 99 00 12 34 ext. 12"; only an admin changes it.',
  },
  { option: 'mobile-phone', type: 'mobile_phone', value: 'number', doc: 'The mobile phone.' },
  { option: 'alternate-phone', type: 'alternate_phone', value: 'number', doc: 'Another telephone.' },
  { option: 'email', type: 'email', value: 'address', doc: 'A mailbox other than the own one.' },
];

/** What was typed for a method. */
export interface TypedMethod extends PrefillOption {
  readonly text: string;
}

/** What a method is to be filled in with. */
export interface ReadMethod extends TypedMethod {
  /** As the method's contract spells it. */
  readonly address: string;
}

/** What the values are judged by. */
export interface PrefillContext {
  readonly account: Account;
  readonly policy: EffectivePolicy;
  readonly ownEmailDomains: readonly string[];
  /** The country of numbers without one (ISO 3166-1 alpha-2), or undefined. */
  readonly country: string | undefined;
}

/**
 * Reads every value as its method's own form does.
 * @throws {CommandFailed} `method_not_offered`, when the account's policy does not offer one of them
 * @throws {InvalidInput} naming each option that is wrong
 */
export function readMethods(typed: readonly TypedMethod[], context: PrefillContext): ReadMethod[] {
  const { account, policy } = context;
  const missing = typed.filter(({ type }) => !policy.methods.includes(type)).map(({ type }) => type);
  if (missing.length > 0) {
    throw new CommandFailed(
      'method_not_offered',
      `The policy of ${account.loginName} (${policy.id}) does not offer ${missing.join(', ')}: see its methods.`,
    );
  }
  const drafts = typed.map((method) => ({ method, draft: draftOf(method, context) }));
  const errors = drafts.flatMap(({ method: { option }, draft }) =>
    'errors' in draft ? draft.errors.map((error) => ({ ...error, field: `--${option}` })) : [],
  );
  if (errors.length > 0) throw new InvalidInput(errors);
  return drafts.flatMap(({ method, draft }) =>
    'errors' in draft || draft.address === null ? [] : [{ ...method, address: draft.address }],
  );
}

function draftOf({ type, text }: TypedMethod, { account, policy, ownEmailDomains, country }: PrefillContext) {
  const contract = contractOf(type);
  const input = { [addressField(type)]: text, ...(country === undefined ? {} : { country }) };
  const { channels } = contract;
  return contract.draft(input, { account, policy, channels, ownEmailDomains, questionWords: () => [] });
}

/**
 * Does to a record in memory what is to be done to the stored one, so that a refusal comes before anything is written.
 * @throws {InvalidInput | SecurityInfoError} what one of them refuses, under its option
 */
export function tryOut(
  record: SecurityInfoRecord,
  steps: readonly { readonly option: string; readonly transition: Transition<SecurityInfoRecord, boolean> }[],
): void {
  let next = record;
  for (const { option, transition } of steps) {
    const change = transition(next);
    if ('refusal' in change) {
      const { refusal } = change;
      if (!(refusal instanceof InvalidInput)) throw refusal;
      throw new InvalidInput(refusal.fields.map((error) => ({ ...error, field: `--${option}` })));
    }
    if ('next' in change) next = change.next;
  }
}
