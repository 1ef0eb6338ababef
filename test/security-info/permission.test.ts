/** Who may change what: every combination of what the account has and what was proved. */
import { describe, expect, test } from 'vitest';
import { ProofRequired } from '../../security-info/errors.ts';
import type { ChangeKind, Grounds } from '../../security-info/permission.ts';
import { permitChange, provesForPassword, takesProof } from '../../security-info/permission.ts';
import type { Policy } from '../../security-info/policy.ts';
import type { FlowProof } from '../../security-info/ports.ts';
import type { MethodType, SecurityInfoRecord } from '../../security-info/record.ts';
import {
  appMethod,
  emailMethod,
  from,
  now,
  passProof,
  policyWith,
  prefilled,
  proofOf,
  recordWith,
} from './sample-record.ts';

function permit(
  record: SecurityInfoRecord,
  proofs: readonly FlowProof[],
  kind: ChangeKind = 'add',
  { type = null, policy = {} }: { type?: MethodType | null; policy?: Partial<Policy> } = {},
): Grounds | 'refused' {
  try {
    return permitChange(kind, type, record, { id: 'flow', proofs }, policyWith(policy), now);
  } catch (error) {
    if (!(error instanceof ProofRequired)) throw error;
    return 'refused';
  }
}

const kinds = ['add', 'replace', 'remove'] as const;
const nothing = recordWith([]);
const onlyPrefilled = recordWith([emailMethod(prefilled)]);
const verified = recordWith([appMethod(), emailMethod()]);
const lostAll = recordWith([], { firstMethodAt: from(-90, 'days') });
const cooling = { coolingOff: true };

describe('first registration', () => {
  test('is for an account that never had a method, and takes no proof', () => {
    expect(takesProof(nothing)).toBe(false);
    expect(permit(nothing, [])).toBe('first_registration');
  });

  test('goes on in the flow that began it, and in no other', () => {
    const record = recordWith([emailMethod({ verifiedAt: now })]);
    expect(permit(record, [proofOf('mail', { ofFirstRegistration: true })])).toBe('first_registration');
    expect(permit(record, [])).toBe('refused');
  });

  test('does not go on after 15 minutes', () => {
    const record = recordWith([emailMethod()]);
    const proof = proofOf('mail', { ofFirstRegistration: true, at: from(-901, 'seconds') });
    expect(permit(record, [proof])).toBe('refused');
  });

  test('does not go on once what it registered is gone', () => {
    const proof = proofOf('mail', { ofFirstRegistration: true });
    expect(permit(lostAll, [proof])).toBe('refused');
    expect(permit(recordWith([appMethod()]), [proof])).toBe('refused');
  });

  test.each(kinds)('is not reopened by losing the last method: %s', (kind) => {
    expect(takesProof(lostAll)).toBe(true);
    expect(permit(lostAll, [], kind)).toBe('refused');
    expect(permit(lostAll, [passProof], kind)).toBe('proof');
  });
});

describe('with prefilled methods only', () => {
  test('another may be registered, and one be corrected, without proof', () => {
    expect(permit(onlyPrefilled, [], 'add')).toBe('prefilled_only');
    expect(permit(onlyPrefilled, [], 'replace')).toBe('prefilled_only');
  });

  test('none may be removed without proof', () => {
    expect(permit(onlyPrefilled, [], 'remove')).toBe('refused');
  });

  test('is over as soon as one is verified', () => {
    const record = recordWith([emailMethod(prefilled), appMethod({ coolingOffUntilAt: from(1, 'days') })]);
    for (const kind of kinds) expect(permit(record, [], kind)).toBe('refused');
  });
});

