/** Whether what was typed for somebody will do as one of their methods: judged as the method's own form judges it. */
import { InvalidInput, MethodNotOffered } from '../errors.ts';
import { isPhoneCountry } from '../methods/phone-number.ts';
import { contractOf } from '../methods/registry.ts';
import type { EffectivePolicy } from '../policy.ts';
import type { Account } from '../ports.ts';
import type { MethodType } from '../record.ts';
import { addressField } from '../registration-rules.ts';

/** What is filled in, and by what it is judged. */
export interface PrefillInput {
  readonly account: Account;
  readonly policy: EffectivePolicy;
  readonly ownEmailDomains: readonly string[];
  readonly type: MethodType;
  readonly address: string;
  /** Of numbers without a calling code (ISO 3166-1 alpha-2). */
  readonly country?: string | undefined;
}

/**
 * The address as the method's contract spells it.
 * @throws {MethodNotOffered} where the policy does not offer the type, or nobody can fill it in
 * @throws {InvalidInput} at `address`, `number` or `country`
 */
export function readPrefilled(input: PrefillInput): string {
  const { account, policy, ownEmailDomains, type, address, country } = input;
  const contract = contractOf(type);
  if (!contract.isPrefillable || !policy.methods.includes(type)) throw new MethodNotOffered();
  if (country !== undefined && !isPhoneCountry(country)) {
    throw new InvalidInput([{ field: 'country', code: 'invalid_value' }]);
  }
  const form = { [addressField(type)]: address, ...(country === undefined ? {} : { country }) };
  const { channels } = contract;
  const draft = contract.draft(form, {
    account,
    policy,
    channels,
    ownEmailDomains,
    questionWords: () => [],
  });
  if ('errors' in draft) throw new InvalidInput(draft.errors);
  if (draft.address === null) throw new MethodNotOffered();
  return draft.address;
}
