/** Records, accounts and acts to test the domain's rules with, at one moment; what each test is about it sets itself. */
import { createDataKeys } from '../../models/field-encryption.ts';
import type { Act } from '../../security-info/act.ts';
import type { EffectivePolicy } from '../../security-info/policy.ts';
import { defaultPolicy } from '../../security-info/policy.ts';
import type { Account, Change, FlowProof } from '../../security-info/ports.ts';
import type { Method, SecurityInfoRecord } from '../../security-info/record.ts';
import { emptyMethod, emptyRecord } from '../../security-info/record.ts';
import { addressHash, sealAddress, sealSecret } from '../../security-info/sealing.ts';

/** The moment of every test. */
export const now = new Date('2026-03-01T12:00:00Z');

/** So many days, hours, minutes or seconds from `now`, backwards when negative. */
export function from(amount: number, unit: 'days' | 'hours' | 'minutes' | 'seconds'): Date {
  const milliseconds = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000 };
  return new Date(now.getTime() + amount * milliseconds[unit]);
}

/** Keys that are the same in every run. */
export const keys = createDataKeys({
  keys: [{ id: 'one', key: Buffer.alloc(32, 1) }],
  hashKey: Buffer.alloc(32, 2),
});

/** The shared secret of every authenticator app here. */
export const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

/** Ada, an account with a mailbox of its own. */
export function ada(fields: Partial<Account> = {}): Account {
  return {
    id: 'ada',
    loginName: 'ada',
    displayName: 'Ada Byron',
    givenName: 'Ada',
    familyName: 'Byron',
    locale: 'en',
    mailbox: 'ada@work.example',
    groups: [],
    isAdmin: false,
    isDisabled: false,
    mustChangePassword: false,
    passwordChangedAt: from(-300, 'days'),
    ...fields,
  };
}

/** A policy as it applies to someone who is no admin. */
export function policyWith(fields: Partial<EffectivePolicy> = {}): EffectivePolicy {
  return { ...defaultPolicy(), isForAdmin: false, spreadAt: null, ...fields };
}

/** A verified e-mail method, confirmed ten days ago. */
export function emailMethod(fields: Partial<Method> = {}, address = 'ada@home.example'): Method {
  const id = fields.id ?? 'mail';
  return {
    ...emptyMethod(id, 'email'),
    addressCiphertext: sealAddress(keys, 'ada', id, address),
    addressHash: addressHash(keys, 'email', address),
    verifiedAt: from(-10, 'days'),
    confirmedAt: from(-10, 'days'),
    ...fields,
  };
}

/** A verified authenticator app, confirmed ten days ago. */
export function appMethod(fields: Partial<Method> = {}): Method {
  const id = fields.id ?? 'app';
  return {
    ...emptyMethod(id, 'authenticator_app'),
    secretCiphertext: sealSecret(keys, 'ada', id, secret),
    verifiedAt: from(-10, 'days'),
    confirmedAt: from(-10, 'days'),
    ...fields,
  };
}

/** What makes a method one that an admin has filled in and nobody has proved. */
export const prefilled = { prefilledAt: from(-1, 'days'), verifiedAt: null, confirmedAt: null };

/** Ada's record with these methods. */
export function recordWith(
  methods: readonly Method[],
  fields: Partial<SecurityInfoRecord> = {},
): SecurityInfoRecord {
  const firstMethodAt = methods.length > 0 ? from(-10, 'days') : null;
  return { ...emptyRecord('ada'), methods, firstMethodAt, ...fields };
}

/** A proof of a method, made in this flow this very moment. */
export function proofOf(methodId: string, fields: Partial<FlowProof> = {}): FlowProof {
  return {
    by: 'method',
    methodId,
    amr: null,
    at: now,
    coolingOff: false,
    ofFirstRegistration: false,
    ...fields,
  };
}

/** A proof by access pass. */
export const passProof: FlowProof = proofOf('', { by: 'access_pass', methodId: null });

/** Ada does something, with these proofs in her flow. */
export function act(fields: Partial<Act> = {}, proofs: readonly FlowProof[] = []): Act {
  return {
    account: ada(),
    asker: { caller: 'signed_in', callerAddress: '192.0.2.1', clientId: 'app', locale: 'en' },
    policy: policyWith(),
    flow: { id: 'flow', proofs },
    keys,
    now,
    ...fields,
  };
}

/** What became of the record. @throws the refusal, or an error where nothing was to be written */
export function nextOf<Result>(change: Change<SecurityInfoRecord, Result>): SecurityInfoRecord {
  if ('refusal' in change) throw change.refusal;
  if ('unchanged' in change) throw new Error('nothing was written');
  return change.next;
}

/** The code of the refusal, or null where there was none. */
export function refusalOf<Result>(change: Change<SecurityInfoRecord, Result>): string | null {
  return 'refusal' in change ? change.refusal.code : null;
}