describe.each(kinds)('with verified methods, to %s', (kind) => {
  test('takes proof', () => {
    expect(permit(verified, [], kind)).toBe('refused');
    expect(permit(verified, [proofOf('app')], kind)).toBe('proof');
    expect(permit(verified, [passProof], kind)).toBe('proof');
  });

  test('a proof is good for 15 minutes', () => {
    expect(permit(verified, [proofOf('app', { at: from(-15, 'minutes') })], kind)).toBe('proof');
    expect(permit(verified, [proofOf('app', { at: from(-901, 'seconds') })], kind)).toBe('refused');
    expect(permit(verified, [{ ...passProof, at: from(-901, 'seconds') }], kind)).toBe('refused');
  });

  test('a proof of a method that has been removed since is void', () => {
    expect(permit(recordWith([appMethod()]), [proofOf('mail')], kind)).toBe('refused');
  });

  test('a proof of a method that has been replaced since is good in the flow that replaced it only', () => {
    const record = (lastProofFlowId: string) =>
      recordWith([
        appMethod(),
        emailMethod({ replacedById: 'new' }),
        emailMethod({ id: 'new', coolingOffUntilAt: from(1, 'days'), lastProofFlowId }),
      ]);
    expect(permit(record('flow'), [proofOf('mail')], kind)).toBe('proof');
    expect(permit(record('other'), [proofOf('mail')], kind)).toBe('refused');
  });

  test('an access pass is void once an admin has issued another', () => {
    const pass = { passHash: 'new', issuedAt: now, expiresAt: from(1, 'hours') };
    const reissued = { ...verified, accessPass: { ...pass, usedByFlowId: null } };
    const elsewhere = { ...verified, accessPass: { ...pass, usedByFlowId: 'other' } };
    const own = { ...verified, accessPass: { ...pass, usedByFlowId: 'flow' } };
    expect(permit(reissued, [passProof], kind)).toBe('refused');
    expect(permit(elsewhere, [passProof], kind)).toBe('refused');
    expect(permit(own, [passProof], kind)).toBe('proof');
  });

  test('a method that is disallowed or to be proved anew still proves', () => {
    const record = recordWith([appMethod(), emailMethod({ proveAnewAt: now })]);
    expect(permit(record, [proofOf('app')], kind, { policy: { methods: ['email'] } })).toBe('proof');
    expect(permit(record, [proofOf('mail')], kind)).toBe('proof');
  });

  test('proof of what is cooling off is not enough where nothing lacks', () => {
    expect(permit(verified, [proofOf('app', cooling)], kind)).toBe('refused');
    expect(permit(verified, [proofOf('app', cooling), proofOf('mail')], kind)).toBe('proof');
  });
});

describe('what is cooling off', () => {
  const one = recordWith([appMethod({ coolingOffUntilAt: from(1, 'days') })]);
  const proofs = [proofOf('app', cooling)];

  test('proves in order to add what the policy lacks', () => {
    expect(permit(one, proofs, 'add')).toBe('proof');
    expect(permit(one, proofs, 'add', { type: 'email' })).toBe('proof');
  });

  test('and in order to do nothing else', () => {
    expect(permit(one, proofs, 'replace')).toBe('refused');
    expect(permit(one, proofs, 'remove')).toBe('refused');
    // Another app is not what the policy lacks: each type counts once.
    expect(permit(one, proofs, 'add', { type: 'authenticator_app' })).toBe('refused');
    expect(permit(one, proofs, 'add', { policy: { methodsToRegister: 1 } })).toBe('refused');
  });
});

describe('after everybody was signed out', () => {
  test('a proof from before permits nothing, and one from after does', () => {
    const record = { ...verified, credentialsChangedAt: from(-1, 'minutes') };
    expect(permit(record, [proofOf('app', { at: from(-61, 'seconds') })])).toBe('refused');
    expect(permit(record, [proofOf('app', { at: from(-60, 'seconds') })])).toBe('proof');
  });
});

describe('in place of the old password', () => {
  const proves = (record: SecurityInfoRecord, proof: FlowProof): boolean =>
    provesForPassword(record, { id: 'flow', proofs: [proof] }, now);

  test('a fresh proof of a verified method stands', () => {
    expect(proves(verified, proofOf('app'))).toBe(true);
  });

  test.each([
    ['an old one', verified, proofOf('app', { at: from(-901, 'seconds') })],
    ['one of what cools off', verified, proofOf('app', cooling)],
    ['a first registration', verified, proofOf('app', { ofFirstRegistration: true })],
    ['an access pass', verified, passProof],
    ['one of what is gone', verified, proofOf('other')],
    ['one of what is only prefilled', onlyPrefilled, proofOf('mail')],
    [
      'one of what this flow has replaced',
      recordWith([emailMethod({ replacedById: 'app' }), appMethod({ lastProofFlowId: 'flow' })]),
      proofOf('mail'),
    ],
  ])('%s does not', (_, record, proof) => {
    expect(proves(record, proof)).toBe(false);
  });
});
