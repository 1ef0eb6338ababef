/**
 * Who may change what: once a verified method exists, a change takes proof of one, made in this sign-in and at most
 * 15 minutes old. Who can prove none needs an access pass; losing the last method does not reopen first registration.
 */
import { ProofRequired } from './errors.ts';
import type { EffectivePolicy } from './policy.ts';
import type { Flow, FlowProof } from './ports.ts';
import type { SecurityInfoRecord } from './record.ts';
import { isPrefilled, isVerified } from './record.ts';
import { countingMethods, independentCount } from './status.ts';

/** How long a proof permits changes. */
export const proofMinutes = 15;

/** What someone wants to do with a method. */
export type ChangeKind = 'add' | 'replace' | 'remove';

/** On what grounds a change is permitted. */
export type Grounds =
  /** The account never had a method, or got its first ones in this very flow: no cooling-off. */
  | 'first_registration'
  /** Nothing but values that an admin filled in: cooling-off, and those values are told. */
  | 'prefilled_only'
  | 'proof';

/** The proofs of a flow that still permit something. */
export function freshProofs(flow: Pick<Flow, 'proofs'>, now: Date): readonly FlowProof[] {
  const from = now.getTime() - proofMinutes * 60_000;
  return flow.proofs.filter(({ at }) => at.getTime() >= from);
}

/** True when a proof of a verified method, or an access pass, must come before any change. */
export function takesProof(record: Pick<SecurityInfoRecord, 'methods' | 'firstMethodAt'>): boolean {
  if (record.methods.some(isVerified)) return true;
  return record.firstMethodAt !== null && !record.methods.some(isPrefilled);
}

/**
 * Whether a change is permitted now.
 * @returns on what grounds
 * @throws {ProofRequired} `proof_required`
 */
export function permitChange(
  kind: ChangeKind,
  record: SecurityInfoRecord,
  flow: Pick<Flow, 'proofs'>,
  policy: EffectivePolicy,
  now: Date,
): Grounds {
  const proofs = freshProofs(flow, now);
  if (!takesProof(record) && kind !== 'remove') {
    return record.methods.some(isPrefilled) ? 'prefilled_only' : 'first_registration';
  }
  if (kind === 'add' && proofs.some(({ ofFirstRegistration }) => ofFirstRegistration))
    return 'first_registration';
  if (proofs.some(({ coolingOff }) => !coolingOff)) return 'proof';
  // A method that is cooling off proves only in order to add what the policy still lacks.
  const counted = independentCount(countingMethods(record.methods, policy));
  if (kind === 'add' && proofs.length > 0 && counted < policy.methodsToRegister) return 'proof';
  throw new ProofRequired();
}
